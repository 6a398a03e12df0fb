/** The fixed settings in which runs differ that are compared with each other. */

import type { Manifest } from '../record/record.ts';
import { flattenSetting } from '../record/settings.ts';

/** One setting with its value in each run, in the order of the runs; null where a run has no such setting or sweeps it. */
export interface DifferingSetting {
  readonly path: string;
  /** The type of penalty whose setting it is; absent for a setting of the whole experiment. */
  readonly penalty?: string;
  readonly values: readonly Value[];
}

type Value = string | number | boolean | null;
type Run = { readonly manifest: Manifest };

/** What stands in the rows of a comparison itself. */
const IN_ROWS: readonly string[] = ['type', 'weight', 'against'];

/** Settings that are not the same in all runs; those that every run sweeps are columns, not differences. */
export function differingSettings(runs: readonly Run[]): DifferingSetting[] {
  return [...differing(runs.map(experimentSettings)), ...penaltyDifferences(runs)];
}

function differing(settings: readonly ReadonlyMap<string, Value>[]): DifferingSetting[] {
  const paths = new Set(settings.flatMap((each) => [...each.keys()]));
  return [...paths]
    .map((path) => ({ path, values: settings.map((each) => each.get(path) ?? null) }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** The fixed settings of a run besides those of its penalty. */
function experimentSettings({ manifest }: Run): Map<string, Value> {
  const { experiment, sweep } = manifest.config;
  const swept = Object.keys(sweep.parameters ?? {});
  return new Map(
    flatten(experiment ?? {}).filter(
      ([path]) =>
        !path.startsWith('penalty.') && !swept.some((each) => path === each || path.startsWith(`${each}.`)),
    ),
  );
}

/** Penalties that several runs have, each with the settings, defaults included, in which those runs differ. */
function penaltyDifferences(runs: readonly Run[]): DifferingSetting[] {
  const byRun = runs.map(penaltySettings);
  const types = new Set(byRun.flatMap((each) => [...each.keys()]));
  return [...types].flatMap((penalty) => {
    const having = byRun.flatMap((each) => each.get(penalty) ?? []);
    return differing(having).map(({ path }) => ({
      path,
      penalty,
      values: byRun.map((each) => each.get(penalty)?.get(path) ?? null),
    }));
  });
}

/** By the type of a penalty, its settings that are no column of the comparison. */
function penaltySettings({ manifest }: Run): Map<string, Map<string, Value>> {
  const byType = new Map<string, Map<string, Value>>();
  for (const { baseline, settings, experiment } of manifest.trials) {
    if (baseline) continue;
    const { type } = experiment.penalty;
    const known = byType.get(type) ?? new Map<string, Value>();
    byType.set(type, known);
    for (const [path, value] of flatten(experiment.penalty)) {
      const name = `penalty.${path}`;
      if (!IN_ROWS.includes(path) && !Object.hasOwn(settings, name)) known.set(name, value);
    }
  }
  return byType;
}

/** The single values of a part of a configuration; what is left out of it is none. */
function flatten(part: object): [string, Value][] {
  return flattenSetting('', part).filter(([, value]) => value !== undefined && value !== null);
}
