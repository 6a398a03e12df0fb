/** The swept settings of a point as single values by dotted path, as they are recorded and shown. */
import type { Choice } from '../config/point.ts';
import { flattenSetting, type Setting } from '../record/settings.ts';

/** The chosen values; of a whole section or list that is swept, the single values in it. `dropped` paths are left out. */
export function flattenSettings(choice: Choice, dropped: ReadonlySet<string>): Record<string, Setting> {
  return Object.fromEntries(
    choice
      .filter(({ parameter }) => !dropped.has(parameter.path))
      .flatMap(({ parameter, value }) => flattenSetting(parameter.path, value)),
  );
}
