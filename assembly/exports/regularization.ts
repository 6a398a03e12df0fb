/** ABI entries of dropout, noise, norms of weights and the sum of two arrays. */

import * as noise from '../layer/noise';
import * as weightNorms from '../layer/weights';
import { BAD_PARAMETER, elementwiseOperands, OK, oneOutput, positive, reals } from '../status';

/**
 * out = 0 where word i of the stream (seed, dropout, index) is below rate·2³², x/(1 − rate) elsewhere; `out` may be `x`. The same on
 * ∂/∂out is ∂/∂x. rate from 0 to below 1 − 2⁻³²; seed and index whole numbers from 0 to 2⁵³ − 1.
 */
export function dropout(out: usize, x: usize, count: i32, rate: f64, seed: f64, index: f64): i32 {
  const status = elementwiseOperands(out, x, x, count);
  if (status) return status;
  if (!(rate >= 0) || noise.droppedWords(rate) > 4294967295.0 || !isKey(seed) || !isKey(index))
    return BAD_PARAMETER;
  noise.disturb(noise.DROPOUT, out, x, count, rate, <u64>seed, <u64>index);
  return OK;
}

/** out = x + deviation·a normal number from word i of the stream (seed, gaussian-noise, index); `out` may be `x`. */
export function gaussianNoise(out: usize, x: usize, count: i32, deviation: f64, seed: f64, index: f64): i32 {
  const status = elementwiseOperands(out, x, x, count);
  if (status) return status;
  if (!(deviation >= 0 && deviation < Infinity) || !isKey(seed) || !isKey(index)) return BAD_PARAMETER;
  noise.disturb(noise.GAUSSIAN_NOISE, out, x, count, deviation, <u64>seed, <u64>index);
  return OK;
}

/** gradient += l1·sign(weights) + 2·l2·weights, `count` elements. */
export function addNormGradients(gradient: usize, weights: usize, count: i32, l1: f64, l2: f64): i32 {
  let status = positive(count, 1, 1);
  if (status) return status;
  const bytes = reals(count, 1);
  status = oneOutput(gradient, bytes, 0, 0, weights, bytes, 0, 0, 0, 0);
  if (status) return status;
  weightNorms.addNormGradients(gradient, weights, count, <real>l1, <real>l2);
  return OK;
}

/** Every column of weights [rows x units] whose Euclidean norm is above `limit` is scaled down to it. limit is above 0. */
export function limitNorms(weights: usize, rows: i32, units: i32, limit: f64): i32 {
  let status = positive(rows, units, 1);
  if (status) return status;
  status = oneOutput(weights, reals(rows, units), 0, 0, 0, 0, 0, 0, 0, 0);
  if (status) return status;
  if (!(limit > 0)) return BAD_PARAMETER;
  weightNorms.limitNorms(weights, rows, units, limit);
  return OK;
}

/** out = a + b, `count` elements; `out` may be either. */
export function add(out: usize, a: usize, b: usize, count: i32): i32 {
  const status = elementwiseOperands(out, a, b, count);
  if (status) return status;
  weightNorms.add(out, a, b, count);
  return OK;
}

function isKey(value: f64): bool {
  return value >= 0 && value <= 9007199254740991.0 && Math.trunc(value) === value;
}
