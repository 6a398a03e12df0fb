/** The batch in a network's memory: what the first layer reads, and what the loss compares with. */
import { ShapeError } from '../errors.ts';
import {
  type FloatArray,
  type KernelArray,
  type KernelBytes,
  type KernelCompressed,
  LARGEST_COMPRESSED_SHARE,
  type Operations,
} from '../kernel/operations.ts';
import type { ArrayScope } from './array-scope.ts';
import { countNonZeroWords, gatherNonZeros, gatherRows, type RowAt } from './gather.ts';
import type { LayerInput } from './layer.ts';
import type { Loss } from './loss.ts';
import type { SampleSource } from './network-api.ts';

/** The unit of kept non-zeros. */
const WORD_BYTES = 4;

/** Sizes of a batch, and who reads it. */
export interface BatchOptions {
  /** The most samples. */
  readonly capacity: number;
  /** Numbers of a sample. */
  readonly inputs: number;
  /** Whether the first layer takes the non-zeros of a batch alone. */
  readonly takesCompressed: boolean;
  readonly loss: Loss;
}

/** Memory for a batch, and the ways of filling it. */
export class Batch {
  readonly capacity: number;
  readonly loss: Loss;
  /** What the first layer reads: numbers, or the non-zeros alone where most pixels of the batch are zero. */
  input: LayerInput;
  /** Samples in memory whose targets are there as well. */
  loaded = 0;
  readonly #operations: Operations;
  readonly #inputs: number;
  /** Shapes: capacity x inputs. */
  readonly #x: KernelArray;
  readonly #bytes: KernelBytes;
  readonly #compressed: KernelCompressed | null;

  constructor(operations: Operations, scope: ArrayScope, options: BatchOptions) {
    const { capacity, inputs, takesCompressed, loss } = options;
    this.#operations = operations;
    this.#inputs = inputs;
    this.capacity = capacity;
    this.loss = loss;
    this.#x = scope.numbers(capacity * inputs);
    const kept = takesCompressed ? mostKeptBytes(capacity, inputs) : 0;
    this.#bytes = scope.bytes(Math.max(capacity * inputs, kept));
    this.#compressed = takesCompressed ? scope.compressed(capacity, inputs) : null;
    this.input = { dense: this.#x };
  }

  /** Copy samples without targets. */
  write(x: ArrayLike<number>): void {
    this.loaded = 0;
    this.#x.values.set(x);
    this.input = { dense: this.#x };
  }

  /** Gather samples `rows[first]`, `rows[first + 1]`… of the source, or `first`, `first + 1`… without rows. */
  load(
    source: SampleSource,
    rows: Uint32Array<ArrayBufferLike> | null,
    first: number,
    samples: number,
  ): void {
    this.loaded = 0;
    const [x, bytes, inputs] = [this.#x, this.#bytes, this.#inputs];
    const { values, targets, divisor, standardization } = source;
    const rowAt: RowAt = (s) => (rows === null ? first + s : rows[first + s]!);
    for (let s = 0; s < samples; s++)
      if (!(rowAt(s) < source.samples)) throw missingSample(rowAt(s), source.samples);
    const scaled = values instanceof Uint8Array;
    const kept = this.#compressKept(source, rowAt, samples);
    // Who learns to give its inputs needs them in full.
    if (kept === null || targets === null) {
      gatherRows(scaled ? bytes.values : x.values, values, rowAt, samples, inputs);
    }
    const compressed = kept ?? this.#compress(source, samples);
    this.input = compressed === null ? { dense: x } : { compressed };
    const count = samples * inputs;
    if (scaled && (compressed === null || targets === null)) {
      this.#operations.scaleBytes(x, bytes, count, divisor);
    } else if (!scaled && divisor !== 1) {
      for (let i = 0; i < count; i++) x.values[i]! /= divisor;
    }
    if (standardization !== undefined) standardize(x.values, standardization, count);
    if (targets === null) this.loss.gather(x.values, (s) => s, samples);
    else this.loss.gather(targets, rowAt, samples, source.mixture);
    this.loaded = samples;
  }

  /** The batch from the non-zeros that its source keeps. Null where it keeps none, or these are too many. */
  #compressKept({ nonZeros, divisor }: SampleSource, rowAt: RowAt, samples: number): KernelCompressed | null {
    const [compressed, bytes] = [this.#compressed, this.#bytes];
    if (nonZeros === undefined || compressed === null) return null;
    const length = WORD_BYTES * countNonZeroWords(nonZeros, rowAt, samples);
    if (length > bytes.length) return null;
    const { buffer, byteOffset } = bytes.values;
    gatherNonZeros(new Uint32Array(buffer, byteOffset, length / WORD_BYTES), nonZeros, rowAt, samples);
    const few = this.#operations.compressRows(compressed, bytes, length, samples, this.#inputs, divisor);
    return few ? compressed : null;
  }

  /** The batch from its bytes. Null for numbers, and where too few of them are zero. */
  #compress({ values, standardization, divisor }: SampleSource, samples: number): KernelCompressed | null {
    const compressed = this.#compressed;
    if (compressed === null || !(values instanceof Uint8Array) || standardization !== undefined) return null;
    const few = this.#operations.compress(compressed, this.#bytes, samples, this.#inputs, divisor);
    return few ? compressed : null;
  }
}

/** Bytes that the kept non-zeros of a batch take at most, where they are not too many to be compressed. */
function mostKeptBytes(samples: number, inputs: number): number {
  // A count, and what fills up the last word of each sample.
  return 5 * samples + 3 * Math.floor(LARGEST_COMPRESSED_SHARE * samples * inputs);
}

function standardize(
  x: FloatArray,
  { mean, deviation }: NonNullable<SampleSource['standardization']>,
  count: number,
): void {
  const inputs = mean.length;
  for (let row = 0; row < count; row += inputs) {
    for (let j = 0; j < inputs; j++) x[row + j] = (x[row + j]! - mean[j]!) / deviation[j]!;
  }
}

function missingSample(row: number, samples: number): ShapeError {
  return new ShapeError(
    'SAMPLE_OUT_OF_RANGE',
    `load: rows must be from 0 to ${samples - 1}, got ${row}. Check the rows against the samples of the source.`,
    { row, samples },
  );
}
