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
  const sample = new Sample(values, features);
  const step = Math.max(1, Math.floor(samples / LOOKED_AT));
  let [found, seen] = [0, 0];
  for (let s = 0; s < samples; s += step) {
    found += sample.read(s).count();
    seen += features;
  }
  if (found > largestShare * seen) return undefined;
  const starts = new Uint32Array(new SharedArrayBuffer(WORD_BYTES * (samples + 1)));
  for (let s = 0; s < samples; s++) {
    const bytes = 2 + 3 * sample.read(s).count();
    starts[s + 1] = starts[s]! + Math.ceil(bytes / WORD_BYTES);
  }
  const rows = new Uint32Array(new SharedArrayBuffer(WORD_BYTES * starts[samples]!));
  const bytes = new Uint8Array(rows.buffer);
  for (let s = 0; s < samples; s++) sample.read(s).write(bytes, WORD_BYTES * starts[s]!);
  return { starts, rows };
}

/** One sample, padded with zeros to whole words: four bytes at a time most of it is skipped. */
class Sample {
  readonly #values: Uint8Array;
  readonly #features: number;
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;
  /** Every entry is written, and only the non-zeros advance: no branch to mispredict. */
  readonly #places: Uint16Array;
  readonly #nonZeros: Uint8Array;

  constructor(values: Uint8Array, features: number) {
    this.#values = values;
    this.#features = features;
    this.#words = new Uint32Array(Math.ceil(features / WORD_BYTES));
    this.#bytes = new Uint8Array(this.#words.buffer);
    this.#places = new Uint16Array(this.#bytes.length + 1);
    this.#nonZeros = new Uint8Array(this.#bytes.length + 1);
  }

  read(sample: number): this {
    const first = sample * this.#features;
    this.#bytes.set(this.#values.subarray(first, first + this.#features));
    return this;
  }

  count(): number {
    const words = this.#words;
    let count = 0;
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      if (word === 0) continue;
      // The bits of each byte are brought together in its lowest, and the four added up.
      const low = (word | (word >>> 4)) & 0x0f0f0f0f;
      const lower = (low | (low >>> 2)) & 0x03030303;
      count += Math.imul((lower | (lower >>> 1)) & 0x01010101, 0x01010101) >>> 24;
    }
    return count;
  }

  write(rows: Uint8Array, start: number): void {
    const [words, bytes, places, nonZeros] = [this.#words, this.#bytes, this.#places, this.#nonZeros];
    let count = 0;
    for (let i = 0; i < words.length; i++) {
      if (words[i] === 0) continue;
      for (let j = 4 * i; j < 4 * i + 4; j++) {
        const byte = bytes[j]!;
        places[count] = j;
        nonZeros[count] = byte;
        count += (byte + 0xff) >> 8;
      }
    }
    rows[start] = count & 0xff;
    rows[start + 1] = count >> 8;
    let at = start + 2;
    for (let k = 0; k < count; k++, at += 2) {
      const place = places[k]!;
      rows[at] = place & 0xff;
      rows[at + 1] = place >> 8;
    }
    rows.set(nonZeros.subarray(0, count), at);
  }
}
