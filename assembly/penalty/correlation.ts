/**
 * Penalties on the correlation R_ij = C_ij/(s_i·s_j), s_i = sqrt(C_ii + ε): `squared-correlation`.
 *
 * With Y = the columns of X_c divided by s, R = YᵀY/ν. From D = ∂L/∂Y the chain rule through s gives, with the
 * unit vector u_i along Y_i, ∂L/∂x_i = (D_i − ⟨D_i, u_i⟩·u_i + ε/(C_ii + ε)·⟨D_i, u_i⟩·u_i)/s_i: exact for every ε,
 * and without cancellation where the first two terms are equal and only the third is left. A centred column
 * stays centred.
 */

import { columnDots } from '../columns';
import { after, centeredOrSelf, matrixBytes } from '../covariance';
import { loadUpTo4, multiplyAdd, negativeMultiplyAdd, storeUpTo4 } from '../simd';
import { offDiagonalEnergy, offDiagonalScratch } from './off-diagonal';

/** Bytes of scratch for {@link squaredCorrelation}: Y, D, four numbers a unit, and the energy's own. */
export function squaredCorrelationScratch(samples: i32, units: i32): i64 {
  return 2 * matrixBytes(samples, units) + 5 * matrixBytes(units, 1) + offDiagonalScratch(samples, units);
}

/** Σ_{i≠j} R_ij²/(m(m−1)); 0 with a single unit, which has no pair. */
export function squaredCorrelation(
  gradient: usize,
  x: usize,
  samples: i32,
  units: i32,
  centered: bool,
  ddof: f64,
  epsilon: f64,
  weight: f64,
  accumulate: bool,
  scratch: usize,
): f64 {
  const y = scratch;
  const d = after(y, samples, units);
  const inverses = after(d, samples, units);
  const norms = after(inverses, units, 1);
  const kept = after(norms, units, 1);
  const dots = after(kept, units, 1);
  const rest = after(after(dots, units, 1), units, 1);
  const divisor = <f64>samples - ddof;
  const pairs = max(1.0, <f64>units * <f64>(units - 1));
  const xc = centeredOrSelf(y, x, samples, units, centered);
  columnDots(dots, xc, xc, samples, units);
  for (let j = 0; j < units; j++) {
    const at = (<usize>j) << 2;
    const variance = load<f64>(dots + 2 * at) / divisor;
    store<f32>(inverses + at, <f32>(1.0 / Math.sqrt(variance + epsilon)));
    store<f32>(kept + at, <f32>(epsilon / (variance + epsilon)));
  }
  scaleColumns(y, xc, inverses, samples, units);
  const factor = (4.0 * weight) / (divisor * pairs);
  const energy = offDiagonalEnergy(d, y, samples, units, divisor, factor, false, rest);
  columnDots(dots, y, y, samples, units);
  for (let j = 0; j < units; j++) {
    // A unit without variance has no direction: every infinite norm makes u = 0.
    const square = load<f64>(dots + ((<usize>j) << 3));
    store<f32>(norms + ((<usize>j) << 2), square === 0 ? <f32>Infinity : <f32>Math.sqrt(square));
  }
  columnDots(dots, d, y, samples, units);
  for (let j = 0; j < units; j++) {
    const at = (<usize>j) << 2;
    store<f32>(dots + at, <f32>(load<f64>(dots + 2 * at) / <f64>load<f32>(norms + at)));
  }
  projectColumns(gradient, d, y, norms, dots, kept, inverses, samples, units, accumulate);
  return energy / pairs;
}

/** out = x · diag(factors); `out` may be `x`. */
function scaleColumns(out: usize, x: usize, factors: usize, samples: i32, units: i32): void {
  for (let i = 0; i < samples; i++) {
    for (let j = 0; j < units; j += 4) {
      const count = units - j;
      const factor = loadUpTo4(factors + ((<usize>j) << 2), count, 0);
      storeUpTo4(out, f32x4.mul(loadUpTo4(x, count, 0), factor), count);
      const bytes = (<usize>min(4, count)) << 2;
      out += bytes;
      x += bytes;
    }
  }
}

/** gradient = (accumulate ? gradient : 0) + (d − along·u + kept·along·u) · inverse with u = y/norm, column by column. */
function projectColumns(
  gradient: usize,
  d: usize,
  y: usize,
  norms: usize,
  along: usize,
  kept: usize,
  inverses: usize,
  samples: i32,
  units: i32,
  accumulate: bool,
): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < samples; i++) {
    for (let j = 0; j < units; j += 4) {
      const count = units - j;
      const at = (<usize>j) << 2;
      const u = f32x4.div(loadUpTo4(y, count, 0), loadUpTo4(norms + at, count, 1));
      const length = loadUpTo4(along + at, count, 0);
      const across = negativeMultiplyAdd(length, u, loadUpTo4(d, count, 0));
      const whole = multiplyAdd(f32x4.mul(length, loadUpTo4(kept + at, count, 0)), u, across);
      const before = accumulate ? loadUpTo4(gradient, count, 0) : zero;
      storeUpTo4(gradient, multiplyAdd(whole, loadUpTo4(inverses + at, count, 0), before), count);
      const bytes = (<usize>min(4, count)) << 2;
      d += bytes;
      y += bytes;
      gradient += bytes;
    }
  }
}
