/**
 * The energy off the diagonal, E = Σ_{i≠j} C_ij² with C = ZᵀZ/ν, and its gradient: what `decov` and its kin share with
 * `squared-correlation`.
 *
 * ∂E/∂Z = (4/ν)·Z·off(C). With fewer samples than units the Gram matrix K = ZZᵀ/ν (samples x samples) replaces C:
 * ‖C‖²_F = ‖K‖²_F and Z·off(C) = K·Z − Z·diag(C).
 */

import { columnDots } from '../columns';
import { after, matrixBytes } from '../covariance';
import { product, productScratch } from '../gemm';
import { bytesOf, LANES, loadUpTo, multiplyAdd, storeUpTo, sumLanes } from '../simd';
import { sharedGram } from './shared';

/**
 * The Gram form subtracts the diagonal's energy from the whole. Below this share of the whole the difference has
 * lost too many digits, and C itself is formed instead.
 */
const SMALLEST_SHARE: f64 = 1.0 / 32.0;

/** Pairs i ≠ j of units; 1 with a single unit, which has none, so that a mean over them is 0. */
export function pairsOf(units: i32): f64 {
  return max(1.0, <f64>units * <f64>(units - 1));
}

/** Bytes of scratch for {@link offDiagonalEnergy}. */
export function offDiagonalScratch(samples: i32, units: i32): i64 {
  const numbers = matrixBytes(units, 2) + matrixBytes(units, 1);
  const direct =
    matrixBytes(units, units) +
    max(productScratch(units, units, samples), productScratch(samples, units, units));
  if (samples >= units) return numbers + direct;
  const viaGram =
    matrixBytes(samples, samples) +
    max(productScratch(samples, samples, units), productScratch(samples, units, samples));
  return numbers + max(direct, viaGram);
}

/**
 * Returns E; gradient [samples x units] receives factor · Z·off(C) + Z·diag(slopes), added when `accumulate`.
 *
 * `squares` [units, float64] = Σ over the samples of Z², or 0: it is computed then where it is needed. `slopes` [units,
 * float64] may be 0 for none.
 */
export function offDiagonalEnergy(
  gradient: usize,
  z: usize,
  squares: usize,
  slopes: usize,
  samples: i32,
  units: i32,
  divisor: f64,
  factor: f64,
  accumulate: bool,
  scratch: usize,
): f64 {
  const diagonal = scratch;
  const factors = after(diagonal, units, 2);
  const c = after(factors, units, 1);
  if (samples < units) {
    const k = c;
    const rest = after(k, samples, samples);
    sharedGram(k, z, false, samples, units, 1.0 / divisor, rest);
    if (squares === 0) {
      columnDots(diagonal, z, z, samples, units);
      squares = diagonal;
    }
    const whole = sumOfSquares(k, samples, samples);
    let onDiagonal: f64 = 0;
    for (let j = 0; j < units; j++) {
      const variance = load<f64>(squares + ((<usize>j) << 3)) / divisor;
      onDiagonal += variance * variance;
    }
    const energy = whole - onDiagonal;
    // Written so that NaN takes the direct form too.
    if (energy >= SMALLEST_SHARE * whole) {
      for (let j = 0; j < units; j++) {
        const at = (<usize>j) << 3;
        const slope = slopes !== 0 ? load<f64>(slopes + at) : 0;
        store<real>(factors + bytesOf(j), <real>(slope - (factor / divisor) * load<f64>(squares + at)));
      }
      scaleColumns(gradient, z, factors, samples, units, accumulate);
      product(gradient, k, false, z, false, samples, units, samples, <real>factor, true, false, rest);
      return energy;
    }
  }
  const rest = after(c, units, units);
  sharedGram(c, z, true, units, samples, 1.0 / divisor, rest);
  for (let j = 0; j < units; j++) store<real>(c + bytesOf(j * (units + 1)), 0);
  const energy = sumOfSquares(c, units, units);
  if (slopes !== 0) {
    for (let j = 0; j < units; j++) {
      store<real>(factors + bytesOf(j), <real>load<f64>(slopes + ((<usize>j) << 3)));
    }
    scaleColumns(gradient, z, factors, samples, units, accumulate);
  }
  const add = accumulate || slopes !== 0;
  product(gradient, z, false, c, false, samples, units, units, <real>factor, add, false, rest);
  return energy;
}

/** Σ of squares, rows in float32 (two sums of four lanes), the rows' sums in float64. */
export function sumOfSquares(a: usize, rows: i32, columns: i32): f64 {
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

/** out = (accumulate ? out : 0) + z · diag(factors); without `accumulate`, `out` may be `z`. */
export function scaleColumns(
  out: usize,
  z: usize,
  factors: usize,
  samples: i32,
  units: i32,
  accumulate: bool,
): void {
  // A gradient that nobody asked for.
  if (out === 0) return;
  const whole = bytesOf(units - (units % LANES));
  const count = units % LANES;
  const step = bytesOf(units);
  for (let i = 0; i < samples; i++) {
    for (let at: usize = 0; at < whole; at += 16) {
      const v = v128.load(z + at);
      const factor = v128.load(factors + at);
      v128.store(
        out + at,
        accumulate ? multiplyAdd(v, factor, v128.load(out + at)) : v128.mul<real>(v, factor),
      );
    }
    if (count > 0) {
      const v = loadUpTo(z + whole, count, 0);
      const factor = loadUpTo(factors + whole, count, 0);
      storeUpTo(
        out + whole,
        accumulate ? multiplyAdd(v, factor, loadUpTo(out + whole, count, 0)) : v128.mul<real>(v, factor),
        count,
      );
    }
    z += step;
    out += step;
  }
}
