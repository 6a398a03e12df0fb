/** Scaling of the inputs, fitted on the training split and applied to every split. */

import { allocateShared } from '../codec/bytes/shared-memory.ts';
import { DataError } from '../errors.ts';
import type { Normalize } from './common-options.ts';
import type { Standardization } from './dataset.ts';
import type { SourceSplit } from './source.ts';

/** Largest value of a byte. */
const WHITE = 255;

/** Splits that are normalized alike, the training split first. */
type Parts = readonly [SourceSplit, ...SourceSplit[]];

/** The splits scaled, and what still has to be taken off their bytes when they are read. */
export interface Normalized {
  readonly splits: readonly SourceSplit[];
  readonly standardization?: Standardization;
}

/**
 * Normalizes splits of samples of this shape; numbers are changed in place, bytes stay bytes.
 *
 * - `none`: as they are, bytes as 0 to 255.
 * - `scale`: bytes / 255; numbers to 0 … 1 by the least and the largest of each feature.
 * - `standardize`: mean 0 and deviation 1 of each feature, of an image of each channel. A feature that never changes
 *   becomes 0.
 * - `{mean, std}`: (x − mean) / std, with bytes taken as 0 … 1 first.
 *
 * Errors: DataError DATA_NORMALIZE for a list of another length than channels or features.
 */
export function normalize(parts: Parts, shape: readonly number[], how: Normalize): Normalized {
  const [train] = parts;
  const bytes = train.values instanceof Uint8Array;
  if (how === 'none') return { splits: parts.map((split) => ({ ...split, divisor: 1 })) };
  if (how === 'scale') {
    if (bytes) return { splits: parts.map((split) => ({ ...split, divisor: WHITE })) };
    return { splits: applyInPlace(parts, extremes(train)) };
  }
  const scaled = bytes ? parts.map((split) => ({ ...split, divisor: WHITE })) : parts;
  const fitted =
    how === 'standardize' ? moments(scaled[0] as SourceSplit, shape) : given(how, shape, featuresOf(train));
  if (!bytes) return { splits: applyInPlace(parts, fitted) };
  return { splits: scaled, standardization: share(fitted) };
}

/** What is taken off each feature, and what it is divided by then. */
interface Affine {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

function featuresOf({ samples, values }: SourceSplit): number {
  return values.length / samples;
}

function applyInPlace(parts: Parts, { mean, deviation }: Affine): SourceSplit[] {
  return parts.map((split) => {
    const { values } = split;
    const features = mean.length;
    for (let row = 0; row < values.length; row += features) {
      for (let j = 0; j < features; j++) values[row + j] = (values[row + j]! - mean[j]!) / deviation[j]!;
    }
    return { ...split, divisor: 1 };
  });
}

function share({ mean, deviation }: Affine): Standardization {
  const shared = (numbers: Float64Array): Float32Array<SharedArrayBuffer> => {
    const { buffer } = allocateShared(numbers.length * Float32Array.BYTES_PER_ELEMENT, 'data.normalize');
    const array = new Float32Array(buffer);
    array.set(numbers);
    return array;
  };
  return { mean: shared(mean), deviation: shared(deviation) };
}

function extremes(train: SourceSplit): Affine {
  const features = featuresOf(train);
  const least = new Float64Array(features).fill(Number.POSITIVE_INFINITY);
  const largest = new Float64Array(features).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < train.values.length; row += features) {
    for (let j = 0; j < features; j++) {
      const value = train.values[row + j]!;
      if (value < least[j]!) least[j] = value;
      if (value > largest[j]!) largest[j] = value;
    }
  }
  return { mean: least, deviation: largest.map((value, j) => value - least[j]! || 1) };
}

/** Means and deviations (divisor n) in float64, two passes; over the channels of an image, else over the features. */
function moments({ samples, values, divisor }: SourceSplit, shape: readonly number[]): Affine {
  const features = values.length / samples;
  const groups = shape.length > 1 ? (shape.at(-1) as number) : features;
  const count = values.length / groups;
  const mean = new Float64Array(groups);
  for (let i = 0; i < values.length; i++) mean[i % groups] = mean[i % groups]! + values[i]! / divisor;
  for (let g = 0; g < groups; g++) mean[g] = mean[g]! / count;
  const variance = new Float64Array(groups);
  for (let i = 0; i < values.length; i++) {
    const g = i % groups;
    variance[g] = variance[g]! + (values[i]! / divisor - mean[g]!) ** 2;
  }
  const deviation = variance.map((sum) => Math.sqrt(sum / count) || 1);
  return { mean: repeat(mean, features), deviation: repeat(deviation, features) };
}

function given(
  { mean, std }: Exclude<Normalize, string>,
  shape: readonly number[],
  features: number,
): Affine {
  const channels = shape.at(-1) as number;
  const expand = (numbers: number | readonly number[], key: string): Float64Array => {
    const list = typeof numbers === 'number' ? [numbers] : numbers;
    if (list.length === 1 || list.length === channels) return repeat(Float64Array.from(list), features);
    throw new DataError(
      'DATA_NORMALIZE',
      `data.normalize.${key}: it must be one number or ${channels}, one for each ${shape.length > 1 ? 'channel' : 'feature'}, got ${list.length}. Give as many.`,
      { key, expected: channels, got: list.length },
    );
  };
  return { mean: expand(mean, 'mean'), deviation: expand(std, 'std') };
}

/** The numbers again and again, as often as they fit. */
function repeat(numbers: Float64Array, length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => numbers[i % numbers.length]!);
}
