/**
 * Passes over the columns of a samples x units matrix: centring and column sums.
 *
 * A few columns at a time (a cache line where there are that many), rows in increasing order; every sum over the
 * samples is in float64.
 */

import {
  bytesOf,
  LANES,
  loadUpTo,
  multiplyAddWide,
  narrow,
  storeUpTo,
  storeWide,
  widenHigh,
  widenLow,
} from './simd';

/**
 * out = x less its column means; `out` may be `x`. A constant column becomes zeros, to the last bit.
 *
 * The mean is subtracted in two parts, so that activations with a large offset lose nothing: x − high is exact where
 * the two are close, and the second subtraction rounds once. In float32 `high` is the mean, and `low` what n·high lacks of the
 * sum, both exact in float64 for equal numbers. In float64 `high` is the first sample, and only what the others differ from it
 * is summed.
 */
export function centerColumns(out: usize, x: usize, samples: i32, units: i32): void {
  const step = bytesOf(units);
  const n = f64x2.splat(<f64>samples);
  const scale = f64x2.splat(1.0 / <f64>samples);
  let j = 0;
  for (; j + 4 * LANES <= units; j += 4 * LANES) {
    const from = x + bytesOf(j);
    const b0 = v128.load(from);
    const b1 = v128.load(from, 16);
    const b2 = v128.load(from, 32);
    const b3 = v128.load(from, 48);
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
      const v0 = lessBase(v128.load(p), b0);
      const v1 = lessBase(v128.load(p, 16), b1);
      s0 = f64x2.add(s0, widenLow(v0));
      s1 = f64x2.add(s1, widenHigh(v0));
      s2 = f64x2.add(s2, widenLow(v1));
      s3 = f64x2.add(s3, widenHigh(v1));
      const v2 = lessBase(v128.load(p, 32), b2);
      const v3 = lessBase(v128.load(p, 48), b3);
      s4 = f64x2.add(s4, widenLow(v2));
      s5 = f64x2.add(s5, widenHigh(v2));
      s6 = f64x2.add(s6, widenLow(v3));
      s7 = f64x2.add(s7, widenHigh(v3));
      p += step;
    }
    const h0 = highPart(s0, s1, b0, scale);
    const h1 = highPart(s2, s3, b1, scale);
    const h2 = highPart(s4, s5, b2, scale);
    const h3 = highPart(s6, s7, b3, scale);
    const l0 = lowPart(s0, s1, h0, n, scale);
    const l1 = lowPart(s2, s3, h1, n, scale);
    const l2 = lowPart(s4, s5, h2, n, scale);
    const l3 = lowPart(s6, s7, h3, n, scale);
    subtractLine(out + bytesOf(j), from, step, samples, h0, h1, h2, h3, l0, l1, l2, l3);
  }
  for (; j < units; j += LANES) {
    const count = units - j;
    const from = x + bytesOf(j);
    const base = loadUpTo(from, count, 0);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let p = from;
    for (let i = 0; i < samples; i++) {
      const v = lessBase(loadUpTo(p, count, 0), base);
      s0 = f64x2.add(s0, widenLow(v));
      s1 = f64x2.add(s1, widenHigh(v));
      p += step;
    }
    const high = highPart(s0, s1, base, scale);
    const low = lowPart(s0, s1, high, n, scale);
    let to = out + bytesOf(j);
    p = from;
    for (let i = 0; i < samples; i++) {
      storeUpTo(to, v128.sub<real>(v128.sub<real>(loadUpTo(p, count, 0), high), low), count);
      p += step;
      to += step;
    }
  }
}

/** What is summed for the mean: see {@link centerColumns}. */
function lessBase(v: v128, base: v128): v128 {
  return sizeof<real>() === 8 ? f64x2.sub(v, base) : v;
}

/** The first part of the mean, from the sum. */
function highPart(s0: v128, s1: v128, base: v128, scale: v128): v128 {
  return sizeof<real>() === 8 ? base : narrow(f64x2.mul(s0, scale), f64x2.mul(s1, scale));
}

/** The second part of the mean: what the first one leaves over, exactly 0 for equal numbers. */
function lowPart(s0: v128, s1: v128, high: v128, n: v128, scale: v128): v128 {
  if (sizeof<real>() === 8) return f64x2.mul(s0, scale);
  const left0 = f64x2.sub(s0, f64x2.mul(widenLow(high), n));
  const left1 = f64x2.sub(s1, f64x2.mul(widenHigh(high), n));
  return narrow(f64x2.mul(left0, scale), f64x2.mul(left1, scale));
}

/** Four vectors of columns, a cache line, less their means in two parts. */
function subtractLine(
  to: usize,
  from: usize,
  step: usize,
  samples: i32,
  h0: v128,
  h1: v128,
  h2: v128,
  h3: v128,
  l0: v128,
  l1: v128,
  l2: v128,
  l3: v128,
): void {
  for (let i = 0; i < samples; i++) {
    const v0 = v128.load(from);
    const v1 = v128.load(from, 16);
    const v2 = v128.load(from, 32);
    const v3 = v128.load(from, 48);
    v128.store(to, v128.sub<real>(v128.sub<real>(v0, h0), l0));
    v128.store(to, v128.sub<real>(v128.sub<real>(v1, h1), l1), 16);
    v128.store(to, v128.sub<real>(v128.sub<real>(v2, h2), l2), 32);
    v128.store(to, v128.sub<real>(v128.sub<real>(v3, h3), l3), 48);
    from += step;
    to += step;
  }
}

/** means [units, float64] over the samples of x; in float64 of what they differ from the first one, so that an offset takes no digits. */
export function columnMeans(means: usize, x: usize, samples: i32, units: i32): void {
  const step = bytesOf(units);
  const n = f64x2.splat(<f64>samples);
  for (let j = 0; j < units; j += LANES) {
    const count = units - j;
    let p = x + bytesOf(j);
    const base = loadUpTo(p, count, 0);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    for (let i = 0; i < samples; i++) {
      const v = lessBase(loadUpTo(p, count, 0), base);
      s0 = f64x2.add(s0, widenLow(v));
      s1 = f64x2.add(s1, widenHigh(v));
      p += step;
    }
    storeWide(means + ((<usize>j) << 3), f64x2.div(s0, n), f64x2.div(s1, n), min(count, LANES));
  }
}

/** sums [units, float64] = Σ over the samples of x. */
export function columnSums(sums: usize, x: usize, samples: i32, units: i32): void {
  const step = bytesOf(units);
  for (let j = 0; j < units; j += LANES) {
    const count = units - j;
    let p = x + bytesOf(j);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    for (let i = 0; i < samples; i++) {
      const v = loadUpTo(p, count, 0);
      s0 = f64x2.add(s0, widenLow(v));
      s1 = f64x2.add(s1, widenHigh(v));
      p += step;
    }
    storeWide(sums + ((<usize>j) << 3), s0, s1, min(count, LANES));
  }
}

/** dots [units, float64] = Σ over the samples of a·b, column by column; products and sums in float64. */
export function columnDots(dots: usize, a: usize, b: usize, samples: i32, units: i32): void {
  const step = bytesOf(units);
  let j = 0;
  for (; j + 2 * LANES <= units; j += 2 * LANES) {
    columnDotsOfTwo(dots + ((<usize>j) << 3), a + bytesOf(j), b + bytesOf(j), step, samples);
  }
  for (; j < units; j += LANES) {
    const count = units - j;
    let p = a + bytesOf(j);
    let q = b + bytesOf(j);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    for (let i = 0; i < samples; i++) {
      const v = loadUpTo(p, count, 0);
      const w = loadUpTo(q, count, 0);
      s0 = multiplyAddWide(widenLow(v), widenLow(w), s0);
      s1 = multiplyAddWide(widenHigh(v), widenHigh(w), s1);
      p += step;
      q += step;
    }
    storeWide(dots + ((<usize>j) << 3), s0, s1, min(count, LANES));
  }
}

/** Two full vectors of columns. */
function columnDotsOfTwo(dots: usize, a: usize, b: usize, step: usize, samples: i32): void {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let s3 = f64x2.splat(0);
  for (let i = 0; i < samples; i++) {
    const a0 = v128.load(a);
    const b0 = v128.load(b);
    s0 = multiplyAddWide(widenLow(a0), widenLow(b0), s0);
    s1 = multiplyAddWide(widenHigh(a0), widenHigh(b0), s1);
    const a1 = v128.load(a, 16);
    const b1 = v128.load(b, 16);
    s2 = multiplyAddWide(widenLow(a1), widenLow(b1), s2);
    s3 = multiplyAddWide(widenHigh(a1), widenHigh(b1), s3);
    a += step;
    b += step;
  }
  storeWide(dots, s0, s1, LANES);
  storeWide(dots + ((<usize>LANES) << 3), s2, s3, LANES);
}
