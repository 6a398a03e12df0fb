/**
 * The energy off the diagonal, E = Σ_{i≠j} C_ij² with C = ZᵀZ/ν, and its gradient: what `decov` and
 * `squared-correlation` share.
 *
 * ∂E/∂Z = (4/ν)·Z·off(C). With fewer samples than units the Gram matrix K = ZZᵀ/ν (samples x samples) replaces C:
 * ‖C‖²_F = ‖K‖²_F and Z·off(C) = K·Z − Z·diag(C).
 */

import { columnDots } from '../columns';
import { after, gram, matrixBytes } from '../covariance';
import { product, productScratch } from '../gemm';
import { bytesOf, LANES, loadUpTo, multiplyAdd, negativeMultiplyAdd, storeUpTo, sumLanes } from '../simd';

/**
 * The Gram form subtracts the diagonal's energy from the whole. Below this share of the whole the difference has
 * lost too many digits, and C itself is formed instead.
 */
const SMALLEST_SHARE: f64 = 1.0 / 32.0;

/** Bytes of scratch for {@link offDiagonalEnergy}. */
export function offDiagonalScratch(samples: i32, units: i32): i64 {
  const direct =
    matrixBytes(units, units) +
    max(productScratch(units, units, samples), productScratch(samples, units, units));
  if (samples >= units) return direct;
  const viaGram =
    matrixBytes(samples, samples) +
    matrixBytes(units, 2) +
    max(productScratch(samples, samples, units), productScratch(samples, units, samples));
  return max(direct, viaGram);
}

/**
 * Returns E; gradient [samples x units] receives factor · Z·off(C), added when `accumulate`.
 */
export function offDiagonalEnergy(
  gradient: usize,
  z: usize,
  samples: i32,
  units: i32,
  divisor: f64,
  factor: f64,
  accumulate: bool,
  scratch: usize,
): f64 {
  if (samples < units) {
    const k = scratch;
    const diagonal = after(k, samples, samples);
    const rest = after(diagonal, units, 2);
    gram(k, z, false, samples, units, 1.0 / divisor, rest);
    columnDots(diagonal, z, z, samples, units);
    const whole = sumOfSquares(k, samples, samples);
    let onDiagonal: f64 = 0;
    for (let j = 0; j < units; j++) {
      const variance = load<f64>(diagonal + ((<usize>j) << 3)) / divisor;
      onDiagonal += variance * variance;
    }
    const energy = whole - onDiagonal;
    // Written so that NaN takes the direct form too.
    if (energy >= SMALLEST_SHARE * whole) {
      subtractScaledColumns(gradient, z, diagonal, samples, units, factor / divisor, accumulate);
      product(gradient, k, false, z, false, samples, units, samples, <real>factor, true, false, rest);
      return energy;
    }
  }
  const c = scratch;
  const rest = after(c, units, units);
  gram(c, z, true, units, samples, 1.0 / divisor, rest);
  for (let j = 0; j < units; j++) store<real>(c + bytesOf(j * (units + 1)), 0);
  const energy = sumOfSquares(c, units, units);
  product(gradient, z, false, c, false, samples, units, units, <real>factor, accumulate, false, rest);
  return energy;
}

/** Σ of squares, rows in float32 (two sums of four lanes), the rows' sums in float64. */
function sumOfSquares(a: usize, rows: i32, columns: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < rows; i++) {
    let s0 = v128.splat<real>(0);
    let s1 = v128.splat<real>(0);
    let j = 0;
    for (; j + 2 * LANES <= columns; j += 2 * LANES) {
      const v0 = v128.load(a);
      const v1 = v128.load(a, 16);
      s0 = multiplyAdd(v0, v0, s0);
      s1 = multiplyAdd(v1, v1, s1);
      a += 32;
    }
    for (; j < columns; j += LANES) {
      const v = loadUpTo(a, columns - j, 0);
      s0 = multiplyAdd(v, v, s0);
      a += bytesOf(min(LANES, columns - j));
    }
    sum += sumLanes(v128.add<real>(s0, s1));
  }
  return sum;
}

/** gradient = (accumulate ? gradient : 0) − scale · z · diag(dots). */
function subtractScaledColumns(
  gradient: usize,
  z: usize,
  dots: usize,
  samples: i32,
  units: i32,
  scale: f64,
  accumulate: bool,
): void {
  // The factors are rounded once, in place over the sums that they are made of.
  for (let j = 0; j < units; j++) {
    store<real>(dots + bytesOf(j), <real>(scale * load<f64>(dots + ((<usize>j) << 3))));
  }
  const zero = v128.splat<real>(0);
  for (let i = 0; i < samples; i++) {
    for (let j = 0; j < units; j += LANES) {
      const count = units - j;
      const factor = loadUpTo(dots + bytesOf(j), count, 0);
      const before = accumulate ? loadUpTo(gradient, count, 0) : zero;
      storeUpTo(gradient, negativeMultiplyAdd(loadUpTo(z, count, 0), factor, before), count);
      const bytes = bytesOf(min(LANES, count));
      z += bytes;
      gradient += bytes;
    }
  }
}
