/**
 * Penalties on the correlation R_ij = C_ij/(s_i·s_j), s_i = sqrt(C_ii + ε): `squared-correlation`.
 *
 * With Y = the columns of X_c divided by s, R = YᵀY/ν. From D = ∂L/∂Y the chain rule through s gives, with the
 * projection r_i = ⟨D_i, Y_i⟩/⟨Y_i, Y_i⟩, ∂L/∂x_i = (D_i − r_i·C_ii/(C_ii + ε)·Y_i)/s_i: exact for every ε. Where D_i lies
 * along Y_i the difference cancels down to its ε part, so it is taken in float64. A centred column stays centred.
 */

import { columnDots } from '../columns';
import { after, centeredOrSelf, matrixBytes } from '../covariance';
import { bytesOf, LANES, loadUpTo, multiplyAdd, narrow, storeUpTo, widenHigh, widenLow } from '../simd';
import { OK } from '../status';
import { SQUARED_CORRELATION } from './kinds';
import { offDiagonalEnergy, offDiagonalScratch } from './off-diagonal';

/** Bytes of scratch for a penalty of this family, 0 for one that does not exist. */
export function correlationScratch(kind: i32, samples: i32, units: i32): i64 {
  return kind === SQUARED_CORRELATION ? squaredCorrelationScratch(samples, units) : 0;
}

/** Evaluate a penalty of this family; `epsilon` is its only parameter. */
export function correlationPenalty(
  value: usize,
  gradient: usize,
  x: usize,
  kind: i32,
  samples: i32,
  units: i32,
  centered: bool,
  ddof: f64,
  epsilon: f64,
  weight: f64,
  accumulate: bool,
  scratch: usize,
): i32 {
  store<f64>(
    value,
    squaredCorrelation(gradient, x, samples, units, centered, ddof, epsilon, weight, accumulate, scratch),
  );
  return OK;
}

/** Bytes of scratch for {@link squaredCorrelation}: Y, D, five numbers a unit, and the energy's own. */
export function squaredCorrelationScratch(samples: i32, units: i32): i64 {
  return 2 * matrixBytes(samples, units) + 3 * matrixBytes(units, 2) + offDiagonalScratch(samples, units);
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
  const shares = after(inverses, units, 2);
  const squares = after(shares, units, 2);
  const rest = after(squares, units, 2);
  const divisor = <f64>samples - ddof;
  const pairs = max(1.0, <f64>units * <f64>(units - 1));
  const xc = centeredOrSelf(y, x, samples, units, centered);
  columnDots(shares, xc, xc, samples, units);
  for (let j = 0; j < units; j++) {
    const share = shares + ((<usize>j) << 3);
    const variance = load<f64>(share) / divisor;
    store<real>(inverses + bytesOf(j), <real>(1.0 / Math.sqrt(variance + epsilon)));
    store<f64>(share, variance / (variance + epsilon));
  }
  scaleColumns(y, xc, inverses, samples, units);
  const factor = (4.0 * weight) / (divisor * pairs);
  const energy = offDiagonalEnergy(d, y, samples, units, divisor, factor, false, rest);
  columnDots(squares, y, y, samples, units);
  columnDots(rest, d, y, samples, units);
  for (let j = 0; j < units; j++) {
    const at = (<usize>j) << 3;
    const square = load<f64>(squares + at);
    // A unit without variance has no direction to project on.
    const projection = square === 0 ? 0 : load<f64>(rest + at) / square;
    store<f64>(shares + at, projection * load<f64>(shares + at));
  }
  projectColumns(gradient, d, y, shares, inverses, samples, units, accumulate);
  return energy / pairs;
}

/** out = x · diag(factors); `out` may be `x`. */
function scaleColumns(out: usize, x: usize, factors: usize, samples: i32, units: i32): void {
  for (let i = 0; i < samples; i++) {
    for (let j = 0; j < units; j += LANES) {
      const count = units - j;
      const factor = loadUpTo(factors + bytesOf(j), count, 0);
      storeUpTo(out, v128.mul<real>(loadUpTo(x, count, 0), factor), count);
      const bytes = bytesOf(min(LANES, count));
      out += bytes;
      x += bytes;
    }
  }
}

/** gradient = (accumulate ? gradient : 0) + (d − y·diag(along)) · diag(inverses); the difference in float64. */
function projectColumns(
  gradient: usize,
  d: usize,
  y: usize,
  along: usize,
  inverses: usize,
  samples: i32,
  units: i32,
  accumulate: bool,
): void {
  const zero = v128.splat<real>(0);
  for (let i = 0; i < samples; i++) {
    for (let j = 0; j < units; j += LANES) {
      const count = units - j;
      const dv = loadUpTo(d, count, 0);
      const yv = loadUpTo(y, count, 0);
      // `along` is padded to whole cache lines: reading past its end is harmless, and those lanes are not stored.
      const at = along + ((<usize>j) << 3);
      const low = f64x2.sub(widenLow(dv), f64x2.mul(widenLow(yv), v128.load(at)));
      const high = f64x2.sub(widenHigh(dv), f64x2.mul(widenHigh(yv), v128.load(at, 16)));
      const across = narrow(low, high);
      const before = accumulate ? loadUpTo(gradient, count, 0) : zero;
      storeUpTo(gradient, multiplyAdd(across, loadUpTo(inverses + bytesOf(j), count, 0), before), count);
      const bytes = bytesOf(min(LANES, count));
      d += bytes;
      y += bytes;
      gradient += bytes;
    }
  }
}
