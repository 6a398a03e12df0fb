/** The in-memory form of a data set, and the fingerprint that tells whether two runs saw the same numbers. */
import { createHash } from 'node:crypto';
import type { TargetKind } from './task.ts';

/** Elements of the inputs: bytes (pixels) stay bytes. */
export type InputArray = Uint8Array<SharedArrayBuffer> | Float32Array<SharedArrayBuffer>;

/** Targets of the samples: labels from 0, or numbers. */
export type TargetArray =
  | Uint8Array<SharedArrayBuffer>
  | Int32Array<SharedArrayBuffer>
  | Float32Array<SharedArrayBuffer>;

/** Mean and standard deviation of each feature of the training split. Shapes: features each. */
export interface Standardization {
  readonly mean: Float32Array<SharedArrayBuffer>;
  readonly deviation: Float32Array<SharedArrayBuffer>;
}

/**
 * One split of a data set; input j of a sample is `x = values[i] / divisor`, or `(x − mean[j]) / deviation[j]` where the
 * split is standardized.
 *
 * Shapes: `values` is row-major samples x features; `targets` holds one label from 0 a sample, or samples x width numbers;
 * null where the targets are the inputs.
 */
export interface Split {
  readonly samples: number;
  readonly values: InputArray;
  readonly divisor: number;
  readonly standardization?: Standardization;
  readonly targets: TargetArray | null;
}

/** The splits as training sees them. */
export interface Splits {
  readonly features: number;
  /** Shape of one sample: [features], or [height, width, channels] of an image. */
  readonly shape: readonly number[];
  readonly target: TargetKind;
  readonly train: Split;
  /** What a sweep selects by, where the data have it. */
  readonly validation?: Split;
  readonly test: Split;
}

/** A data set: plain data that passes between threads without copying its values. */
export interface Dataset extends Splits {
  readonly name: string;
  /** SHA-256 in hex over everything that training can see: shapes, element types, values and targets of every split. */
  readonly fingerprint: string;
  /** What a user should know although nothing is wrong, ready to print. */
  readonly notes?: readonly string[];
}

/** The split that decorrelation is measured on after every epoch, and that a sweep selects by. */
export function heldOut({ validation, test }: Splits): Split {
  return validation ?? test;
}

/**
 * SHA-256 in hex over everything that training can see of a data set: for each split its shape, element type and
 * divisor as a line of JSON, then the bytes of its values and targets (little-endian on every host that Node runs on
 * but IBM Z).
 */
export function fingerprint({ features, target, train, validation, test }: Splits): string {
  const hash = createHash('sha256');
  for (const split of validation === undefined ? [train, test] : [train, validation, test]) {
    const { samples, values, divisor, standardization, targets } = split;
    // The form of the first version, where nothing else was possible: runs of that time keep their fingerprint.
    const classes = target.kind === 'classes' ? { classes: target.classes } : { target };
    const labels = targets instanceof Uint8Array || targets === null ? {} : { targets: dtypeOf(targets) };
    const shape = { samples, features, ...classes, dtype: dtypeOf(values), divisor, ...labels };
    hash.update(`${JSON.stringify(shape)}\n`);
    hash.update(values);
    if (standardization !== undefined) hash.update(standardization.mean).update(standardization.deviation);
    if (targets !== null) hash.update(targets);
  }
  return hash.digest('hex');
}

function dtypeOf(values: InputArray | TargetArray): string {
  if (values instanceof Uint8Array) return 'u8';
  return values instanceof Int32Array ? 'i32' : 'f32';
}
