/** Scaling of the inputs, fitted on the training split and applied to every split. */
import { allocateShared } from '../../codec/bytes/shared-memory.ts';
import { DataError } from '../../errors.ts';
import type { Normalize } from '../common-options.ts';
import type { Standardization } from '../dataset.ts';
import type { SourceSplit } from '../source.ts';
import { type Affine, applyInPlace, extremes, moments } from './affine.ts';

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
 * - `scale`: bytes / 255; numbers to 0 … 1 by the least and the largest of each feature, of an image of each channel.
 * - `standardize`: mean 0 and deviation 1 (divisor n) of each feature, of an image of each channel.
 * - `{mean, std}`: (x − mean) / std, with bytes taken as 0 … 1 first.
 *
 * What never changes becomes 0. Precision: fitted in float64.
 * Errors: DataError DATA_NORMALIZE for a list of another length than channels or features.
 */
export function normalize(parts: Parts, shape: readonly number[], how: Normalize): Normalized {
  const [train] = parts;
  const features = train.values.length / train.samples;
  const groups = shape.length > 1 ? (shape.at(-1) as number) : features;
  const each = shape.length > 1 ? 'channel' : 'feature';
  const bytes = train.values instanceof Uint8Array;
  const divisor = bytes && how !== 'none' ? WHITE : 1;
  const splits = parts.map((split) => ({ ...split, divisor }));
  if (how === 'none' || (bytes && how === 'scale')) return { splits };
  if (how === 'scale') return inPlace(splits, extremes(train.values, groups));
  if (how !== 'standardize') {
    const mean = expanded(how.mean, groups, `mean: it must be one number or ${groups}, one for each ${each}`);
    const deviation = expanded(
      how.std,
      groups,
      `std: it must be one number or ${groups}, one for each ${each}`,
    );
    const given = { origin: mean, extent: deviation };
    return bytes ? { splits, standardization: shared(given, features) } : inPlace(splits, given);
  }
  const fitted = moments(train.values, groups);
  if (!bytes) return inPlace(splits, fitted);
  const inUnits = {
    origin: fitted.origin.map((mean) => mean / WHITE),
    extent: fitted.extent.map((e) => e / WHITE),
  };
  return { splits, standardization: shared(inUnits, features) };
}

function inPlace(splits: readonly SourceSplit[], affine: Affine): Normalized {
  for (const { values } of splits) applyInPlace(values as Float32Array, affine);
  return { splits };
}

function expanded(numbers: number | readonly number[], groups: number, rule: string): Float64Array {
  const list = typeof numbers === 'number' ? [numbers] : numbers;
  if (list.length === 1 || list.length === groups) return repeated(Float64Array.from(list), groups);
  throw new DataError('DATA_NORMALIZE', `data.normalize.${rule}, got ${list.length}. Give as many.`, {
    expected: groups,
    got: list.length,
  });
}

function shared({ origin, extent }: Affine, features: number): Standardization {
  const share = (numbers: Float64Array): Float32Array<SharedArrayBuffer> => {
    const { buffer } = allocateShared(features * Float32Array.BYTES_PER_ELEMENT, 'data.normalize');
    const array = new Float32Array(buffer);
    array.set(repeated(numbers, features));
    return array;
  };
  return { mean: share(origin), deviation: share(extent) };
}

/** The numbers again and again, as often as they fit. */
function repeated(numbers: Float64Array, length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => numbers[i % numbers.length]!);
}
