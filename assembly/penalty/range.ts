/**
 * The range of the activations: how large they are, and a copy of them by a power of two where a penalty's squares would overflow or
 * vanish although its value does not.
 *
 * A penalty of X is one of X' = s·X: an ε beside variances becomes ε·s², a gradient with respect to X' is s times one with respect to X. With s a
 * power of two no digit changes, so that inside the ordinary range, where s is 1, and outside of it the same bits come out.
 */

import { centerColumns } from '../columns';
import { bytesOf, LANES, loadPart } from '../simd';
import { PenaltyCall } from './call';

/** What {@link largestExponent} answers for nothing but zeros, and where a number is NaN or infinite. */
export const ALL_ZERO: i32 = -100000;
export const NOT_FINITE: i32 = 100000;

/** Exponents of the largest activation between which fourth powers of it, and of what centring leaves of it, have all their digits. */
const SMALLEST_ORDINARY: i32 = sizeof<real>() === 4 ? -6 : -200;
const LARGEST_ORDINARY: i32 = sizeof<real>() === 4 ? 15 : 200;
/** Largest exponent of s: its square and its inverse are numbers of float64. */
const LARGEST_SCALE: i32 = 400;

/** The exponent e of the largest |x| = 2^e·f, 1 ≤ f < 2, of `count` numbers; subnormal numbers count as the smallest normal one. */
export function largestExponent(x: usize, count: i32): i32 {
  // Bits without their sign are in the order of the numbers; of float64, the upper halves are looked at.
  const mask = i32x4.splat(0x7fffffff);
  let m0 = i32x4.splat(0);
  let m1 = m0;
  let m2 = m0;
  let m3 = m0;
  let i = 0;
  for (; i + 4 * LANES <= count; i += 4 * LANES) {
    m0 = i32x4.max_u(m0, v128.and(v128.load(x), mask));
    m1 = i32x4.max_u(m1, v128.and(v128.load(x, 16), mask));
    m2 = i32x4.max_u(m2, v128.and(v128.load(x, 32), mask));
    m3 = i32x4.max_u(m3, v128.and(v128.load(x, 48), mask));
    x += 64;
  }
  for (; i < count; i += LANES) {
    m0 = i32x4.max_u(m0, v128.and(loadPart(x, count - i, 0), mask));
    x += 16;
  }
  m0 = i32x4.max_u(i32x4.max_u(m0, m1), i32x4.max_u(m2, m3));
  let most = max(<u32>i32x4.extract_lane(m0, 1), <u32>i32x4.extract_lane(m0, 3));
  if (sizeof<real>() === 4) {
    most = max(most, max(<u32>i32x4.extract_lane(m0, 0), <u32>i32x4.extract_lane(m0, 2)));
    if (most >= 0x7f800000) return NOT_FINITE;
    return most === 0 ? ALL_ZERO : max(<i32>(most >> 23), 1) - 127;
  }
  if (most >= 0x7ff00000) return NOT_FINITE;
  // The lower halves of numbers below 2^-1042 are not worth a second look.
  return most === 0 ? ALL_ZERO : max(<i32>(most >> 20), 1) - 1023;
}

/** 2^n for n between −1022 and 1023. */
export function powerOfTwo(n: i32): f64 {
  return reinterpret<f64>((<i64>n + 1023) << 52);
}

/** The s for a largest activation of exponent `exponent`; with `large` only large activations are scaled, and small ones are not. */
export function scaleOf(exponent: i32, large: bool): f64 {
  if (exponent > LARGEST_ORDINARY) return powerOfTwo(-min(exponent, LARGEST_SCALE));
  if (large || exponent >= SMALLEST_ORDINARY || exponent === ALL_ZERO) return 1;
  return powerOfTwo(min(-exponent, LARGEST_SCALE));
}

/** s for a call; with `large`, for a penalty whose ε keeps small activations from vanishing. */
export function callScale(call: PenaltyCall, large: bool): f64 {
  return scaleOf(call.exponent, large);
}

/** The place of s·X_c: `x` itself, or `copy`. Sets `call.scale` = s. */
export function scaledActivations(call: PenaltyCall, copy: usize, large: bool): usize {
  const xc = scaledOrSelf(copy, call.x, call.samples, call.units, call.centered, call.exponent, large);
  call.scale = SCALE.value;
  return xc;
}

/** What {@link scaledOrSelf} answers beside a pointer. */
@unmanaged
class Scale {
  value: f64;
}

export const SCALE: Scale = changetype<Scale>(memory.data(offsetof<Scale>(), 8));

/** The place of s·X_c for any activations whose largest has the given exponent; s is in {@link SCALE}. */
export function scaledOrSelf(
  copy: usize,
  x: usize,
  samples: i32,
  units: i32,
  centered: bool,
  exponent: i32,
  large: bool,
): usize {
  let scale = scaleOf(exponent, large);
  SCALE.value = scale;
  if (scale === 1) {
    if (!centered) return x;
    centerColumns(copy, x, samples, units);
    return copy;
  }
  const count = samples * units;
  multiplyAll(copy, x, count, scale);
  if (centered) {
    // What is left beside a large offset is small again.
    centerColumns(copy, copy, samples, units);
    const left = largestExponent(copy, count);
    const up = min(left === ALL_ZERO ? 0 : -left, LARGEST_SCALE + exponent);
    if (up > 0) {
      multiplyAll(copy, copy, count, powerOfTwo(up));
      scale *= powerOfTwo(up);
    }
  }
  SCALE.value = scale;
  return copy;
}

/** out = factor·x; `out` may be `x`. The factor may lie beyond float32. */
function multiplyAll(out: usize, x: usize, count: i32, factor: f64): void {
  for (let i = 0; i < count; i++) {
    store<real>(out + bytesOf(i), <real>(<f64>load<real>(x + bytesOf(i)) * factor));
  }
}

/** No sum that a NaN or an infinity went into means anything: neither does a part of the gradient. */
export function fillWithNaN(gradient: usize, count: i32): void {
  if (gradient === 0) return;
  for (let i = 0; i < count; i++) store<real>(gradient + bytesOf(i), NaN);
}

/** value/s^degree, step by step, so that nothing overflows before the result does. */
export function unscaled(value: f64, scale: f64, degree: i32): f64 {
  const inverse = 1.0 / scale;
  for (let i = 0; i < degree; i++) value *= inverse;
  return value;
}
