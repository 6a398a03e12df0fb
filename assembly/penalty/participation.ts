/**
 * `participation-ratio`: log ‖C‖²_F − 2 log tr C = log ‖Q‖²_F of Q = C/tr C, and 0 where C is 0.
 *
 * ∂/∂X = (4/ν)·X_c·(Q/‖Q‖² − I)/tr C. As long as no direction dominates, one pass each way in the precision of the build does.
 * Where one does, ‖Q‖² is nearly 1 and its logarithm a small difference: then all of it is done again in float64. So it is
 * where the activations are so small that float32 loses their squares.
 */

import { after, gram, matrixBytes } from '../covariance';
import { product, productScratch } from '../gemm';
import { panelAt, ROW_BYTES } from '../panels';
import { bytesOf } from '../simd';
import { PenaltyCall } from './call';
import { sumOfSquares } from './off-diagonal';
import { scaledActivations } from './range';

/** ‖Q‖² above which float32 has lost too many digits of its distance from 1. */
const DOMINATED: f64 = 1.0 - 1.0 / 64.0;
/** Mean square of the activations below which squares in float32 lose digits, and at last themselves. */
const SMALLEST_SQUARE: f64 = 1e-30;

/** Bytes of scratch for {@link participationRatio}. */
export function participationScratch(samples: i32, units: i32): i64 {
  const order = min(samples, units);
  return (
    matrixBytes(samples, units) +
    matrixBytes(order, order) +
    max(productScratch(order, order, max(samples, units)), productScratch(samples, units, order))
  );
}

/** Writes value and gradient and returns true, or returns false where float32 does not do and nothing was written. */
export function participationRatio(call: PenaltyCall): bool {
  const gradient = call.gradient;
  const samples = call.samples;
  const units = call.units;
  const accumulate = call.accumulate;
  const scratch = call.scratch;
  const bySamples = samples < units;
  const order = min(samples, units);
  const q = after(scratch, samples, units);
  const rest = after(q, order, order);
  const xc = scaledActivations(call, scratch, false);
  // ν·tr C; a divisor of C cancels.
  const trace = sumOfSquares(xc, samples, units);
  if (sizeof<real>() === 4 && trace < SMALLEST_SQUARE * <f64>samples * <f64>units) return false;
  if (trace === 0) {
    if (!accumulate && gradient !== 0) memory.fill(gradient, 0, <usize>samples * bytesOf(units));
    store<f64>(call.value, 0);
    return true;
  }
  gram(q, xc, !bySamples, order, bySamples ? units : samples, 1.0 / trace, rest);
  const norm = sumOfSquares(q, order, order);
  // Written so that NaN is done again too, and comes out as NaN.
  if (sizeof<real>() === 4 && !(norm <= DOMINATED)) return false;
  for (let i = 0; i < order; i++) {
    const at = q + bytesOf(i) * (<usize>order + 1);
    store<real>(at, load<real>(at) - <real>norm);
  }
  const factor = <real>(((4.0 * call.weight) / (trace * norm)) * call.scale);
  if (bySamples)
    product(gradient, q, false, xc, false, samples, units, order, factor, accumulate, false, rest);
  else product(gradient, xc, false, q, false, samples, units, order, factor, accumulate, false, rest);
  store<f64>(call.value, Math.log(norm));
  return true;
}

/** The value in float64 for C, or K, as a panel matrix, 0 where it is 0; replaces it by half of ∂/∂C = 2(Q/‖Q‖² − I)/tr C. */
export function dominatedRatio(c: usize, order: i32): f64 {
  const size = <usize>order * <usize>order * 8;
  let trace: f64 = 0;
  for (let i = 0; i < order; i++) trace += load<f64>(diagonalAt(c, order, i));
  if (trace === 0) return 0;
  let sum: f64 = 0;
  for (let at = c; at < c + size; at += 8) {
    const entry = load<f64>(at) / trace;
    store<f64>(at, entry);
    sum += entry * entry;
  }
  const scale = 1.0 / (trace * sum);
  for (let i = 0; i < order; i++) {
    const at = diagonalAt(c, order, i);
    store<f64>(at, load<f64>(at) - sum);
  }
  for (let at = c; at < c + size; at += 8) store<f64>(at, load<f64>(at) * scale);
  return Math.log(sum);
}

function diagonalAt(a: usize, order: i32, i: i32): usize {
  return panelAt(a, order, i >> 2) + <usize>i * ROW_BYTES + ((<usize>(i & 3)) << 3);
}
