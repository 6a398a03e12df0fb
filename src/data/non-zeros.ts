/** The non-zeros of a split of bytes, kept once for all trials: a batch of mostly zeros is then gathered, not searched. */
import type { Split } from './dataset.ts';

/**
 * What is not zero in each sample, one sample after the other: its count n (uint16), the places of the non-zeros among the
 * features (n of uint16, increasing) and their bytes (n), in little-endian order and up to a whole word of 32 bits.
 *
 * Shapes: `starts` [samples + 1], the word of `rows` that each begins at.
 */
export interface NonZeros {
  readonly starts: Uint32Array<SharedArrayBuffer>;
  readonly rows: Uint32Array<SharedArrayBuffer>;
}

/** Places are numbers of 16 bits. */
const MOST_FEATURES = 2 ** 16 - 1;
const WORD_BYTES = 4;
/** Samples that are looked at to tell whether a split is worth a search. */
const LOOKED_AT = 256;

/**
 * The non-zeros of a split, or undefined where they would not be used: for numbers, for bytes that are standardized, and where
 * more than `largestShare` of the entries are other than zero.
 */
export function nonZerosOf(
  { samples, values, standardization }: Split,
  features: number,
  largestShare: number,
): NonZeros | undefined {
  if (!(values instanceof Uint8Array) || standardization !== undefined) return undefined;
  if (features > MOST_FEATURES) return undefined;
  const words = new Words(values, features);
  const step = Math.max(1, Math.floor(samples / LOOKED_AT));
  let [found, seen] = [0, 0];
  for (let s = 0; s < samples; s += step) {
    found += words.count(s);
    seen += features;
  }
  if (found > largestShare * seen) return undefined;
  const starts = new Uint32Array(new SharedArrayBuffer(WORD_BYTES * (samples + 1)));
  // Room for the largest share: a host gives no memory to what is never written.
  const most = 5 * samples + 3 * Math.ceil(largestShare * samples * features);
  const rows = new Uint32Array(new SharedArrayBuffer(WORD_BYTES * Math.ceil(most / WORD_BYTES)));
  const target = { places: new Uint16Array(rows.buffer), bytes: new Uint8Array(rows.buffer) };
  for (let s = 0; s < samples; s++) {
    const end = words.write(s, target, starts[s]!);
    if (end > rows.length) return undefined;
    starts[s + 1] = end;
  }
  return { starts, rows: rows.subarray(0, starts[samples]) };
}

/** A split as whole words, padded with zeros: four bytes at a time most of it is skipped. */
class Words {
  readonly #values: Uint8Array;
  readonly #features: number;
  /** All samples where they begin at whole words, else the one that was read last. */
  readonly #words: Uint32Array;
  readonly #inPlace: boolean;
  readonly #nonZeros: Uint8Array;

  constructor(values: Uint8Array, features: number) {
    this.#values = values;
    this.#features = features;
    const { buffer, byteOffset, length } = values;
    this.#inPlace = features % WORD_BYTES === 0 && byteOffset % WORD_BYTES === 0;
    this.#words = this.#inPlace
      ? new Uint32Array(buffer, byteOffset, length / WORD_BYTES)
      : new Uint32Array(Math.ceil(features / WORD_BYTES));
    this.#nonZeros = new Uint8Array(features + 1);
  }

  /** The word that a sample begins at. */
  #find(sample: number): number {
    const first = sample * this.#features;
    if (this.#inPlace) return first / WORD_BYTES;
    new Uint8Array(this.#words.buffer).set(this.#values.subarray(first, first + this.#features));
    return 0;
  }

  /** How many of a sample are other than zero. */
  count(sample: number): number {
    const first = this.#find(sample);
    const words = this.#words;
    let count = 0;
    for (let i = first; i < first + this.#features / WORD_BYTES; i++) {
      for (let word = words[i]!; word !== 0; word >>>= 8) count += (word & 0xff) === 0 ? 0 : 1;
    }
    return count;
  }

  /** Write a sample from the word `start`; answers the word after it, past the end where there is no room. */
  write(sample: number, { places, bytes }: Target, start: number): number {
    const first = this.#find(sample);
    const [words, nonZeros] = [this.#words, this.#nonZeros];
    const firstPlace = 2 * start + 1;
    let count = 0;
    for (let i = 0; i < this.#features / WORD_BYTES; i++) {
      let word = words[first + i]!;
      if (word === 0) continue;
      // Every byte is written, and only the non-zeros advance: no branch to mispredict.
      for (let j = 4 * i; j < 4 * i + 4; j++, word >>>= 8) {
        places[firstPlace + count] = j;
        nonZeros[count] = word & 0xff;
        count += ((word & 0xff) + 0xff) >> 8;
      }
    }
    const end = start + Math.ceil((2 + 3 * count) / WORD_BYTES);
    if (WORD_BYTES * end > bytes.length) return end;
    places[2 * start] = count;
    const from = WORD_BYTES * start + 2 + 2 * count;
    bytes.set(nonZeros.subarray(0, count), from);
    for (let at = from + count; at < WORD_BYTES * end; at++) bytes[at] = 0;
    return end;
  }
}

/** The rows, as numbers of 16 and of 8 bits. */
interface Target {
  readonly places: Uint16Array;
  readonly bytes: Uint8Array;
}
