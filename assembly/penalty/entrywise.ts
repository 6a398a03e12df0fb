/**
 * Penalties that treat each entry of the covariance on its own: `mean-abs` (with and without its own gradient),
 * `off-diagonal-abs`, `smooth-abs` and `huber`. Each returns its value and adds or stores weight · gradient.
 *
 * All fill G = ∂L/∂C and share ∂L/∂X = X_c·(G + Gᵀ)/ν; G is symmetric here, so the factor is 2.
 */

import { after, matrixBytes } from '../covariance';
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
import { powerOfTwo, scaledActivations, unscaled } from './range';
import { sharedGram, sharedGramLower } from './shared';
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
  const xc = scaledActivations(call, call.scratch, false);
  sharedGramLower(c, xc, true, units, samples, 1.0 / divisor, rest);
  let sum = sumOffDiagonal(c, units);
  for (let i = 0; i < units; i++) sum += Math.abs(<f64>load<real>(c + bytesOf(i * (units + 1))));
  if (call.kind === MEAN_ABS_SIGNED) {
    mean(call);
  } else {
    const factor = <real>unscaled((2.0 * call.weight * scale) / divisor, call.scale, 1);
    multiplySigns(call.gradient, xc, c, samples, units, true, factor, call.accumulate, rest);
  }
  return unscaled(sum * scale, call.scale, 2);
}

/** Σ_{i≠j} |C_ij|/(m(m−1)), sign(0) = 0; 0 with a single unit. */
export function offDiagonalAbs(call: PenaltyCall): f64 {
  const samples = call.samples;
  const units = call.units;
  const divisor = call.divisor;
  const c = after(call.scratch, samples, units);
  const rest = after(c, units, units);
  const xc = scaledActivations(call, call.scratch, false);
  sharedGramLower(c, xc, true, units, samples, 1.0 / divisor, rest);
  const scale = 1.0 / pairsOf(units);
  const value = unscaled(sumOffDiagonal(c, units) * scale, call.scale, 2);
  const factor = <real>unscaled((2.0 * call.weight * scale) / divisor, call.scale, 1);
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

/** The smallest ε of `smooth-abs`, which would divide 0 by 0 where it is rounded to 0. */
const SMALLEST_NORMAL: real = sizeof<real>() === 4 ? 1.17549435e-38 : 2.2250738585072014e-308;
/** Between these C² + ε² of `smooth-abs` keeps the digits of its smaller part, and is not infinite. */
const SMALLEST_SQUARE: real = sizeof<real>() === 4 ? 1e-28 : 1e-270;
const LARGEST_SQUARE: real = sizeof<real>() === 4 ? 1e37 : 1e300;

/** Σ_ij sqrt(C_ij² + ε²)/m². */
export function smoothAbs(call: PenaltyCall): f64 {
  const samples = call.samples;
  const units = call.units;
  const divisor = call.divisor;
  const c = after(call.scratch, samples, units);
  const rest = after(c, units, units);
  const scale = 1.0 / (<f64>units * <f64>units);
  const xc = scaledActivations(call, call.scratch, true);
  sharedGram(c, xc, true, units, samples, 1.0 / divisor, rest);
  const given = call.p0 * call.scale * call.scale;
  const epsilon = max(<real>given, SMALLEST_NORMAL);
  const square = v128.splat<real>(<real>(given * given));
  const smallest = v128.splat<real>(SMALLEST_SQUARE);
  const largest = v128.splat<real>(LARGEST_SQUARE);
  let sum: f64 = 0;
  let entry = c;
  for (let i = 0; i < units; i++) {
    let s = v128.splat<real>(0);
    for (let j = 0; j < units; j += LANES) {
      const count = units - j;
      const v = loadUpTo(entry, count, 0);
      const sumOfSquares = multiplyAdd(v, v, square);
      let root = v128.sqrt<real>(sumOfSquares);
      const beyond = v128.or(v128.lt<real>(sumOfSquares, smallest), v128.gt<real>(sumOfSquares, largest));
      if (v128.any_true(beyond)) root = hypotenuse(v128.abs<real>(v), v128.splat<real>(epsilon));
      storeUpTo(entry, v128.div<real>(v, root), count);
      // The lanes past the end hold ε: they are not part of the sum.
      s = v128.add<real>(s, firstLanes(root, count));
      entry += bytesOf(min(LANES, count));
    }
    sum += sumLanes(s);
  }
  const factor = <real>unscaled((2.0 * call.weight * scale) / divisor, call.scale, 1);
  product(call.gradient, xc, false, c, false, samples, units, units, factor, call.accumulate, false, rest);
  return unscaled(sum * scale, call.scale, 2);
}

/** sqrt(a² + b²) for a, b ≥ 0 whose squares may overflow or vanish. */
function hypotenuse(a: v128, b: v128): v128 {
  const most = v128.max<real>(a, b);
  const ratio = v128.div<real>(v128.min<real>(a, b), most);
  return v128.mul<real>(most, v128.sqrt<real>(multiplyAdd(ratio, ratio, v128.splat<real>(1))));
}

/** The smallest δ of `huber` whose products with a covariance of 1 are numbers of float32, or float64. */
const SMALLEST_THRESHOLD: f64 = sizeof<real>() === 4 ? 1e-30 : 1e-240;

/**
 * Σ_{i≠j} h(C_ij)/(m(m−1)), h(c) = ½c² for |c| ≤ δ, else δ(|c| − ½δ); 0 with a single unit.
 *
 * With g = h′(c) = c cut off at ±δ, h(c) = g·(c − ½g). C is symmetric: the entries below its diagonal count twice. Where the
 * activations are scaled down so far that δ nearly vanishes, g is kept by a power of two, and δ by another.
 */
export function huber(call: PenaltyCall): f64 {
  const samples = call.samples;
  const units = call.units;
  const divisor = call.divisor;
  const c = after(call.scratch, samples, units);
  const rest = after(c, units, units);
  const scale = 1.0 / pairsOf(units);
  const xc = scaledActivations(call, call.scratch, false);
  sharedGramLower(c, xc, true, units, samples, 1.0 / divisor, rest);
  const given = call.p0 * call.scale * call.scale;
  // Below this δ only the ratio to it counts: h(c) is δ·|c| for every c but 0.
  const delta = max(given, SMALLEST_THRESHOLD);
  const up = call.scale < 1 && delta < 1 ? powerOfTwo(1023 - <i32>(reinterpret<i64>(delta) >> 52)) : 1.0;
  const raise = v128.splat<real>(<real>up);
  const most = v128.splat<real>(<real>delta);
  const least = v128.splat<real>(<real>-delta);
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
      storeUpTo(entry, v128.mul<real>(g, raise), i - j);
      entry += 16;
    }
    sum += 2.0 * sumLanes(s);
  }
  mirrorLower(c, units);
  const share = given < delta ? given / delta : 1.0;
  const factor = <real>unscaled((2.0 * call.weight * scale * share) / (divisor * up), call.scale, 3);
  product(call.gradient, xc, false, c, false, samples, units, units, factor, call.accumulate, false, rest);
  return unscaled(sum * scale * share, call.scale, 4);
}
