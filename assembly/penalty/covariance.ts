/**
 * Penalties on the entries of the covariance: `mean`, `mean-abs` (with and without its own gradient), `smooth-abs`
 * and `decov`. Each returns its value and adds or stores weight · gradient.
 *
 * All but `mean` fill G = ∂L/∂C and share ∂L/∂X = X_c·(G + Gᵀ)/ν; G is symmetric here, so the factor is 2.
 */

import { after, centeredOrSelf, gram, matrixBytes } from '../covariance';
import { product, productScratch } from '../gemm';
import {
  bytesOf,
  firstLanes,
  LANES,
  loadUpTo,
  multiplyAdd,
  storeUpTo,
  sumLanes,
  sumWide,
  widenHigh,
  widenLow,
} from '../simd';
import { OK } from '../status';
import { DECOV, MEAN, MEAN_ABS, MEAN_ABS_SIGNED, SMOOTH_ABS } from './kinds';
import { offDiagonalEnergy, offDiagonalScratch } from './off-diagonal';
import { multiplySigns, signsScratch } from './signs';

/** Bytes of scratch for a penalty of this family, 0 for one that does not exist. */
export function covariancePenaltyScratch(kind: i32, samples: i32, units: i32): i64 {
  switch (kind) {
    case MEAN:
      return meanScratch(samples);
    case MEAN_ABS:
    case MEAN_ABS_SIGNED:
    case SMOOTH_ABS:
      return max(entrywiseScratch(samples, units), meanScratch(samples));
    case DECOV:
      return decovScratch(samples, units);
    default:
      return 0;
  }
}

/** Evaluate a penalty of this family. */
export function covariancePenalty(
  value: usize,
  gradient: usize,
  x: usize,
  kind: i32,
  samples: i32,
  units: i32,
  centered: bool,
  ddof: f64,
  p0: f64,
  p1: f64,
  p2: f64,
  p3: f64,
  weight: f64,
  accumulate: bool,
  scratch: usize,
): i32 {
  let result: f64 = 0;
  if (kind === MEAN) {
    result = mean(gradient, x, samples, units, centered, ddof, weight, accumulate, scratch);
  } else if (kind === MEAN_ABS || kind === MEAN_ABS_SIGNED) {
    const signed = kind === MEAN_ABS_SIGNED;
    result = meanAbs(gradient, x, samples, units, centered, ddof, weight, accumulate, signed, scratch);
  } else if (kind === SMOOTH_ABS) {
    result = smoothAbs(gradient, x, samples, units, centered, ddof, p0, weight, accumulate, scratch);
  } else {
    result = decov(gradient, x, samples, units, centered, ddof, weight, accumulate, scratch);
  }
  store<f64>(value, result);
  return OK;
}

/** Bytes of scratch for the penalties that form C: X_c, C and a product. */
export function entrywiseScratch(samples: i32, units: i32): i64 {
  return (
    matrixBytes(samples, units) +
    matrixBytes(units, units) +
    max(signsScratch(samples, units), productScratch(units, units, samples))
  );
}

/** Bytes of scratch for {@link decov}. */
export function decovScratch(samples: i32, units: i32): i64 {
  return matrixBytes(samples, units) + offDiagonalScratch(samples, units);
}

/** Bytes of scratch for {@link mean}: one float64 a sample. */
export function meanScratch(samples: i32): i64 {
  return matrixBytes(samples, 2);
}

/**
 * Σ_ij C_ij/m² = Σ_s r_s²/(ν·m²), where r_s is the sum of the (centred) activations of sample s: no matrix is needed.
 * Gradient: 2·r_s/(ν·m²) for every unit of the sample.
 */
export function mean(
  gradient: usize,
  x: usize,
  samples: i32,
  units: i32,
  centered: bool,
  ddof: f64,
  weight: f64,
  accumulate: bool,
  scratch: usize,
): f64 {
  let total: f64 = 0;
  for (let i = 0; i < samples; i++) {
    const sum = rowSum(x + <usize>i * bytesOf(units), units);
    store<f64>(scratch + ((<usize>i) << 3), sum);
    total += sum;
  }
  const offset = centered ? total / <f64>samples : 0;
  const scale = 1.0 / ((<f64>samples - ddof) * <f64>units * <f64>units);
  let value: f64 = 0;
  for (let i = 0; i < samples; i++) {
    const sum = load<f64>(scratch + ((<usize>i) << 3)) - offset;
    value += sum * sum;
    fillRow(gradient + <usize>i * bytesOf(units), units, <real>(2.0 * weight * scale * sum), accumulate);
  }
  return value * scale;
}

/** Sum of a row in float64: four vectors at a time, each half of a vector on its own. */
function rowSum(row: usize, units: i32): f64 {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let j = 0;
  for (; j + 4 * LANES <= units; j += 4 * LANES) {
    const v0 = v128.load(row);
    const v1 = v128.load(row, 16);
    s0 = f64x2.add(s0, f64x2.add(widenLow(v0), widenLow(v1)));
    s1 = f64x2.add(s1, f64x2.add(widenHigh(v0), widenHigh(v1)));
    const v2 = v128.load(row, 32);
    const v3 = v128.load(row, 48);
    s2 = f64x2.add(s2, f64x2.add(widenLow(v2), widenLow(v3)));
    s3 = f64x2.add(s3, f64x2.add(widenHigh(v2), widenHigh(v3)));
    row += 64;
  }
  for (; j < units; j += LANES) {
    const v = loadUpTo(row, units - j, 0);
    s0 = f64x2.add(s0, widenLow(v));
    s1 = f64x2.add(s1, widenHigh(v));
    row += 16;
  }
  return sumWide(f64x2.add(f64x2.add(s0, s2), f64x2.add(s1, s3)));
}

/** The same number in every unit of a row, stored or added. */
function fillRow(row: usize, units: i32, entry: real, accumulate: bool): void {
  const v = v128.splat<real>(entry);
  let j = 0;
  if (!accumulate) {
    for (; j + 2 * LANES <= units; j += 2 * LANES) {
      v128.store(row, v);
      v128.store(row, v, 16);
      row += 32;
    }
  }
  for (; j < units; j += LANES) {
    const count = units - j;
    storeUpTo(row, accumulate ? v128.add<real>(loadUpTo(row, count, 0), v) : v, count);
    row += 16;
  }
}

/** Σ_ij |C_ij|/m², sign(0) = 0. With `signed`, the gradient of {@link mean} instead of its own: inexact on purpose. */
export function meanAbs(
  gradient: usize,
  x: usize,
  samples: i32,
  units: i32,
  centered: bool,
  ddof: f64,
  weight: f64,
  accumulate: bool,
  signed: bool,
  scratch: usize,
): f64 {
  const c = after(scratch, samples, units);
  const rest = after(c, units, units);
  const divisor = <f64>samples - ddof;
  const scale = 1.0 / (<f64>units * <f64>units);
  const xc = centeredOrSelf(scratch, x, samples, units, centered);
  gram(c, xc, true, units, samples, 1.0 / divisor, rest);
  const value = sumOfAbsolutes(c, units) * scale;
  if (signed) {
    mean(gradient, x, samples, units, centered, ddof, weight, accumulate, scratch);
  } else {
    const factor = <real>((2.0 * weight * scale) / divisor);
    multiplySigns(gradient, xc, c, samples, units, true, factor, accumulate, rest);
  }
  return value;
}

/** Σ |C_ij|: rows in `real`, four sums of a vector each, their sums in float64. */
export function sumOfAbsolutes(c: usize, order: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < order; i++) {
    let s0 = v128.splat<real>(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let j = 0;
    for (; j + 4 * LANES <= order; j += 4 * LANES) {
      s0 = v128.add<real>(s0, v128.abs<real>(v128.load(c)));
      s1 = v128.add<real>(s1, v128.abs<real>(v128.load(c, 16)));
      s2 = v128.add<real>(s2, v128.abs<real>(v128.load(c, 32)));
      s3 = v128.add<real>(s3, v128.abs<real>(v128.load(c, 48)));
      c += 64;
    }
    for (; j < order; j += LANES) {
      const count = order - j;
      s0 = v128.add<real>(s0, v128.abs<real>(loadUpTo(c, count, 0)));
      c += bytesOf(min(LANES, count));
    }
    sum += sumLanes(v128.add<real>(v128.add<real>(s0, s2), v128.add<real>(s1, s3)));
  }
  return sum;
}

/** Σ_ij sqrt(C_ij² + ε²)/m². */
export function smoothAbs(
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
  const c = after(scratch, samples, units);
  const rest = after(c, units, units);
  const divisor = <f64>samples - ddof;
  const scale = 1.0 / (<f64>units * <f64>units);
  const xc = centeredOrSelf(scratch, x, samples, units, centered);
  gram(c, xc, true, units, samples, 1.0 / divisor, rest);
  const square = v128.splat<real>(<real>(epsilon * epsilon));
  let sum: f64 = 0;
  let entry = c;
  for (let i = 0; i < units; i++) {
    let s = v128.splat<real>(0);
    for (let j = 0; j < units; j += LANES) {
      const count = units - j;
      const v = loadUpTo(entry, count, 0);
      const root = v128.sqrt<real>(multiplyAdd(v, v, square));
      storeUpTo(entry, v128.div<real>(v, root), count);
      // The lanes past the end hold sqrt(ε²): they are not part of the sum.
      s = v128.add<real>(s, firstLanes(root, count));
      entry += bytesOf(min(LANES, count));
    }
    sum += sumLanes(s);
  }
  const factor = <real>((2.0 * weight * scale) / divisor);
  product(gradient, xc, false, c, false, samples, units, units, factor, accumulate, false, rest);
  return sum * scale;
}

/** ½(‖C‖²_F − ‖diag C‖²). Source: Cogswell et al., 2016. */
export function decov(
  gradient: usize,
  x: usize,
  samples: i32,
  units: i32,
  centered: bool,
  ddof: f64,
  weight: f64,
  accumulate: bool,
  scratch: usize,
): f64 {
  const divisor = <f64>samples - ddof;
  const rest = after(scratch, samples, units);
  const xc = centeredOrSelf(scratch, x, samples, units, centered);
  const factor = (2.0 * weight) / divisor;
  return 0.5 * offDiagonalEnergy(gradient, xc, samples, units, divisor, factor, accumulate, rest);
}
