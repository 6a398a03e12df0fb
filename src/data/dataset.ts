/** The in-memory form of a data set, and the fingerprint that tells whether two runs saw the same numbers. */
import { createHash } from 'node:crypto';
import type { NonZeros } from './non-zeros.ts';
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
  /** What `values` hold that is not zero, where batches are gathered from that; no part of the fingerprint. */
  readonly nonZeros?: NonZeros;
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
 * but IBM Z). Names of classes and targets are not in it.
 */
export function fingerprint({ features, shape, target, train, validation, test }: Splits): string {
  const hash = createHash('sha256');
  for (const split of validation === undefined ? [train, test] : [train, validation, test]) {
    const { samples, values, divisor, standardization, targets } = split;
    const facts = {
      samples,
      features,
      ...imageIn(shape),
      ...targetIn(target),
      dtype: dtypeOf(values),
      divisor,
    };
    const labels = targets instanceof Uint8Array || targets === null ? {} : { targets: dtypeOf(targets) };
    hash.update(`${JSON.stringify({ ...facts, ...labels })}\n`);
    hash.update(values);
    if (standardization !== undefined) hash.update(standardization.mean).update(standardization.deviation);
    if (targets !== null) hash.update(targets);
  }
  return hash.digest('hex');
}

/** Nothing for features and square images of one channel: the first version had no others, and its runs keep their fingerprint. */
function imageIn(shape: readonly number[]): { readonly shape?: readonly number[] } {
  const [height, width, channels] = shape;
  return shape.length === 1 || (height === width && channels === 1) ? {} : { shape };
}

/** Classes alone in the form of the first version. */
function targetIn(target: TargetKind): Readonly<Record<string, unknown>> {
  if (target.kind === 'classes') return { classes: target.classes };
  if (target.kind === 'inputs') return { target: { kind: target.kind } };
  const { kind, width, deviations } = target;
  return { target: { kind, width, ...(deviations && { deviations }) } };
}

function dtypeOf(values: InputArray | TargetArray): string {
  if (values instanceof Uint8Array) return 'u8';
  return values instanceof Int32Array ? 'i32' : 'f32';
}
