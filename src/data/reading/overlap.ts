/** Finds test samples that are training samples as well, and tells their share. */
import type { ReadSplit } from './source-splits.ts';

/** Test samples that are looked for, evenly over the split. */
const MOST_LOOKED_FOR = 2 ** 17;
const EMPTY = 0;

/**
 * A note where rows of the test split, inputs and targets together, are rows of the training split.
 *
 * Memory: four megabytes at most. Two different rows are taken for the same one with a probability of 2⁻⁵² a pair.
 */
export function overlapNote(train: ReadSplit, test: ReadSplit): string | undefined {
  if (train.file === test.file) return note(test.samples, test.samples, `both are ${test.file}`);
  const stride = Math.ceil(test.samples / MOST_LOOKED_FOR);
  const looked = Math.ceil(test.samples / stride);
  const table = new HashTable(looked);
  const [trainWords, testWords] = wordsOf(train, test) as [Int32Array, Int32Array];
  const hashTest = rowHash(test, testWords);
  for (let row = 0; row < test.samples; row += stride) table.add(hashTest(row));
  const hashTrain = rowHash(train, trainWords);
  for (let row = 0; row < train.samples; row++) table.mark(hashTrain(row));
  return table.marked === 0 ? undefined : note(table.marked, looked, `${test.file} and ${train.file}`);
}

function note(same: number, of: number, files: string): string {
  const percent = (100 * same) / of;
  const share = percent === 100 ? '100' : percent < 0.1 ? 'less than 0.1' : percent.toFixed(1);
  return `data.test: ${same} of ${of} test samples (${share} %) are training samples as well (${files}). What a network does on them is no test.`;
}

/** Numbers, and how often those that were marked had been added. Open addressing, a power of two at most half full. */
class HashTable {
  readonly #hashes: Float64Array;
  readonly #counts: Uint32Array;
  marked = 0;

  constructor(entries: number) {
    const capacity = 2 ** Math.ceil(Math.log2(2 * entries));
    this.#hashes = new Float64Array(capacity);
    this.#counts = new Uint32Array(capacity);
  }

  add(hash: number): void {
    const slot = this.#slotOf(hash);
    this.#hashes[slot] = hash;
    this.#counts[slot]! += 1;
  }

  /** Counts what was added of a hash, once. */
  mark(hash: number): void {
    const slot = this.#slotOf(hash);
    this.marked += this.#counts[slot]!;
    this.#counts[slot] = 0;
  }

  #slotOf(hash: number): number {
    const last = this.#hashes.length - 1;
    let slot = hash & last;
    while (this.#hashes[slot] !== hash && this.#hashes[slot] !== EMPTY) slot = (slot + 1) & last;
    return slot;
  }
}

/** Hash of a row, inputs and targets: two times 26 bits, never 0. */
function rowHash({ samples, targets }: ReadSplit, inputs: Uint8Array | Int32Array): (row: number) => number {
  const width = inputs.length / samples;
  const answers = answersOf(targets);
  const answerWidth = answers.length / samples;
  return (row) => {
    let [a, b] = [0x811c9dc5, 0x9e3779b9];
    for (let i = row * width; i < (row + 1) * width; i++) {
      a = step(a ^ inputs[i]!, 17, 0x85ebca6b);
      b = step(b ^ inputs[i]!, 11, 0x9e3779b1);
    }
    for (let i = row * answerWidth; i < (row + 1) * answerWidth; i++) {
      a = step(a ^ answers[i]!, 17, 0x85ebca6b);
      b = step(b ^ answers[i]!, 11, 0x9e3779b1);
    }
    return (mixed(a) >>> 6) * 2 ** 26 + (mixed(b) >>> 6) + 1;
  };
}

/** Numbers below a power of two are the high bits of a float32: the rotation brings them down, the product up again. */
function step(word: number, bits: number, factor: number): number {
  return Math.imul((word << bits) | (word >>> (32 - bits)), factor);
}

/** Every bit of the result depends on every bit. Source: the last step of MurmurHash3, A. Appleby. */
function mixed(word: number): number {
  let result = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  result = Math.imul(result ^ (result >>> 13), 0xc2b2ae35);
  return result ^ (result >>> 16);
}

/** The inputs of both as words of four bytes where all rows are words, else as bytes. */
function wordsOf(...splits: readonly [ReadSplit, ReadSplit]): readonly (Uint8Array | Int32Array)[] {
  const whole = splits.every(
    ({ samples, values }) => values.byteOffset % 4 === 0 && (values.byteLength / samples) % 4 === 0,
  );
  return splits.map(({ values: { buffer, byteOffset, byteLength } }) =>
    whole
      ? new Int32Array(buffer, byteOffset, byteLength / 4)
      : new Uint8Array(buffer, byteOffset, byteLength),
  );
}

function answersOf(targets: ReadSplit['targets']): ArrayLike<number> {
  if (targets === null) return [];
  if (targets.kind === 'labels') return targets.labels;
  const { buffer, byteOffset, length } = targets.numbers;
  return new Int32Array(buffer, byteOffset, length);
}
