/** Sections of a sweep file that come in several kinds, told apart by one of their keys. */
import type { z } from 'zod';

/** One kind of a section: the rule of each of its keys. */
type Kind = z.ZodObject<Record<string, z.ZodType>>;

/** The kinds of a section that has several, and the keys that each kind knows. */
export interface Variants {
  /** Where the section is inside the experiment. */
  readonly path: readonly string[];
  /** The key that names the kind. */
  readonly discriminator: string;
  /** The keys of each kind. */
  readonly keys: ReadonlyMap<string, ReadonlySet<string>>;
  /** The keys of all kinds together. */
  readonly allKeys: ReadonlySet<string>;
  readonly schemas: ReadonlyMap<string, Kind>;
}

/** The kinds of the section at `path`, by the values of their discriminator. */
export function variants(path: readonly string[], discriminator: string, kinds: readonly Kind[]): Variants {
  const keys = new Map<string, ReadonlySet<string>>();
  const schemas = new Map<string, Kind>();
  for (const schema of kinds) {
    const [kind] = (schema.shape[discriminator] as z.ZodLiteral<string>).values;
    keys.set(kind as string, new Set(Object.keys(schema.shape)));
    schemas.set(kind as string, schema);
  }
  const allKeys = new Set([...keys.values()].flatMap((names) => [...names]));
  return { path, discriminator, keys, allKeys, schemas };
}
