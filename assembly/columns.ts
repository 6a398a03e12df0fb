/**
 * Passes over the columns of a samples x units matrix: centring and column sums.
 *
 * Sixteen columns at a time (a cache line), rows in increasing order; every sum over the samples is in float64.
 */

import { loadUpTo4, multiplyAdd64, narrow, storeUpTo4, widenHigh, widenLow } from './simd';

/**
 * out = x less its column means; `out` may be `x`.
 *
 * The mean is subtracted in two float32 parts, so that activations with a large offset lose nothing:
 * x − high is exact where the two are close, and the second subtraction rounds once.
 */
export function centerColumns(out: usize, x: usize, samples: i32, units: i32): void {
  const step = (<usize>units) << 2;
  const scale = 1.0 / <f64>samples;
  let j = 0;
  for (; j + 16 <= units; j += 16) {
    const from = x + ((<usize>j) << 2);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let s2 = f64x2.splat(0);
    let s3 = f64x2.splat(0);
    let s4 = f64x2.splat(0);
    let s5 = f64x2.splat(0);
    let s6 = f64x2.splat(0);
    let s7 = f64x2.splat(0);
    let p = from;
    for (let i = 0; i < samples; i++) {
      const v0 = v128.load(p);
      const v1 = v128.load(p, 16);
      s0 = f64x2.add(s0, widenLow(v0));
      s1 = f64x2.add(s1, widenHigh(v0));
      s2 = f64x2.add(s2, widenLow(v1));
      s3 = f64x2.add(s3, widenHigh(v1));
      const v2 = v128.load(p, 32);
      const v3 = v128.load(p, 48);
      s4 = f64x2.add(s4, widenLow(v2));
      s5 = f64x2.add(s5, widenHigh(v2));
      s6 = f64x2.add(s6, widenLow(v3));
      s7 = f64x2.add(s7, widenHigh(v3));
      p += step;
    }
    const factor = f64x2.splat(scale);
    s0 = f64x2.mul(s0, factor);
    s1 = f64x2.mul(s1, factor);
    s2 = f64x2.mul(s2, factor);
    s3 = f64x2.mul(s3, factor);
    s4 = f64x2.mul(s4, factor);
    s5 = f64x2.mul(s5, factor);
    s6 = f64x2.mul(s6, factor);
    s7 = f64x2.mul(s7, factor);
    const to = out + ((<usize>j) << 2);
    subtractMean(to, from, step, samples, narrow(s0, s1), lowPart(s0, s1));
    subtractMean(to + 16, from + 16, step, samples, narrow(s2, s3), lowPart(s2, s3));
    subtractMean(to + 32, from + 32, step, samples, narrow(s4, s5), lowPart(s4, s5));
    subtractMean(to + 48, from + 48, step, samples, narrow(s6, s7), lowPart(s6, s7));
  }
  for (; j < units; j += 4) {
    const count = units - j;
    const from = x + ((<usize>j) << 2);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let p = from;
    for (let i = 0; i < samples; i++) {
      const v = loadUpTo4(p, count, 0);
      s0 = f64x2.add(s0, widenLow(v));
      s1 = f64x2.add(s1, widenHigh(v));
      p += step;
    }
    s0 = f64x2.mul(s0, f64x2.splat(scale));
    s1 = f64x2.mul(s1, f64x2.splat(scale));
    const high = narrow(s0, s1);
    const low = lowPart(s0, s1);
    let to = out + ((<usize>j) << 2);
    p = from;
    for (let i = 0; i < samples; i++) {
      storeUpTo4(to, f32x4.sub(f32x4.sub(loadUpTo4(p, count, 0), high), low), count);
      p += step;
      to += step;
    }
  }
}

/** What rounding four means to float32 leaves over. */
function lowPart(s0: v128, s1: v128): v128 {
  const high = narrow(s0, s1);
  return narrow(f64x2.sub(s0, widenLow(high)), f64x2.sub(s1, widenHigh(high)));
}

function subtractMean(to: usize, from: usize, step: usize, samples: i32, high: v128, low: v128): void {
  for (let i = 0; i < samples; i++) {
    v128.store(to, f32x4.sub(f32x4.sub(v128.load(from), high), low));
    from += step;
    to += step;
  }
}

/** sums [units, float64] = Σ over the samples of x. */
export function columnSums(sums: usize, x: usize, samples: i32, units: i32): void {
  const step = (<usize>units) << 2;
  for (let j = 0; j < units; j += 4) {
    const count = units - j;
    let p = x + ((<usize>j) << 2);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    for (let i = 0; i < samples; i++) {
      const v = loadUpTo4(p, count, 0);
      s0 = f64x2.add(s0, widenLow(v));
      s1 = f64x2.add(s1, widenHigh(v));
      p += step;
    }
    storeSums(sums + ((<usize>j) << 3), s0, s1, count);
  }
}

/** dots [units, float64] = Σ over the samples of a·b, column by column; products and sums in float64. */
export function columnDots(dots: usize, a: usize, b: usize, samples: i32, units: i32): void {
  const step = (<usize>units) << 2;
  for (let j = 0; j < units; j += 8) {
    const count = units - j;
    const offset = (<usize>j) << 2;
    const to = dots + ((<usize>j) << 3);
    if (count >= 8) {
      columnDots8(to, a + offset, b + offset, step, samples);
    } else {
      columnDotsUpTo4(to, a + offset, b + offset, step, samples, count);
      if (count > 4) columnDotsUpTo4(to + 32, a + offset + 16, b + offset + 16, step, samples, count - 4);
    }
  }
}

function columnDots8(dots: usize, a: usize, b: usize, step: usize, samples: i32): void {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let s3 = f64x2.splat(0);
  for (let i = 0; i < samples; i++) {
    const a0 = v128.load(a);
    const b0 = v128.load(b);
    s0 = multiplyAdd64(widenLow(a0), widenLow(b0), s0);
    s1 = multiplyAdd64(widenHigh(a0), widenHigh(b0), s1);
    const a1 = v128.load(a, 16);
    const b1 = v128.load(b, 16);
    s2 = multiplyAdd64(widenLow(a1), widenLow(b1), s2);
    s3 = multiplyAdd64(widenHigh(a1), widenHigh(b1), s3);
    a += step;
    b += step;
  }
  v128.store(dots, s0);
  v128.store(dots, s1, 16);
  v128.store(dots, s2, 32);
  v128.store(dots, s3, 48);
}

function columnDotsUpTo4(dots: usize, a: usize, b: usize, step: usize, samples: i32, count: i32): void {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  for (let i = 0; i < samples; i++) {
    const v = loadUpTo4(a, count, 0);
    const w = loadUpTo4(b, count, 0);
    s0 = multiplyAdd64(widenLow(v), widenLow(w), s0);
    s1 = multiplyAdd64(widenHigh(v), widenHigh(w), s1);
    a += step;
    b += step;
  }
  storeSums(dots, s0, s1, count);
}

function storeSums(to: usize, s0: v128, s1: v128, count: i32): void {
  store<f64>(to, f64x2.extract_lane(s0, 0));
  if (count > 1) store<f64>(to, f64x2.extract_lane(s0, 1), 8);
  if (count > 2) store<f64>(to, f64x2.extract_lane(s1, 0), 16);
  if (count > 3) store<f64>(to, f64x2.extract_lane(s1, 1), 24);
}
