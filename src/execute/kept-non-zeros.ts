/** The non-zeros of a data set, found once by the thread that hands out trials, and shared by those that train. */
import type { Dataset, Split } from '../data/dataset.ts';
import { nonZerosOf } from '../data/non-zeros.ts';
import { LARGEST_COMPRESSED_SHARE } from '../kernel/operations.ts';
import { kindOf } from '../network/layers.ts';
import type { TrialSpec } from '../record/trial-spec.ts';

/** What was made of each data set; it lives as long as the data set. */
const PREPARED = new WeakMap<Dataset, Dataset>();

/** The data set with the non-zeros of those splits whose batches the trial's network compresses: the same object each time. */
export function withNonZeros(dataset: Dataset, { experiment }: TrialSpec): Dataset {
  const first = experiment.model.find((layer) => kindOf(layer)?.key !== 'flatten');
  if (first === undefined || kindOf(first)?.key !== 'dense') return dataset;
  const known = PREPARED.get(dataset);
  if (known !== undefined) return known;
  const { features, train, validation, test } = dataset;
  const prepare = (split: Split): Split => {
    const nonZeros = nonZerosOf(split, features, LARGEST_COMPRESSED_SHARE);
    return nonZeros === undefined ? split : { ...split, nonZeros };
  };
  const prepared: Dataset = {
    ...dataset,
    train: prepare(train),
    ...(validation !== undefined && { validation: prepare(validation) }),
    test: prepare(test),
  };
  PREPARED.set(dataset, prepared);
  return prepared;
}
