/** Settings of a point: single values by their dotted paths. */

/** A single value of an experiment. */
export type Setting = string | number | boolean;

/** The single values in the value at a path, by their dotted paths; in a whole experiment where the path is empty. */
export function flattenSetting(path: string, value: unknown): [string, Setting][] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) =>
      flattenSetting(path === '' ? key : `${path}.${key}`, inner),
    );
  }
  return [[path, value as Setting]];
}
