/** The swept settings of a point as single values by dotted path, as they are recorded and shown. */
import type { Choice } from '../config/point.ts';

/** A single value of an experiment. */
export type Setting = string | number | boolean;

/** The chosen values; of a whole section or list that is swept, the single values in it. `dropped` paths are left out. */
export function flattenSettings(choice: Choice, dropped: ReadonlySet<string>): Record<string, Setting> {
  return Object.fromEntries(
    choice
      .filter(({ parameter }) => !dropped.has(parameter.path))
      .flatMap(({ parameter, value }) => flattenSetting(parameter.path, value)),
  );
}

/** The single values in the value at a path, by their dotted paths; in a whole experiment where the path is empty. */
export function flattenSetting(path: string, value: unknown): [string, Setting][] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) =>
      flattenSetting(path === '' ? key : `${path}.${key}`, inner),
    );
  }
  return [[path, value as Setting]];
}
