/**
 * All randomness of covgrad: streams of a counter-based generator keyed by (seed, purpose, index), so that no stream
 * depends on how much another one has used, nor on the thread or the order in which it is read.
 *
 * Source: Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011 (Philox 4x32-10).
 */
import { CovgradError } from './errors.ts';

/** What a stream is used for; two purposes never share numbers. */
export type Purpose =
  | 'weights'
  | 'order'
  | 'dropout'
  | 'synthetic'
  | 'subset'
  | 'sampler'
  | 'check'
  | 'permutation'
  | 'split'
  | 'noise'
  | 'gaussian-noise'
  | 'positions'
  | 'augmentation';

/** Word 1 of the counter. A number once given stays: changing it changes every result made with that purpose. */
const PURPOSE_NUMBERS: Readonly<Record<Purpose, number>> = {
  weights: 1,
  order: 2,
  dropout: 3,
  synthetic: 4,
  subset: 5,
  sampler: 6,
  check: 7,
  permutation: 8,
  split: 9,
  noise: 10,
  'gaussian-noise': 11,
  positions: 12,
  augmentation: 13,
};

const ROUNDS = 10;
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
/** Added to the key between rounds: the fractions of the golden ratio and of √3 − 1, times 2³². */
const KEY_STEP_0 = 0x9e3779b9;
const KEY_STEP_1 = 0xbb67ae85;
const TWO_32 = 2 ** 32;

/**
 * Philox 4x32-10: four random 32-bit words that are a function of four counter words and two key words.
 *
 * Shapes: `out` receives words 0 to 3.
 */
export function philox4x32(
  out: Uint32Array<ArrayBuffer>,
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): void {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + KEY_STEP_0) | 0;
    k1 = (k1 + KEY_STEP_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/**
 * A stream of uniforms in [0, 1): each call returns the next multiple of 2⁻³².
 *
 * The stream is Philox 4x32-10 with the seed as its key (low word first) and the counter
 * (block, purpose, low and high word of the index); each block gives four numbers in order. It repeats after 2³⁴ numbers.
 *
 * Errors: CovgradError RANDOM_KEY unless seed and index are whole numbers from 0 to 2⁵³ − 1.
 */
export function uniformStream(seed: number, purpose: Purpose, index: number): () => number {
  const nextWord = wordStream(seed, purpose, index);
  return () => nextWord() / TWO_32;
}

/** Steps that {@link layerStep} tells apart. */
const MOST_STEPS = 2 ** 40;

/**
 * The index of a stream that a layer reads at one training step, both counted from 0: another one for each of 2¹³ layers and 2⁴⁰ steps.
 */
export function layerStep(layer: number, step: number): number {
  return layer * MOST_STEPS + (step % MOST_STEPS);
}

/**
 * The numbers 0 to count − 1 in an order where every permutation is equally likely (Fisher–Yates).
 *
 * Errors: CovgradError RANDOM_KEY as for {@link uniformStream}, RANDOM_COUNT unless count is a whole number below 2³².
 * Source: bounded integers without bias by Lemire, "Fast Random Integer Generation in an Interval", 2019.
 */
export function shuffledIndices(
  seed: number,
  purpose: Purpose,
  index: number,
  count: number,
): Uint32Array<ArrayBuffer> {
  if (!Number.isInteger(count) || count < 0 || count >= TWO_32) {
    throw new CovgradError(
      'RANDOM_COUNT',
      `shuffledIndices: the count must be a whole number from 0 to ${TWO_32 - 1}, got ${count}. Pass the number of samples.`,
      { count },
    );
  }
  const nextWord = wordStream(seed, purpose, index);
  const order = new Uint32Array(count);
  for (let position = 0; position < count; position++) order[position] = position;
  for (let last = count - 1; last > 0; last--) {
    const chosen = boundedWord(nextWord, last + 1);
    const moved = order[last] as number;
    order[last] = order[chosen] as number;
    order[chosen] = moved;
  }
  return order;
}

/** A whole number from 0 to bound − 1: the high word of word · bound, with the words redrawn that would make it uneven. */
function boundedWord(nextWord: () => number, bound: number): number {
  let word = nextWord();
  let low = Math.imul(word, bound) >>> 0;
  if (low < bound) {
    const uneven = (TWO_32 - bound) % bound;
    while (low < uneven) {
      word = nextWord();
      low = Math.imul(word, bound) >>> 0;
    }
  }
  return multiplyHigh(word, bound) >>> 0;
}

/** The stream's 32-bit words, each from 0 to 2³² − 1. */
function wordStream(seed: number, purpose: Purpose, index: number): () => number {
  const key = splitWords(seed, 'seed');
  const [indexLow, indexHigh] = splitWords(index, 'index');
  const purposeNumber = PURPOSE_NUMBERS[purpose];
  const words = new Uint32Array(4);
  let block = 0;
  let used = 4;
  return () => {
    if (used === 4) {
      philox4x32(words, [block, purposeNumber, indexLow, indexHigh], key);
      block++;
      used = 0;
    }
    return words[used++] as number;
  };
}

/** The low 32 and the high 21 bits of a whole number. */
function splitWords(value: number, name: string): [number, number] {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new CovgradError(
      'RANDOM_KEY',
      `random stream: the ${name} must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got ${value}. ` +
        `Pass another ${name}.`,
      { [name]: value },
    );
  }
  return [value % TWO_32, Math.floor(value / TWO_32)];
}

/** The high 32 bits of the 64-bit product of two 32-bit words, in halves of 16 bits so that each step is exact. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + (middle >>> 16) + (carry >>> 16);
}
