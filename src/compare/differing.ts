/** The fixed settings in which runs differ that are compared with each other. */
import type { Manifest } from '../store/record.ts';

/** One setting with its value in each run, in the order of the runs; null where a run has no such setting or sweeps it. */
export interface DifferingSetting {
  readonly path: string;
  readonly values: readonly (string | number | boolean | null)[];
}

/** Settings of the experiment that are not the same in all runs; those that every run sweeps are columns, not differences. */
export function differingSettings(runs: readonly { readonly manifest: Manifest }[]): DifferingSetting[] {
  const settings = runs.map(({ manifest }) => {
    const { experiment, sweep } = manifest.config;
    const swept = Object.keys(sweep.parameters ?? {});
    const fixed = [...flatten(experiment ?? {})].filter(
      ([path]) =>
        !path.startsWith('penalty.') && !swept.some((each) => path === each || path.startsWith(`${each}.`)),
    );
    return new Map(fixed);
  });
  const paths = new Set(settings.flatMap((each) => [...each.keys()]));
  return [...paths]
    .map((path) => ({ path, values: settings.map((each) => each.get(path) ?? null) }))
    .filter(({ values }) => new Set(values).size > 1);
}

function flatten(value: unknown, path = ''): [string, string | number | boolean][] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) =>
      flatten(inner, path === '' ? key : `${path}.${key}`),
    );
  }
  return value === undefined || value === null ? [] : [[path, value as string | number | boolean]];
}
