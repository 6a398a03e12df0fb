/** The in-memory form of a data set, and the fingerprint that tells whether two runs saw the same numbers. */
import { createHash } from 'node:crypto';

/**
 * One split of a data set; a value is `values[i] / divisor`.
 *
 * Shapes: `values` is row-major samples x features; `labels` holds one class per sample, from 0.
 */
export interface Split {
  readonly samples: number;
  readonly values: Uint8Array<SharedArrayBuffer> | Float32Array<SharedArrayBuffer>;
  readonly divisor: number;
  readonly labels: Uint8Array<SharedArrayBuffer>;
}

/** The two splits as a source yields them. */
export interface Splits {
  readonly features: number;
  readonly classes: number;
  readonly train: Split;
  readonly test: Split;
}

/** A data set for classification: plain data that passes between threads without copying its values. */
export interface Dataset extends Splits {
  readonly name: string;
  /** SHA-256 in hex over shapes, element types, values and labels of both splits. */
  readonly fingerprint: string;
}

/**
 * SHA-256 in hex over everything that training can see of a data set: for each split its shape, element type and
 * divisor as a line of JSON, then the bytes of its values and labels (little-endian on every host that Node runs on
 * but IBM Z).
 */
export function fingerprint({ features, classes, train, test }: Splits): string {
  const hash = createHash('sha256');
  for (const { samples, values, divisor, labels } of [train, test]) {
    const dtype = values instanceof Uint8Array ? 'u8' : 'f32';
    hash.update(`${JSON.stringify({ samples, features, classes, dtype, divisor })}\n`);
    hash.update(values);
    hash.update(labels);
  }
  return hash.digest('hex');
}
