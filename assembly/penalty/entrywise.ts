/**
 * Penalties that treat each entry of the covariance on its own: `mean-abs` (with and without its own gradient),
 * `off-diagonal-abs`, `smooth-abs` and `huber`. Each returns its value and adds or stores weight · gradient.
 *
 * All fill G = ∂L/∂C and share ∂L/∂X = X_c·(G + Gᵀ)/ν; G is symmetric here, so the factor is 2.
 */

import { after, centeredOrSelf, gram, gramLower, matrixBytes } from '../covariance';
import { mirrorLower, product, productScratch } from '../gemm';
import {
  bytesOf,
  firstLanes,
  LANES,
  loadUpTo,
  multiplyAdd,
  negativeMultiplyAdd,
  storeUpTo,
  sumLanes,
} from '../simd';
import { PenaltyCall } from './call';
import { MEAN_ABS_SIGNED } from './kinds';
import { mean } from './mean';
import { pairsOf } from './off-diagonal';
import { multiplySigns, signsScratch } from './signs';

/** Bytes of scratch for the penalties that form C: X_c, C and a product. */
export function entrywiseScratch(samples: i32, units: i32): i64 {
  return (
    matrixBytes(samples, units) +
    matrixBytes(units, units) +
    max(signsScratch(samples, units), productScratch(units, units, samples))
  );
}

/** Σ_ij |C_ij|/m², sign(0) = 0. `mean-abs-signed` has the gradient of {@link mean} instead of its own: inexact on purpose. */
export function meanAbs(call: PenaltyCall): f64 {
  const samples = call.samples;
  const units = call.units;
  const divisor = call.divisor;
  const c = after(call.scratch, samples, units);
  const rest = after(c, units, units);
  const scale = 1.0 / (<f64>units * <f64>units);
  const xc = centeredOrSelf(call.scratch, call.x, samples, units, call.centered);
  gramLower(c, xc, true, units, samples, 1.0 / divisor, rest);
  let sum = sumOffDiagonal(c, units);
  for (let i = 0; i < units; i++) sum += Math.abs(<f64>load<real>(c + bytesOf(i * (units + 1))));
  if (call.kind === MEAN_ABS_SIGNED) {
    mean(call);
  } else {
    const factor = <real>((2.0 * call.weight * scale) / divisor);
    multiplySigns(call.gradient, xc, c, samples, units, true, factor, call.accumulate, rest);
  }
  return sum * scale;
}

/** Σ_{i≠j} |C_ij|/(m(m−1)), sign(0) = 0; 0 with a single unit. */
export function offDiagonalAbs(call: PenaltyCall): f64 {
  const samples = call.samples;
  const units = call.units;
  const divisor = call.divisor;
  const c = after(call.scratch, samples, units);
  const rest = after(c, units, units);
  const xc = centeredOrSelf(call.scratch, call.x, samples, units, call.centered);
  gramLower(c, xc, true, units, samples, 1.0 / divisor, rest);
  const scale = 1.0 / pairsOf(units);
  const value = sumOffDiagonal(c, units) * scale;
  const factor = <real>((2.0 * call.weight * scale) / divisor);
  multiplySigns(call.gradient, xc, c, samples, units, false, factor, call.accumulate, rest);
  return value;
}

/** Σ_{i≠j} |C_ij| from the lower triangle, whose entries count twice: rows in `real`, their sums in float64. */
export function sumOffDiagonal(c: usize, units: i32): f64 {
  let sum: f64 = 0;
  for (let i = 1; i < units; i++) sum += sumOfRow(c + bytesOf(i * units), i);
  return 2.0 * sum;
}

/** Σ |C_ij| of the first entries of a row: four sums of a vector each. */
function sumOfRow(row: usize, count: i32): f64 {
  let s0 = v128.splat<real>(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let j = 0;
  for (; j + 4 * LANES <= count; j += 4 * LANES) {
    s0 = v128.add<real>(s0, v128.abs<real>(v128.load(row)));
    s1 = v128.add<real>(s1, v128.abs<real>(v128.load(row, 16)));
    s2 = v128.add<real>(s2, v128.abs<real>(v128.load(row, 32)));
    s3 = v128.add<real>(s3, v128.abs<real>(v128.load(row, 48)));
    row += 64;
  }
  for (; j < count; j += LANES) {
    s0 = v128.add<real>(s0, v128.abs<real>(loadUpTo(row, count - j, 0)));
    row += 16;
  }
  return sumLanes(v128.add<real>(v128.add<real>(s0, s2), v128.add<real>(s1, s3)));
}

/** The smallest ε² of `smooth-abs`, which would divide 0 by 0 where it is rounded to 0. */
const SMALLEST_NORMAL: real = sizeof<real>() === 4 ? 1.17549435e-38 : 2.2250738585072014e-308;

/** Σ_ij sqrt(C_ij² + ε²)/m². */
export function smoothAbs(call: PenaltyCall): f64 {
  const samples = call.samples;
  const units = call.units;
  const divisor = call.divisor;
  const c = after(call.scratch, samples, units);
  const rest = after(c, units, units);
  const scale = 1.0 / (<f64>units * <f64>units);
  const xc = centeredOrSelf(call.scratch, call.x, samples, units, call.centered);
  gram(c, xc, true, units, samples, 1.0 / divisor, rest);
  const square = v128.splat<real>(max(<real>(call.p0 * call.p0), SMALLEST_NORMAL));
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
  const factor = <real>((2.0 * call.weight * scale) / divisor);
  product(call.gradient, xc, false, c, false, samples, units, units, factor, call.accumulate, false, rest);
  return sum * scale;
}

/**
 * Σ_{i≠j} h(C_ij)/(m(m−1)), h(c) = ½c² for |c| ≤ δ, else δ(|c| − ½δ); 0 with a single unit.
 *
 * With g = h′(c) = c cut off at ±δ, h(c) = g·(c − ½g). C is symmetric: the entries below its diagonal count twice.
 */
export function huber(call: PenaltyCall): f64 {
  const samples = call.samples;
  const units = call.units;
  const divisor = call.divisor;
  const c = after(call.scratch, samples, units);
  const rest = after(c, units, units);
  const scale = 1.0 / pairsOf(units);
  const xc = centeredOrSelf(call.scratch, call.x, samples, units, call.centered);
  product(c, xc, true, xc, false, units, units, samples, <real>(1.0 / divisor), false, true, rest);
  const most = v128.splat<real>(<real>call.p0);
  const least = v128.splat<real>(<real>-call.p0);
  const half = v128.splat<real>(0.5);
  let sum: f64 = 0;
  for (let i = 0; i < units; i++) {
    let entry = c + bytesOf(i * units);
    store<real>(entry + bytesOf(i), 0);
    let s = v128.splat<real>(0);
    for (let j = 0; j < i; j += LANES) {
      const v = loadUpTo(entry, i - j, 0);
      const g = v128.max<real>(least, v128.min<real>(most, v));
      s = multiplyAdd(g, negativeMultiplyAdd(half, g, v), s);
      storeUpTo(entry, g, i - j);
      entry += 16;
    }
    sum += 2.0 * sumLanes(s);
  }
  mirrorLower(c, units);
  const factor = <real>((2.0 * call.weight * scale) / divisor);
  product(call.gradient, xc, false, c, false, samples, units, units, factor, call.accumulate, false, rest);
  return sum * scale;
}
