/** Takes a part of a split in which every class keeps its share. */
import { DataError } from '../errors.ts';
import { shuffledIndices } from '../random.ts';
import type { Split } from './dataset.ts';
import { allocateShared } from './shared-memory.ts';

/** A subset belongs to the data set, not to a trial: its seed never varies. */
const SEED = 0;

/** Which split a subset is drawn from, and how its limit is called in the sweep file. */
export interface SubsetRequest {
  readonly limit: number;
  readonly features: number;
  readonly classes: number;
  /** Number of the random stream: a different one for each split. */
  readonly stream: number;
  /** Dotted path of the limit, for errors. */
  readonly where: string;
}

/**
 * `limit` samples of a split in their original order, the same ones each time.
 *
 * Each class gets its share of the limit rounded down; the samples left over go, one each, to the classes with the
 * largest remainders (the lower class wins a tie). A limit below the number of classes therefore leaves classes out.
 * Within a class the samples are drawn at random.
 *
 * Errors: DataError DATA_LIMIT unless the limit is a whole number from 1 to the samples there are; DATA_MEMORY.
 */
export function stratifiedSubset(split: Split, request: SubsetRequest): Split {
  const { limit, features, classes, stream, where } = request;
  if (!Number.isInteger(limit) || limit < 1 || limit > split.samples) {
    throw new DataError(
      'DATA_LIMIT',
      `${where}: the limit must be a whole number from 1 to the ${split.samples} samples there are, got ${limit}. ` +
        'Lower it, or leave it out to take them all.',
      { where, limit, samples: split.samples },
    );
  }
  if (limit === split.samples) return split;

  const left = classShares(split.labels, classes, limit);
  const chosen = new Uint8Array(split.samples);
  for (const sample of shuffledIndices(SEED, 'subset', stream, split.samples)) {
    const label = split.labels[sample] as number;
    if (left[label] === 0) continue;
    left[label] = (left[label] as number) - 1;
    chosen[sample] = 1;
  }

  const { values } = split;
  const { buffer } = allocateShared(limit * features * values.BYTES_PER_ELEMENT, where);
  const subset = values instanceof Uint8Array ? new Uint8Array(buffer) : new Float32Array(buffer);
  const labels = allocateShared(limit, where);
  let row = 0;
  for (const [sample, taken] of chosen.entries()) {
    if (taken === 0) continue;
    subset.set(values.subarray(sample * features, (sample + 1) * features), row * features);
    labels[row] = split.labels[sample] as number;
    row++;
  }
  return { samples: limit, values: subset, divisor: split.divisor, labels };
}

/** How many samples each class gets: the method of the largest remainder, in whole numbers. */
function classShares(labels: Uint8Array, classes: number, limit: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label] = (counts[label] as number) + 1;
  const exact = counts.map((count) => count * limit);
  const shares = exact.map((numerator) => Math.floor(numerator / labels.length));
  const remainders = exact.map((numerator) => numerator % labels.length);
  const over = limit - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = [...shares.keys()].sort(
    (a, b) => (remainders[b] as number) - (remainders[a] as number) || a - b,
  );
  for (const label of byRemainder.slice(0, over)) shares[label] = (shares[label] as number) + 1;
  return shares;
}
