/** The data sets of a sweep: each is loaded once, however many trials use it. */
import type { Dataset } from '../data/dataset.ts';
import { loadDataset } from '../data/load.ts';
import type { DataSummary } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { checkDataFit } from './data-fit.ts';

/**
 * Load the data of all trials, each data set once, beside what is loaded already; and say which trial uses which.
 *
 * Errors: DataError, and ConfigError DATA_MISFIT for data that a trial cannot be trained on.
 */
export async function loadDatasets(
  trials: readonly TrialSpec[],
  base: string | undefined,
  datasets: Map<string, Dataset> = new Map(),
): Promise<(spec: TrialSpec) => Dataset> {
  const keyOf = ({ experiment: { data, task } }: TrialSpec): string => JSON.stringify([data, task]);
  for (const spec of trials) {
    const { data, task } = spec.experiment;
    const dataset = datasets.get(keyOf(spec)) ?? (await loadDataset(data, { task, base }));
    datasets.set(keyOf(spec), dataset);
    checkDataFit(spec, dataset);
  }
  return (spec) => datasets.get(keyOf(spec)) as Dataset;
}

/** What a user should know of the data, each thing once. */
export function dataNotes(datasets: Iterable<Dataset>): readonly string[] {
  return [...new Set(Array.from(datasets).flatMap(({ notes = [] }) => notes))];
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
