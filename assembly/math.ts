/**
 * exp, log, log1p, tanh and the logistic function lane by lane, from IEEE operations only: the same bits on every
 * machine that runs the same build. NaN gives NaN. The bounds are those of float32; in float64 each lane goes through the
 * standard library of AssemblyScript, with errors below 1 ulp.
 *
 * Source: range reductions and minimax coefficients of S. L. Moshier's Cephes Math Library (single precision).
 */

import { multiplyAdd, negativeMultiplyAdd } from './simd';

/** e^x. Error below 2 ulp where the result is a normal number; 0 below −104, infinity above 88.73. */
export function expLanes(x: v128): v128 {
  if (sizeof<real>() === 8)
    return f64x2(NativeMath.exp(f64x2.extract_lane(x, 0)), NativeMath.exp(f64x2.extract_lane(x, 1)));
  const clamped = f32x4.max(f32x4.min(x, f32x4.splat(89)), f32x4.splat(-104));
  const n = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(<f32>Math.LOG2E)));
  // ln 2 in two parts: the first has few enough bits for an exact product.
  let r = negativeMultiplyAdd(n, f32x4.splat(0.693359375), clamped);
  r = negativeMultiplyAdd(n, f32x4.splat(-2.1219444e-4), r);
  let p = f32x4.splat(1.98756915e-4);
  p = multiplyAdd(p, r, f32x4.splat(1.3981999507e-3));
  p = multiplyAdd(p, r, f32x4.splat(8.3334519073e-3));
  p = multiplyAdd(p, r, f32x4.splat(4.1665795894e-2));
  p = multiplyAdd(p, r, f32x4.splat(1.6666665459e-1));
  p = multiplyAdd(p, r, f32x4.splat(5.0000001201e-1));
  p = multiplyAdd(p, f32x4.mul(r, r), r);
  p = f32x4.add(p, f32x4.splat(1));
  // 2^n in two factors, since n itself may lie outside the exponents of float32.
  const exponent = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(exponent, 1);
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(exponent, half)));
}

/** 2^n for whole n between −126 and 127. */
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** Natural logarithm. Error below 2 ulp for positive normal numbers; −infinity at 0, NaN below, infinity at infinity. */
export function logLanes(x: v128): v128 {
  if (sizeof<real>() === 8)
    return f64x2(NativeMath.log(f64x2.extract_lane(x, 0)), NativeMath.log(f64x2.extract_lane(x, 1)));
  // Subnormal numbers are scaled into the normal range first.
  const tiny = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny);
  const shift = v128.and(tiny, f32x4.splat(23));
  let mantissa = v128.or(v128.and(scaled, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  let exponent = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(scaled, 23), i32x4.splat(126)));
  exponent = f32x4.sub(exponent, shift);
  // The mantissa moves from [½, 1) to [sqrt ½, sqrt 2).
  const low = f32x4.lt(mantissa, f32x4.splat(<f32>Math.SQRT1_2));
  exponent = f32x4.sub(exponent, v128.and(low, f32x4.splat(1)));
  mantissa = f32x4.sub(f32x4.add(mantissa, v128.and(low, mantissa)), f32x4.splat(1));
  const square = f32x4.mul(mantissa, mantissa);
  let p = f32x4.splat(7.0376836292e-2);
  p = multiplyAdd(p, mantissa, f32x4.splat(-1.151461031e-1));
  p = multiplyAdd(p, mantissa, f32x4.splat(1.167699874e-1));
  p = multiplyAdd(p, mantissa, f32x4.splat(-1.2420140846e-1));
  p = multiplyAdd(p, mantissa, f32x4.splat(1.4249322787e-1));
  p = multiplyAdd(p, mantissa, f32x4.splat(-1.6668057665e-1));
  p = multiplyAdd(p, mantissa, f32x4.splat(2.0000714765e-1));
  p = multiplyAdd(p, mantissa, f32x4.splat(-2.4999993993e-1));
  p = multiplyAdd(p, mantissa, f32x4.splat(3.3333331174e-1));
  p = f32x4.mul(f32x4.mul(p, mantissa), square);
  p = multiplyAdd(exponent, f32x4.splat(-2.1219444e-4), p);
  p = negativeMultiplyAdd(f32x4.splat(0.5), square, p);
  let result = f32x4.add(mantissa, p);
  result = multiplyAdd(exponent, f32x4.splat(0.693359375), result);
  const infinity = f32x4.splat(Infinity);
  result = v128.bitselect(infinity, result, f32x4.eq(x, infinity));
  result = v128.bitselect(f32x4.neg(infinity), result, f32x4.eq(x, f32x4.splat(0)));
  // Negative numbers and NaN.
  return v128.bitselect(result, f32x4.splat(NaN), f32x4.ge(x, f32x4.splat(0)));
}

/**
 * log(1 + x) for x from 0 to 1, as 2·artanh(x/(2 + x)), whose series ends at the 13th power. Error below 3 ulp.
 */
export function log1pLanes(x: v128): v128 {
  if (sizeof<real>() === 8)
    return f64x2(NativeMath.log1p(f64x2.extract_lane(x, 0)), NativeMath.log1p(f64x2.extract_lane(x, 1)));
  const s = f32x4.div(x, f32x4.add(x, f32x4.splat(2)));
  const z = f32x4.mul(s, s);
  let p = f32x4.splat(<f32>(2.0 / 13.0));
  p = multiplyAdd(p, z, f32x4.splat(<f32>(2.0 / 11.0)));
  p = multiplyAdd(p, z, f32x4.splat(<f32>(2.0 / 9.0)));
  p = multiplyAdd(p, z, f32x4.splat(<f32>(2.0 / 7.0)));
  p = multiplyAdd(p, z, f32x4.splat(<f32>(2.0 / 5.0)));
  p = multiplyAdd(p, z, f32x4.splat(<f32>(2.0 / 3.0)));
  return multiplyAdd(f32x4.mul(p, z), s, f32x4.add(s, s));
}

/** Hyperbolic tangent. Error below 3 ulp. */
export function tanhLanes(x: v128): v128 {
  if (sizeof<real>() === 8)
    return f64x2(NativeMath.tanh(f64x2.extract_lane(x, 0)), NativeMath.tanh(f64x2.extract_lane(x, 1)));
  const magnitude = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let p = f32x4.splat(-5.70498872745e-3);
  p = multiplyAdd(p, z, f32x4.splat(2.06390887954e-2));
  p = multiplyAdd(p, z, f32x4.splat(-5.37397155531e-2));
  p = multiplyAdd(p, z, f32x4.splat(1.33314422036e-1));
  p = multiplyAdd(p, z, f32x4.splat(-3.33332819422e-1));
  const near = multiplyAdd(f32x4.mul(p, z), x, x);
  const grown = f32x4.add(expLanes(f32x4.add(magnitude, magnitude)), f32x4.splat(1));
  const far = f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), grown));
  const sign = v128.and(x, i32x4.splat(0x80000000));
  return v128.bitselect(near, v128.or(far, sign), f32x4.lt(magnitude, f32x4.splat(0.625)));
}

/** Logistic function 1/(1 + e^−x), from e^−|x| so that nothing overflows. Error below 3 ulp. */
export function sigmoidLanes(x: v128): v128 {
  const e = expLanes(v128.neg<real>(v128.abs<real>(x)));
  const numerator = v128.bitselect(e, v128.splat<real>(1), v128.lt<real>(x, v128.splat<real>(0)));
  return v128.div<real>(numerator, v128.add<real>(v128.splat<real>(1), e));
}
