/** Bounds of a distribution that are open: numbers may come as near as they like, but the key does not allow the bound. */
import { VARIANTS } from './experiment.ts';

/**
 * Whether a key of an experiment allows a number in none of the kinds of its section that have the key.
 *
 * A key outside the sections with kinds has whole numbers alone, of which no bound is open.
 */
export function isOpenBound(segments: readonly string[], bound: number): boolean {
  const name = segments.at(-1) ?? '';
  const section = VARIANTS.find(({ path }) => path.join('.') === segments.slice(0, -1).join('.'));
  const rules = [...(section?.schemas.values() ?? [])].flatMap(({ shape }) => shape[name] ?? []);
  return rules.length > 0 && rules.every((rule) => !rule.safeParse(bound).success);
}
