/** What a sweep file says in other words than covgrad's, and what its writer should know about that. */

import { type Schedule, targetKey } from '../schedule/schedules.ts';
import { isMapping } from '../schema/mapping.ts';
import { valueAt, withValueAt } from '../schema/value-at.ts';
import type { YamlDocument } from './document.ts';
import { experimentSchema } from './experiment.ts';
import { findParameters, PARAMETERS, type Path, type SweptParameter } from './parameters.ts';
import { settlePoint } from './point.ts';
import type { SweepConfig } from './schema.ts';
import { DEFAULT_RUN_CAP } from './sweep-section.ts';

/** Something to know about the part of a sweep file at `path`. */
export interface Note {
  readonly path: Path;
  readonly message: string;
}

/** Keys of a W&B sweep that say how a program of its own is started, or where results go there. */
export const FOREIGN_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'sweep',
    [
      'program',
      'command',
      'project',
      'entity',
      'name',
      'description',
      'controller',
      'job',
      'image_uri',
      'apiVersion',
      'kind',
      'scheduler',
      'launch',
    ],
  ],
  ['sweep.metric', ['impute', 'impute_while_running']],
]);

/** Top-level blocks that begin with `x-` hold what other parts refer to, as in Compose files. */
function withoutExtensions(value: unknown): unknown {
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('x-')));
}

/** The value of a document without keys that mean nothing here, and with the distributions that its numbers imply. */
export function interpret(document: YamlDocument): { value: unknown; notes: Note[] } {
  const notes: Note[] = [];
  let value = withoutExtensions(document.value);
  for (const [section, keys] of FOREIGN_KEYS) {
    const path = section.split('.');
    const given = valueAt(value, path);
    for (const key of isMapping(given) ? keys : []) {
      if (!isMapping(given) || !Object.hasOwn(given, key)) continue;
      value = withValueAt(value, [...path, key], undefined);
      notes.push({ path: [...path, key], message: 'means nothing here and is left out' });
    }
  }
  for (const { location, values, inferred } of findParameters(valueAt(value, PARAMETERS))) {
    const here = [...PARAMETERS, ...location];
    if (!inferred || 'values' in values || values.distribution !== 'int_uniform') continue;
    // 0 and 1.0 are the same number, but the second one asks for fractions.
    if (['min', 'max'].some((key) => /[.e]/i.test(document.sourceOf([...here, key]) ?? ''))) {
      value = withValueAt(value, [...here.map(String), 'distribution'], 'uniform');
    }
  }
  return { value, notes };
}

/** What to know about a valid configuration; `value` is what was given for it. */
export function configNotes(
  value: unknown,
  { experiment, sweep }: SweepConfig,
  swept: readonly SweptParameter[],
): Note[] {
  const notes = swept.flatMap((parameter): Note[] => {
    const { values, note, location } = parameter;
    const path = [...PARAMETERS, ...location];
    const replaced = replacedSchedule(experiment, parameter);
    if (replaced !== undefined) return [{ path, message: replaced }];
    if (note !== undefined) return [{ path, message: note }];
    if ('values' in values) {
      if (values.probabilities === undefined || sweep.method !== 'grid') return [];
      const message = 'a grid tries every value once and has no use for probabilities';
      return [{ path: [...path, 'probabilities'], message }];
    }
    if (!takesFractions(experiment, parameter)) return [];
    const message =
      'min and max are whole, so only whole numbers are drawn. Write 1.0, or distribution: uniform, for all between';
    return [{ path, message }];
  });
  if (sweep.method === 'grid' || valueAt(value, ['sweep', 'run_cap']) !== undefined) return notes;
  const message = `${sweep.method} would never end by itself, so it ends after ${DEFAULT_RUN_CAP} points. Say how many by run_cap`;
  return [{ path: ['sweep', 'method'], message }, ...notes];
}

/** What to know of numbers that are swept in the place of a schedule that the experiment has. */
function replacedSchedule(
  experiment: unknown,
  { path, segments, values }: SweptParameter,
): string | undefined {
  const schedule = valueAt(experiment, segments);
  if (!isMapping(schedule) || !Object.hasOwn(schedule, 'schedule')) return undefined;
  if ('values' in values && !values.values.every((value) => typeof value === 'number')) return undefined;
  const key = `${path}.${targetKey(schedule as unknown as Schedule)}`;
  return `its numbers take the place of the schedule of the experiment. Sweep ${key} to keep it`;
}

/** Whether only whole numbers are drawn, since both bounds are whole, where all between would be allowed. */
export function takesFractions(experiment: unknown, parameter: SweptParameter): boolean {
  const { values, inferred } = parameter;
  if (!inferred || 'values' in values || values.distribution !== 'int_uniform') return false;
  const point = settlePoint(experiment, [{ parameter, value: values.min + 0.5 }]);
  return experimentSchema.safeParse(point.experiment).success;
}
