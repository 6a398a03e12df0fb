/** Building blocks of the sweep file's schema: each carries its rule in the user's words ("must be a number above 0"). */
import { z } from 'zod';
import { isMapping } from './mapping.ts';

/** Ends of a range of numbers; `above` and `below` are excluded, `from` and `to` included. */
export interface Range {
  readonly from?: number;
  readonly above?: number;
  readonly to?: number;
  readonly below?: number;
}

/** A whole number from `minimum` to `maximum`, both included. */
export function wholeNumber(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): z.ZodNumber {
  const range =
    maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  const error = `must be a whole number ${range}`;
  return z.number({ error }).int({ error }).min(minimum, { error }).max(maximum, { error });
}

/** A finite number within a range, and what it counts. */
export function realNumber(range: Range, counted = 'a number'): z.ZodNumber {
  const limits = [
    ['of at least', range.from],
    ['above', range.above],
    ['of at most', range.to],
    ['below', range.below],
  ].filter(([, limit]) => limit !== undefined);
  const error = `must be ${counted} ${limits.map((limit) => limit.join(' ')).join(' and ')}`.trimEnd();
  let schema = z.number({ error });
  if (range.from !== undefined) schema = schema.min(range.from, { error });
  if (range.above !== undefined) schema = schema.gt(range.above, { error });
  if (range.to !== undefined) schema = schema.max(range.to, { error });
  if (range.below !== undefined) schema = schema.lt(range.below, { error });
  return schema;
}

/** `true` or `false`. */
export function truthValue(): z.ZodBoolean {
  return z.boolean({ error: 'must be true or false' });
}

/** One of a few words or numbers. */
export function choice<const Value extends string | number>(values: readonly Value[]): z.ZodLiteral<Value> {
  return z.literal(values, { error: `must be ${listed(values)}` });
}

/**
 * A mapping without unknown keys; `example` is one as YAML, for who gives something else.
 *
 * The message of its `unrecognized_keys` issue is the list of the keys that it does have, one a line.
 */
export function section<Shape extends z.ZodRawShape>(
  shape: Shape,
  example?: string,
): z.ZodObject<Shape, z.core.$strict> {
  const keys = Object.keys(shape);
  const mapping = example === undefined ? `with the keys ${keys.join(', ')}` : `such as ${example}`;
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? keys.join('\n') : `must be a mapping ${mapping}`),
  });
}

/**
 * Whether the parts of a section at these dotted paths are what they should be, whatever is wrong with the others: when a
 * rule about them can be checked, so that all problems of a file are told at once.
 */
export function areValid(...paths: readonly string[]): (checked: z.core.ParsePayload) => boolean {
  return ({ value, issues }) =>
    isMapping(value) &&
    !issues.some(({ path = [], code }) => {
      const wrong = path.join('.');
      // A key too many says nothing about the other keys of its section.
      const affects = (part: string) =>
        leadsTo(part, wrong) || (code !== 'unrecognized_keys' && leadsTo(wrong, part));
      return paths.some(affects);
    });
}

/** Whether a dotted path is another one or leads to it; the section itself leads nowhere. */
function leadsTo(path: string, inner: string): boolean {
  return `${inner}.`.startsWith(`${path}.`);
}

function listed(values: readonly (string | number)[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
}
