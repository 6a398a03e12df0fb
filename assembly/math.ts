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
  return exponential(x, false);
}

/** e^x − 1, whose digits stay near 0. Error below 3 ulp of float32 below 88.73. */
export function expm1Lanes(x: v128): v128 {
  return exponential(x, true);
}

/** e^x, or e^x − 1 when `less`: one function, large enough that it is not inlined where it is called. */
function exponential(x: v128, less: bool): v128 {
  if (sizeof<real>() === 8) {
    if (less)
      return f64x2(NativeMath.expm1(f64x2.extract_lane(x, 0)), NativeMath.expm1(f64x2.extract_lane(x, 1)));
    return f64x2(NativeMath.exp(f64x2.extract_lane(x, 0)), NativeMath.exp(f64x2.extract_lane(x, 1)));
  }
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
  const small = p;
  p = f32x4.add(p, f32x4.splat(1));
  // 2^n in two factors, since n itself may lie outside the exponents of float32.
  const exponent = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(exponent, 1);
  const power = f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(exponent, half)));
  if (!less) return power;
  // Where n is 0 nothing has been added yet.
  const rest = f32x4.sub(power, f32x4.splat(1));
  return v128.bitselect(small, rest, i32x4.eq(exponent, i32x4.splat(0)));
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

/**
 * Upper tail of the normal distribution, Q(x) = ½·erfc(x/√2), for x ≥ 0, from `bell` = e^(−x²/2). Relative error below 4e-7 but for
 * that of `bell`.
 *
 * In float32 Q(x)/bell is a polynomial of the ninth degree in 1/(1 + 0.35x), fitted to x from 0 to 14.5, past which bell is 0.
 */
export function normalTailLanes(x: v128, bell: v128): v128 {
  if (sizeof<real>() === 8)
    return f64x2(normalTail(f64x2.extract_lane(x, 0)), normalTail(f64x2.extract_lane(x, 1)));
  const t = f32x4.div(f32x4.splat(1), multiplyAdd(x, f32x4.splat(0.35), f32x4.splat(1)));
  let p = f32x4.splat(-0.0291578732);
  p = multiplyAdd(p, t, f32x4.splat(0.144030854));
  p = multiplyAdd(p, t, f32x4.splat(-0.255838871));
  p = multiplyAdd(p, t, f32x4.splat(0.15931955));
  p = multiplyAdd(p, t, f32x4.splat(-0.0232122559));
  p = multiplyAdd(p, t, f32x4.splat(0.105552465));
  p = multiplyAdd(p, t, f32x4.splat(0.119821295));
  p = multiplyAdd(p, t, f32x4.splat(0.139863521));
  p = multiplyAdd(p, t, f32x4.splat(0.139621302));
  return f32x4.mul(f32x4.mul(p, t), bell);
}

/** Density of the normal distribution at 0, 1/√(2π). */
export const NORMAL_PEAK: f64 = 0.3989422804014327;

/**
 * {@link normalTailLanes} in float64, to about 15 digits: below 3, a half less the density times x + x³/3 + x⁵/15 + … (all terms
 * positive); above, the continued fraction of Laplace, x + 1/(x + 2/(x + …)).
 */
export function normalTail(x: f64): f64 {
  if (x >= 40) return 0;
  const density = NORMAL_PEAK * NativeMath.exp(-0.5 * x * x);
  if (x < 3) {
    let term = x;
    let sum = x;
    for (let k = 3; k < 103; k += 2) {
      term *= (x * x) / <f64>k;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = x;
  for (let k = 80; k > 0; k--) fraction = x + <f64>k / fraction;
  return density / fraction;
}

/**
 * Normal numbers from words of 32 random bits: the quantile of (word + ½)·2⁻³², from −6.3 to 6.3. Error below 4e-7 of the number and
 * 2e-7 in all; in float64 one step of Newton's from there, to about 1e-13.
 *
 * Source: M. Giles, "Approximating the erfinv function", GPU Computing Gems 2, 2010 (single precision).
 */
export function normalLanes(words: v128): v128 {
  // The smaller tail, whose digits float32 keeps.
  const upper = i32x4.lt_s(words, i32x4.splat(0));
  const folded = v128.xor(words, upper);
  let q: v128;
  if (sizeof<real>() === 4) q = f32x4.convert_i32x4_s(folded);
  else q = f64x2.convert_low_i32x4_s(folded);
  q = v128.mul<real>(v128.add<real>(q, v128.splat<real>(0.5)), v128.splat<real>(<real>(1.0 / 4294967296.0)));
  const one = v128.splat<real>(1);
  const product = v128.mul<real>(q, v128.sub<real>(one, q));
  const w = v128.neg<real>(logLanes(v128.mul<real>(product, v128.splat<real>(4))));
  const central = v128.sub<real>(w, v128.splat<real>(2.5));
  const tail = v128.sub<real>(v128.sqrt<real>(w), v128.splat<real>(3));
  const isTail = v128.ge<real>(w, v128.splat<real>(5));
  const z = v128.bitselect(tail, central, isTail);
  let p = choose(isTail, -0.000200214257, 2.81022636e-8);
  p = multiplyAdd(p, z, choose(isTail, 0.000100950558, 3.43273939e-7));
  p = multiplyAdd(p, z, choose(isTail, 0.00134934322, -3.5233877e-6));
  p = multiplyAdd(p, z, choose(isTail, -0.00367342844, -4.39150654e-6));
  p = multiplyAdd(p, z, choose(isTail, 0.00573950773, 0.00021858087));
  p = multiplyAdd(p, z, choose(isTail, -0.0076224613, -0.00125372503));
  p = multiplyAdd(p, z, choose(isTail, 0.00943887047, -0.00417768164));
  p = multiplyAdd(p, z, choose(isTail, 1.00167406, 0.246640727));
  p = multiplyAdd(p, z, choose(isTail, 2.83297682, 1.50140941));
  const size = v128.sub<real>(one, v128.add<real>(q, q));
  let x = v128.mul<real>(v128.mul<real>(p, size), v128.splat<real>(<real>Math.SQRT2));
  if (sizeof<real>() === 8) {
    x = f64x2(
      refined(f64x2.extract_lane(x, 0), f64x2.extract_lane(q, 0)),
      refined(f64x2.extract_lane(x, 1), f64x2.extract_lane(q, 1)),
    );
    return v128.bitselect(x, f64x2.neg(x), i64x2.extend_low_i32x4_s(upper));
  }
  return v128.bitselect(x, f32x4.neg(x), upper);
}

/** One of two constants, lane by lane. */
function choose(mask: v128, a: f64, b: f64): v128 {
  return v128.bitselect(v128.splat<real>(<real>a), v128.splat<real>(<real>b), mask);
}

/** A step of Newton's from x towards the point whose upper tail is q. */
function refined(x: f64, q: f64): f64 {
  return x + (normalTail(x) - q) / (NORMAL_PEAK * NativeMath.exp(-0.5 * x * x));
}
