/** Values inside values, by the keys and list positions that lead to them. */
import { isMapping } from './mapping.ts';

/** The value at a path, undefined where there is none. */
export function valueAt(whole: unknown, segments: readonly (string | number)[]): unknown {
  return segments.reduce<unknown>((current, segment) => {
    if (typeof current !== 'object' || current === null) return undefined;
    return Object.hasOwn(current, segment)
      ? (current as Record<string | number, unknown>)[segment]
      : undefined;
  }, whole);
}

/** A copy of `whole` with the value at a path replaced, or removed when it is undefined; shared parts are not touched. */
export function withValueAt(whole: unknown, segments: readonly string[], value: unknown): unknown {
  const [segment, ...rest] = segments;
  if (segment === undefined) return value;
  if (Array.isArray(whole)) {
    return whole.map((entry, position) =>
      String(position) === segment ? withValueAt(entry, rest, value) : entry,
    );
  }
  const entries = isMapping(whole) ? whole : {};
  const inner = withValueAt(Object.hasOwn(entries, segment) ? entries[segment] : undefined, rest, value);
  const { [segment]: _replaced, ...others } = entries;
  return inner === undefined ? others : { ...entries, [segment]: inner };
}
