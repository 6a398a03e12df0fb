/** The data sets of a sweep: each is loaded once, however many trials use it. */
import type { Dataset } from '../data/dataset.ts';
import { digestsOf } from '../data/digests.ts';
import { loadDataset } from '../data/load.ts';
import { pathIn } from '../data/reading/files.ts';
import { CovgradError, DataError } from '../errors.ts';
import type { DataSummary, Manifest } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { checkDataFit } from './data-fit.ts';

type Data = TrialSpec['experiment']['data'];

/**
 * Load the data of all trials, each data set once, beside what is loaded already; and say which trial uses which.
 *
 * Errors: DataError, whose message names the key of the sweep file, and ConfigError DATA_MISFIT for data that a trial cannot be
 * trained on.
 */
export async function loadDatasets(
  trials: readonly TrialSpec[],
  base: string | undefined,
  datasets: Map<string, Dataset> = new Map(),
): Promise<(spec: TrialSpec) => Dataset> {
  // The points of a sweep share their sections, so most trials need no JSON.
  const known = new Map<Data, Map<unknown, string>>();
  const keyOf = ({ experiment: { data, task } }: TrialSpec): string => {
    const keys = known.get(data) ?? new Map<unknown, string>();
    const key = keys.get(task) ?? JSON.stringify([data, task]);
    known.set(data, keys.set(task, key));
    return key;
  };
  for (const spec of trials) {
    const { data, task } = spec.experiment;
    const key = keyOf(spec);
    try {
      if (!datasets.has(key)) datasets.set(key, await loadDataset(data, { task, base }));
    } catch (error) {
      throw withKey(error, data, base ?? '.');
    }
    checkDataFit(spec, datasets.get(key) as Dataset);
  }
  return (spec) => datasets.get(keyOf(spec)) as Dataset;
}

/** Digests of the files that the data of some trials come from, by their paths. */
export async function digestTrials(
  trials: readonly TrialSpec[],
  base: string,
): Promise<Readonly<Record<string, string>>> {
  const sections = [...new Set(trials.map(({ experiment }) => experiment.data))];
  const digests: Record<string, string>[] = [];
  for (const data of sections) digests.push(await digestsOf(data, base));
  return Object.assign({}, ...digests);
}

/** An error about a file of data with the key of the sweep file that names it, where it does not say so itself. */
function withKey(error: unknown, data: Data, base: string): unknown {
  if (!(error instanceof DataError) || /^(experiment\.)?data\b/.test(error.message)) return error;
  const { file } = error.details;
  const key = typeof file === 'string' ? keyOfPath(file, data, base) : undefined;
  if (key === undefined) return error;
  return new DataError(error.code, `data.${key}: ${error.message}`, error.details, { cause: error });
}

/** The dotted key whose value is the path of a file, perhaps with an array of it. */
function keyOfPath(file: string, value: unknown, base: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'options' || key === 'source') continue;
    if (typeof inner === 'string' && inner !== '') {
      const path = pathIn(base, inner);
      if (path === file || path.startsWith(`${file}#`)) return key;
    }
    const below = keyOfPath(file, inner, base);
    if (below !== undefined) return `${key}.${below}`;
  }
  return undefined;
}

/** An error about data of a run that are not there any more, with where they were; other errors as they are. */
export function dataGone(error: unknown, { base, name }: Pick<Manifest, 'base' | 'name'>): unknown {
  if (!(error instanceof CovgradError) || error.code !== 'DATA_FILE_MISSING' || base === undefined)
    return error;
  const { file } = error.details;
  return new DataError(
    'DATA_FILE_MISSING',
    `${file}: the data of the run ${name} must still be there, got no such file. ` +
      `It read them relative to ${base}: bring them back there, or go on from a sweep file beside which they lie.`,
    error.details,
    { cause: error },
  );
}

/** A data set as a manifest records it. */
export function summariseData(dataset: Dataset): DataSummary {
  const { name, fingerprint, features, shape, target, train, validation, test } = dataset;
  return {
    name,
    fingerprint,
    train: train.samples,
    ...(validation !== undefined && { validation: validation.samples }),
    test: test.samples,
    features,
    shape,
    target,
  };
}
