/** Rows of a split: choosing some of them, class by class where there are classes, and moving them within its memory. */
import { allocateShared } from '../../codec/bytes/shared-memory.ts';
import { DataError } from '../../errors.ts';
import { type Purpose, shuffledIndices } from '../../random.ts';
import type { InputArray, TargetArray } from '../dataset.ts';
import type { SourceSplit } from '../source.ts';
import type { TargetKind } from '../task.ts';

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
  /** Whether a sample of each class should be left, since the others are a split as well. Default: no. */
  readonly leaveOne?: boolean;
}

/** Share of a memory up to which what is used of it is copied out, so that the rest can be given back. */
const LARGEST_COPY = 0.2;
/** Numbers of a row up to which they are copied one by one: a call takes longer. */
const NARROW = 32;

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
  const { count, target, purpose, seed, stream, where, leaveOne = false } = choice;
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
  const left = classShares(targets, target.classes, count, leaveOne);
  for (const sample of order) {
    const label = targets[sample] as number;
    if (left[label] === 0) continue;
    left[label] = (left[label] as number) - 1;
    chosen[sample] = 1;
  }
  return chosen;
}

/** The marked samples alone, in their order, at the beginning of the memory of the split, which must not be used afterwards. */
export function keepRows(split: SourceSplit, marks: Uint8Array): SourceSplit {
  const { samples, values, targets } = split;
  const count = countMarks(marks);
  if (count === samples) return split;
  gather(values, marks);
  if (targets !== null) gather(targets, marks);
  return part(split, 0, count);
}

/**
 * The marked samples and the others, each in their order: the two ends of the memory of the split, which must not be used
 * afterwards. Memory: four bytes a sample meanwhile.
 */
export function separateRows(
  split: SourceSplit,
  marks: Uint8Array,
): { readonly marked: SourceSplit; readonly rest: SourceSplit } {
  const { samples, values, targets } = split;
  const rest = samples - countMarks(marks);
  const order = new Uint32Array(samples);
  let [kept, taken] = [0, rest];
  for (let sample = 0; sample < samples; sample++) order[marks[sample] === 0 ? kept++ : taken++] = sample;
  permute(values, order);
  if (targets !== null) permute(targets, order);
  return { rest: part(split, 0, rest), marked: part(split, rest, samples) };
}

/** Splits in memory of their own where together they take a small part of what they lie in; the rest can then be given back. */
export function releaseUnused<Part extends SourceSplit>(splits: readonly Part[]): readonly Part[] {
  const used = new Map<SharedArrayBuffer, number>();
  const arraysOf = ({ values, targets }: Part): (InputArray | TargetArray)[] =>
    targets === null ? [values] : [values, targets];
  for (const { buffer, byteLength } of splits.flatMap(arraysOf)) {
    used.set(buffer, (used.get(buffer) ?? 0) + byteLength);
  }
  const own = <Values extends InputArray | TargetArray>(values: Values): Values => {
    const share = (used.get(values.buffer) as number) / values.buffer.byteLength;
    return share > LARGEST_COPY ? values : copied(values);
  };
  return splits.map((split) => ({
    ...split,
    values: own(split.values),
    targets: split.targets === null ? null : own(split.targets),
  }));
}

function copied<Values extends InputArray | TargetArray>(values: Values): Values {
  const { buffer } = allocateShared(values.byteLength, 'data');
  const Kind = values.constructor as new (buffer: SharedArrayBuffer) => Values;
  const copy = new Kind(buffer);
  copy.set(values);
  return copy;
}

function countMarks(marks: Uint8Array): number {
  let count = 0;
  for (const mark of marks) count += mark;
  return count;
}

/** The samples from `first` up to `end`, in the same memory. */
function part(split: SourceSplit, first: number, end: number): SourceSplit {
  const { samples, values, targets } = split;
  const rows = <Values extends InputArray | TargetArray>(array: Values): Values => {
    const width = array.length / samples;
    return array.subarray(first * width, end * width) as Values;
  };
  return { ...split, samples: end - first, values: rows(values), targets: targets && rows(targets) };
}

/** Moves the marked rows to the beginning. */
function gather(array: InputArray | TargetArray, marks: Uint8Array): void {
  const width = array.length / marks.length;
  let row = 0;
  for (let sample = 0; sample < marks.length; sample++) {
    if (marks[sample] === 0) continue;
    if (row !== sample) copyRow(array, sample, row, width);
    row++;
  }
}

/** Puts row `order[r]` where row r is, for every r, a cycle of the permutation after the other. */
function permute(array: InputArray | TargetArray, order: Uint32Array): void {
  const width = array.length / order.length;
  const done = new Uint8Array(order.length);
  const held = new (array.constructor as new (length: number) => typeof array)(width);
  for (let first = 0; first < order.length; first++) {
    if (done[first] === 1 || order[first] === first) continue;
    held.set(array.subarray(first * width, (first + 1) * width));
    let row = first;
    for (let from = order[row]!; from !== first; from = order[row]!) {
      copyRow(array, from, row, width);
      done[row] = 1;
      row = from;
    }
    array.set(held, row * width);
    done[row] = 1;
  }
}

function copyRow(array: InputArray | TargetArray, from: number, to: number, width: number): void {
  if (width > NARROW) array.copyWithin(to * width, from * width, (from + 1) * width);
  else for (let i = 0; i < width; i++) array[to * width + i] = array[from * width + i]!;
}

/** Samples of each class in a choice: the method of the largest remainder, in whole numbers. */
function classShares(labels: TargetArray, classes: number, limit: number, leaveOne: boolean): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label] = (counts[label] as number) + 1;
  const exact = counts.map((count) => count * limit);
  const shares = exact.map((numerator) => Math.floor(numerator / labels.length));
  const remainders = exact.map((numerator) => numerator % labels.length);
  const byRemainder = [...shares.keys()].sort(
    (a, b) => (remainders[b] as number) - (remainders[a] as number) || a - b,
  );
  let over = limit - shares.reduce((sum, share) => sum + share, 0);
  // Once more where it cannot be done otherwise: then classes are left without a sample.
  for (const least of leaveOne ? [1, 0] : [0]) {
    for (const label of byRemainder) {
      const share = shares[label] as number;
      if (over === 0 || share + least >= (counts[label] as number)) continue;
      shares[label] = share + 1;
      over--;
    }
  }
  return shares;
}
