/**
 * Products of the activations with themselves that several penalties on the same X have in common: C, and K of fewer samples than units.
 *
 * The host gives them a place. It begins with a cache line that says which of the two is there (int32 each, zeros in the beginning);
 * the first penalty that needs one leaves it, the others copy it, and the bits are those of a product of their own.
 */

import { gramLower, matrixBytes } from '../covariance';
import { mirrorLower } from '../gemm';
import { bytesOf } from '../simd';
import { CALL } from './call';

/** Bytes of the place. */
export function sharedBytes(samples: i32, units: i32): i64 {
  return 64 + matrixBytes(units, units) + (samples < units ? matrixBytes(samples, samples) : 0);
}

/** c [order x order], its lower triangle = alpha·aᵀ·a (`transpose`: C of the call) or alpha·a·aᵀ (K of it), shared where the call says so. */
export function sharedGramLower(
  c: usize,
  a: usize,
  transpose: bool,
  order: i32,
  inner: i32,
  alpha: f64,
  scratch: usize,
): void {
  const shared = CALL.shared;
  // Scaled activations have products of their own.
  if (shared === 0 || CALL.scale !== 1) {
    gramLower(c, a, transpose, order, inner, alpha, scratch);
    return;
  }
  const flag = shared + (transpose ? 0 : 4);
  const place = shared + 64 + (transpose ? 0 : <usize>matrixBytes(CALL.units, CALL.units));
  const bytes = <usize>order * bytesOf(order);
  if (load<i32>(flag) !== 0) {
    memory.copy(c, place, bytes);
    return;
  }
  gramLower(c, a, transpose, order, inner, alpha, scratch);
  memory.copy(place, c, bytes);
  store<i32>(flag, 1);
}

/** {@link sharedGramLower} with its upper triangle. */
export function sharedGram(
  c: usize,
  a: usize,
  transpose: bool,
  order: i32,
  inner: i32,
  alpha: f64,
  scratch: usize,
): void {
  sharedGramLower(c, a, transpose, order, inner, alpha, scratch);
  mirrorLower(c, order);
}
