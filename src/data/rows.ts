/** Rows of a split: choosing some of them, class by class where there are classes, and taking them out. */

import { allocateShared } from '../codec/bytes/shared-memory.ts';
import { DataError } from '../errors.ts';
import { type Purpose, shuffledIndices } from '../random.ts';
import type { InputArray, TargetArray } from './dataset.ts';
import type { SourceSplit } from './source.ts';
import type { TargetKind } from './task.ts';

/** How many samples to choose, and by which random numbers. */
export interface RowChoice {
  readonly count: number;
  readonly target: TargetKind;
  readonly purpose: Purpose;
  readonly seed: number;
  /** Number of the random stream: a different one for each split. */
  readonly stream: number;
  /** Dotted path of the setting that asks for it, for errors. */
  readonly where: string;
}

/** Share of a split up to which rows are copied out of it; more are moved together within its memory. */
const LARGEST_COPY = 0.2;

/**
 * Marks of the chosen samples: 1 where a sample is chosen. Shapes: one a sample.
 *
 * Each class gets its share of the count rounded down; the samples left over go, one each, to the classes with the
 * largest remainders (the lower class wins a tie). A count below the number of classes therefore leaves classes out.
 * Within a class, and everywhere where there are no classes, the samples are drawn at random.
 *
 * Errors: DataError DATA_LIMIT unless the count is a whole number from 1 to the samples there are.
 */
export function chooseRows({ samples, targets }: SourceSplit, choice: RowChoice): Uint8Array {
  const { count, target, purpose, seed, stream, where } = choice;
  if (!Number.isInteger(count) || count < 1 || count > samples) {
    throw new DataError(
      'DATA_LIMIT',
      `${where}: the limit must be a whole number from 1 to the ${samples} samples there are, got ${count}. ` +
        'Lower it, or leave it out to take them all.',
      { where, limit: count, samples },
    );
  }
  const chosen = new Uint8Array(samples);
  const order = shuffledIndices(seed, purpose, stream, samples);
  if (target.kind !== 'classes' || targets === null) {
    for (let i = 0; i < count; i++) chosen[order[i]!] = 1;
    return chosen;
  }
  const left = classShares(targets, target.classes, count);
  for (const sample of order) {
    const label = targets[sample] as number;
    if (left[label] === 0) continue;
    left[label] = (left[label] as number) - 1;
    chosen[sample] = 1;
  }
  return chosen;
}

/**
 * The marked samples of a split alone, in their order. The split itself must not be used afterwards: its memory is
 * used again where many samples stay.
 */
export function keepRows(split: SourceSplit, marks: Uint8Array): SourceSplit {
  const count = countMarks(marks);
  if (count === split.samples) return split;
  return count <= LARGEST_COPY * split.samples ? copyRows(split, marks, count) : moveRows(split, marks, 1);
}

/** The marked samples in memory of their own, and the others, moved together in the memory of the split. */
export function separateRows(
  split: SourceSplit,
  marks: Uint8Array,
): { readonly marked: SourceSplit; readonly rest: SourceSplit } {
  const marked = copyRows(split, marks, countMarks(marks));
  return { marked, rest: moveRows(split, marks, 0) };
}

function countMarks(marks: Uint8Array): number {
  let count = 0;
  for (const mark of marks) count += mark;
  return count;
}

function copyRows(split: SourceSplit, marks: Uint8Array, count: number): SourceSplit {
  const { samples, values, targets } = split;
  const inputs = gather(values, marks, 1, allocateLike(values, (values.length / samples) * count));
  const width = targets === null ? 0 : targets.length / samples;
  const own = targets === null ? null : gather(targets, marks, 1, allocateLike(targets, width * count));
  return { ...split, samples: count, values: inputs, targets: own };
}

/** Moves the samples with a mark to the beginning. */
function moveRows(split: SourceSplit, marks: Uint8Array, mark: 0 | 1): SourceSplit {
  const { samples, values, targets } = split;
  const marked = countMarks(marks);
  const count = mark === 1 ? marked : samples - marked;
  const inputs = gather(values, marks, mark, values).subarray(0, (values.length / samples) * count);
  const own =
    targets === null
      ? null
      : gather(targets, marks, mark, targets).subarray(0, (targets.length / samples) * count);
  return { ...split, samples: count, values: inputs as InputArray, targets: own as TargetArray | null };
}

/** Copies the rows with a mark one after another to `to`, which may be the array itself. */
function gather<Values extends InputArray | TargetArray>(
  from: Values,
  marks: Uint8Array,
  mark: number,
  to: Values,
): Values {
  const width = from.length / marks.length;
  let row = 0;
  for (let sample = 0; sample < marks.length; sample++) {
    if (marks[sample] !== mark) continue;
    if (to !== from || row !== sample)
      to.set(from.subarray(sample * width, (sample + 1) * width), row * width);
    row++;
  }
  return to;
}

function allocateLike<Values extends InputArray | TargetArray>(values: Values, length: number): Values {
  const { buffer } = allocateShared(length * values.BYTES_PER_ELEMENT, 'data');
  const Kind = values.constructor as new (buffer: SharedArrayBuffer) => Values;
  return new Kind(buffer);
}

/** Samples of each class in a choice: the method of the largest remainder, in whole numbers. */
function classShares(labels: TargetArray, classes: number, limit: number): number[] {
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
