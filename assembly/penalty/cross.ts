/**
 * Penalties on two activations of the same samples, X [n x m] and Y [n x k]: `cross-covariance` and `barlow-twins`. Each
 * returns its value and adds or stores weight · gradient; a gradient whose pointer is 0 is not computed.
 */

import { columnDots } from '../columns';
import { after, matrixBytes } from '../covariance';
import { product, productScratch } from '../gemm';
import { bytesOf, LANES, loadPart, storeWide, widenHigh, widenLow } from '../simd';
import { BARLOW_TWINS, CROSS_COVARIANCE } from './kinds';
import { scaleColumns, sumOfSquares } from './off-diagonal';
import { projectColumns } from './projection';
import { fillWithNaN, largestExponent, NOT_FINITE, SCALE, scaledOrSelf, unscaled } from './range';

/** Bytes of scratch, 0 for a penalty that does not exist. */
export function crossScratch(kind: i32, samples: i32, units: i32, otherUnits: i32): i64 {
  if (kind !== CROSS_COVARIANCE && kind !== BARLOW_TWINS) return 0;
  const shared =
    matrixBytes(samples, units) +
    matrixBytes(samples, otherUnits) +
    matrixBytes(units, otherUnits) +
    max(
      productScratch(units, otherUnits, samples),
      max(productScratch(samples, units, otherUnits), productScratch(samples, otherUnits, units)),
    );
  // Besides X_c, Y_c and their product: D, and seven float64 numbers a unit.
  return kind === CROSS_COVARIANCE
    ? shared
    : shared + matrixBytes(samples, units) + 7 * matrixBytes(units, 2);
}

/** ½‖C‖²_F, C = X_cᵀ·Y_c/ν; ∂/∂X = Y_c·Cᵀ/ν, ∂/∂Y = X_c·C/ν. Source: Cheung et al., 2014. */
export function crossCovariance(
  gradientX: usize,
  gradientY: usize,
  x: usize,
  y: usize,
  samples: i32,
  units: i32,
  otherUnits: i32,
  centered: bool,
  ddof: f64,
  weight: f64,
  accumulate: bool,
  scratch: usize,
): f64 {
  const forY = after(scratch, samples, units);
  const c = after(forY, samples, otherUnits);
  const rest = after(c, units, otherUnits);
  const divisor = <f64>samples - ddof;
  const xExponent = largestExponent(x, samples * units);
  const yExponent = largestExponent(y, samples * otherUnits);
  if (xExponent === NOT_FINITE || yExponent === NOT_FINITE) {
    return notFinite(gradientX, gradientY, samples, units, otherUnits);
  }
  const xc = scaledOrSelf(scratch, x, samples, units, centered, xExponent, false);
  const scaleX = SCALE.value;
  const yc = scaledOrSelf(forY, y, samples, otherUnits, centered, yExponent, false);
  const scaleY = SCALE.value;
  const factor = weight / divisor;
  const factorX = <real>unscaled(unscaled(factor, scaleX, 1), scaleY, 2);
  const factorY = <real>unscaled(unscaled(factor, scaleX, 2), scaleY, 1);
  product(c, xc, true, yc, false, units, otherUnits, samples, <real>(1.0 / divisor), false, false, rest);
  if (gradientX !== 0)
    product(gradientX, yc, false, c, true, samples, units, otherUnits, factorX, accumulate, false, rest);
  if (gradientY !== 0)
    product(gradientY, xc, false, c, false, samples, otherUnits, units, factorY, accumulate, false, rest);
  return unscaled(unscaled(0.5 * sumOfSquares(c, units, otherUnits), scaleX, 2), scaleY, 2);
}

/**
 * Σ_i (1 − c_ii)² + λ Σ_{i≠j} c_ij², c = UᵀV of the columns of X_c and Y_c at unit length, both [n x m]. A constant unit has
 * the column 0: its own term is 1, and no gradient passes through it. Source: Zbontar et al., 2021.
 *
 * 1 − c_ii is ½‖u_i − v_i‖² in float64, so that no digits are lost where the two activations agree.
 */
export function barlowTwins(
  gradientX: usize,
  gradientY: usize,
  x: usize,
  y: usize,
  samples: i32,
  units: i32,
  centered: bool,
  lambda: f64,
  weight: f64,
  accumulate: bool,
  scratch: usize,
): f64 {
  const v = after(scratch, samples, units);
  const c = after(v, samples, units);
  const d = after(c, units, units);
  const inversesX = after(d, samples, units);
  const inversesY = after(inversesX, units, 2);
  const gaps = after(inversesY, units, 2);
  const factors = after(gaps, units, 2);
  const squares = after(factors, units, 2);
  const ones = after(squares, units, 2);
  const along = after(ones, units, 2);
  const rest = after(along, units, 2);
  const u = scratch;
  const count = samples * units;
  const xExponent = largestExponent(x, count);
  const yExponent = largestExponent(y, count);
  if (xExponent === NOT_FINITE || yExponent === NOT_FINITE) {
    return notFinite(gradientX, gradientY, samples, units, units);
  }
  const scaleX = toUnitLength(u, inversesX, x, samples, units, centered, xExponent, squares);
  const scaleY = toUnitLength(v, inversesY, y, samples, units, centered, yExponent, squares);
  product(c, u, true, v, false, units, units, samples, 1, false, false, rest);
  halfSquaredDistances(gaps, u, v, samples, units);
  let own: f64 = 0;
  for (let j = 0; j < units; j++) {
    const at = (<usize>j) << 3;
    const dead = load<real>(inversesX + bytesOf(j)) === 0 || load<real>(inversesY + bytesOf(j)) === 0;
    const gap = dead ? 1 : load<f64>(gaps + at);
    own += gap * gap;
    store<real>(factors + bytesOf(j), <real>(-2.0 * weight * gap));
    store<real>(c + bytesOf(j * (units + 1)), 0);
    store<f64>(ones + at, 1);
  }
  const factor = <real>(2.0 * lambda * weight);
  if (gradientX !== 0) {
    // D = ∂L/∂U = V·Gᵀ
    scaleColumns(d, v, factors, samples, units, false);
    product(d, v, false, c, true, samples, units, units, factor, true, false, rest);
    columnDots(squares, u, u, samples, units);
    scaleNumbers(inversesX, units, scaleX);
    projectColumns(gradientX, d, u, squares, ones, inversesX, samples, units, accumulate, along);
  }
  if (gradientY !== 0) {
    // D = ∂L/∂V = U·G
    scaleColumns(d, u, factors, samples, units, false);
    product(d, u, false, c, false, samples, units, units, factor, true, false, rest);
    columnDots(squares, v, v, samples, units);
    scaleNumbers(inversesY, units, scaleY);
    projectColumns(gradientY, d, v, squares, ones, inversesY, samples, units, accumulate, along);
  }
  return own + lambda * sumOfSquares(c, units, units);
}

/**
 * out = the (centred) columns of x at unit length, inverses [units] = 1 over their lengths before; both 0 for a column of
 * zeros, which a constant one is when centred. `squares` is room for units float64 numbers. Returns s of range.ts: the lengths are those
 * of s·x.
 */
function toUnitLength(
  out: usize,
  inverses: usize,
  x: usize,
  samples: i32,
  units: i32,
  centered: bool,
  exponent: i32,
  squares: usize,
): f64 {
  const xc = scaledOrSelf(out, x, samples, units, centered, exponent, false);
  const scale = SCALE.value;
  columnDots(squares, xc, xc, samples, units);
  for (let j = 0; j < units; j++) {
    const square = load<f64>(squares + ((<usize>j) << 3));
    store<real>(inverses + bytesOf(j), square === 0 ? 0 : <real>(1.0 / Math.sqrt(square)));
  }
  scaleColumns(out, xc, inverses, samples, units, false);
  return scale;
}

/** numbers [count] *= scale, a power of two that may lie beyond float32. */
function scaleNumbers(numbers: usize, count: i32, scale: f64): void {
  if (scale === 1) return;
  for (let j = 0; j < count; j++) {
    const at = numbers + bytesOf(j);
    store<real>(at, <real>(<f64>load<real>(at) * scale));
  }
}

/** NaN everywhere: the result where either of the activations has a NaN or an infinity. */
function notFinite(gradientX: usize, gradientY: usize, samples: i32, units: i32, otherUnits: i32): f64 {
  if (gradientX !== 0) fillWithNaN(gradientX, samples * units);
  if (gradientY !== 0) fillWithNaN(gradientY, samples * otherUnits);
  return NaN;
}

/** out [units, float64] = ½‖u_i − v_i‖² column by column. */
function halfSquaredDistances(out: usize, u: usize, v: usize, samples: i32, units: i32): void {
  const half = f64x2.splat(0.5);
  const step = bytesOf(units);
  for (let j = 0; j < units; j += LANES) {
    const count = units - j;
    let p = u + bytesOf(j);
    let q = v + bytesOf(j);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    for (let i = 0; i < samples; i++) {
      const a = loadPart(p, count, 0);
      const b = loadPart(q, count, 0);
      const low = f64x2.sub(widenLow(a), widenLow(b));
      const high = f64x2.sub(widenHigh(a), widenHigh(b));
      s0 = f64x2.add(s0, f64x2.mul(low, low));
      s1 = f64x2.add(s1, f64x2.mul(high, high));
      p += step;
      q += step;
    }
    storeWide(out + ((<usize>j) << 3), f64x2.mul(s0, half), f64x2.mul(s1, half), min(count, LANES));
  }
}
