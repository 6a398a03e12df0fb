/**
 * The one-dimensional transforms of Winograd's algorithm for n = 4 and n = 6 points: 0, 1, −1, ∞ and 0, 1, −1, ½, −2, ∞.
 *
 * m outputs of a correlation with k weights, n = m + k − 1, are y = Aᵀ[(G·g) ⊙ (Bᵀ·d)]. Each function transforms `count` columns of
 * vectors: entry i of a column lies i steps (bytes) behind the first one. Counts are rounded up to whole vectors, with six points to pairs of them.
 *
 * Unrolled by hand for each number of points, since a loop over them would keep no value in a register: hence the length.
 *
 * Source: A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2016; the points {½, −2} in place of {2, −2} err less.
 */

import { bytesOf, LANES, multiplyAdd, negativeMultiplyAdd } from '../simd';

/** Bᵀ·d: n numbers of an image to n. */
export const INPUT: i32 = 0;
/** A·d: m numbers of dy to n, the adjoint of OUTPUT. */
export const SPREAD: i32 = 1;
/** Aᵀ·p: n products to m outputs. */
export const OUTPUT: i32 = 2;

/** Points and factors of G for n = 4 and n = 6: row i is factor·(1, point, point², …), the last row (0, …, 0, 1). */
const G4: usize = memory.data<f64>([0, 1, 1, 0.5, -1, 0.5]);
const G6: usize = memory.data<f64>([0, 1, 1, 1.0 / 3.0, -1, -1.0 / 3.0, 0.5, -16.0 / 15.0, -2, 1.0 / 15.0]);

/** G of row `point` and column `power`. */
function weightOf(points: i32, k: i32, point: i32, power: i32): f64 {
  if (point === points - 1) return power === k - 1 ? 1 : 0;
  const row = (points === 4 ? G4 : G6) + ((<usize>point) << 4);
  let weight = load<f64>(row, 8);
  for (; power > 0; power--) weight *= load<f64>(row);
  return weight;
}

/** One of the transforms, m is 2 or 4; `repeats` times, each `toNext` and `fromNext` bytes after the one before. */
export function transform(
  kind: i32,
  points: i32,
  m: i32,
  to: usize,
  toStep: usize,
  from: usize,
  fromStep: usize,
  count: i32,
  repeats: i32,
  toNext: usize,
  fromNext: usize,
): void {
  if (points === 4) {
    if (kind === INPUT) input4(to, toStep, from, fromStep, count, repeats, toNext, fromNext);
    else if (kind === SPREAD) spread4(to, toStep, from, fromStep, count, repeats, toNext, fromNext);
    else output4(to, toStep, from, fromStep, count, repeats, toNext, fromNext);
  } else if (kind === INPUT) input6(to, toStep, from, fromStep, count, repeats, toNext, fromNext);
  else if (kind === SPREAD) spread6(m, to, toStep, from, fromStep, count, repeats, toNext, fromNext);
  else output6(m, to, toStep, from, fromStep, count, repeats, toNext, fromNext);
}

/** G·g [points] of g [k], or Gᵀ·u [k] of u [points] where `adjoint`; with `turned` the weights of g are taken from the last to the first. */
export function transformWeights(
  adjoint: bool,
  turned: bool,
  points: i32,
  k: i32,
  to: usize,
  toStep: usize,
  from: usize,
  fromStep: usize,
  count: i32,
): void {
  const inputs = adjoint ? points : k;
  const outputs = adjoint ? k : points;
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      const weight = adjoint ? weightOf(points, k, i, o) : weightOf(points, k, o, turned ? k - 1 - i : i);
      const factor = v128.splat<real>(<real>weight);
      let target = to;
      let source = from + <usize>i * fromStep;
      for (let j = count; j > 0; j -= LANES) {
        const value = v128.mul<real>(factor, v128.load(source));
        v128.store(target, i === 0 ? value : v128.add<real>(v128.load(target), value));
        source += 16;
        target += 16;
      }
    }
    to += toStep;
  }
}

function input4(
  to: usize,
  step: usize,
  from: usize,
  fromStep: usize,
  count: i32,
  repeats: i32,
  toNext: usize,
  fromNext: usize,
): void {
  for (; repeats > 0; repeats--) {
    const nextTo = to + toNext;
    const nextFrom = from + fromNext;
    const end = from + bytesOf(count);
    for (; from < end; from += 16) {
      const d1 = v128.load(from + fromStep);
      const d2 = v128.load(from + 2 * fromStep);
      v128.store(to, v128.sub<real>(v128.load(from), d2));
      v128.store(to + step, v128.add<real>(d1, d2));
      v128.store(to + 2 * step, v128.sub<real>(d2, d1));
      v128.store(to + 3 * step, v128.sub<real>(v128.load(from + 3 * fromStep), d1));
      to += 16;
    }
    to = nextTo;
    from = nextFrom;
  }
}

function spread4(
  to: usize,
  step: usize,
  from: usize,
  fromStep: usize,
  count: i32,
  repeats: i32,
  toNext: usize,
  fromNext: usize,
): void {
  for (; repeats > 0; repeats--) {
    const nextTo = to + toNext;
    const nextFrom = from + fromNext;
    const end = from + bytesOf(count);
    for (; from < end; from += 16) {
      const d0 = v128.load(from);
      const d1 = v128.load(from + fromStep);
      v128.store(to, d0);
      v128.store(to + step, v128.add<real>(d0, d1));
      v128.store(to + 2 * step, v128.sub<real>(d0, d1));
      v128.store(to + 3 * step, d1);
      to += 16;
    }
    to = nextTo;
    from = nextFrom;
  }
}

function output4(
  to: usize,
  step: usize,
  from: usize,
  fromStep: usize,
  count: i32,
  repeats: i32,
  toNext: usize,
  fromNext: usize,
): void {
  for (; repeats > 0; repeats--) {
    const nextTo = to + toNext;
    const nextFrom = from + fromNext;
    const end = from + bytesOf(count);
    for (; from < end; from += 16) {
      const p1 = v128.load(from + fromStep);
      const p2 = v128.load(from + 2 * fromStep);
      v128.store(to, v128.add<real>(v128.load(from), v128.add<real>(p1, p2)));
      v128.store(to + step, v128.add<real>(v128.sub<real>(p1, p2), v128.load(from + 3 * fromStep)));
      to += 16;
    }
    to = nextTo;
    from = nextFrom;
  }
}

function input6(
  to: usize,
  step: usize,
  from: usize,
  fromStep: usize,
  count: i32,
  repeats: i32,
  toNext: usize,
  fromNext: usize,
): void {
  const half = v128.splat<real>(0.5);
  const threeHalves = v128.splat<real>(1.5);
  const two = v128.splat<real>(2);
  for (; repeats > 0; repeats--) {
    const nextTo = to + toNext;
    const nextFrom = from + fromNext;
    const end = from + bytesOf(count);
    for (; from < end; from += 32) {
      let at = from + 2 * fromStep;
      const d2 = v128.load(at);
      const e2 = v128.load(at, 16);
      at += fromStep;
      const d3 = v128.load(at);
      const e3 = v128.load(at, 16);
      at += fromStep;
      const s = v128.sub<real>(v128.load(at), d2);
      const s2 = v128.sub<real>(v128.load(at, 16), e2);
      at = from + fromStep;
      const t = v128.sub<real>(d3, v128.load(at));
      const t2 = v128.sub<real>(e3, v128.load(at, 16));
      let out = to;
      v128.store(out, multiplyAdd(threeHalves, t, v128.add<real>(v128.sub<real>(v128.load(from), d2), s)));
      v128.store(
        out,
        multiplyAdd(threeHalves, t2, v128.add<real>(v128.sub<real>(v128.load(from, 16), e2), s2)),
        16,
      );
      out += step;
      v128.store(out, multiplyAdd(threeHalves, v128.add<real>(d3, d2), v128.add<real>(s, t)));
      v128.store(out, multiplyAdd(threeHalves, v128.add<real>(e3, e2), v128.add<real>(s2, t2)), 16);
      out += step;
      v128.store(out, multiplyAdd(threeHalves, v128.sub<real>(d3, d2), v128.sub<real>(s, t)));
      v128.store(out, multiplyAdd(threeHalves, v128.sub<real>(e3, e2), v128.sub<real>(s2, t2)), 16);
      out += step;
      v128.store(out, multiplyAdd(two, t, s));
      v128.store(out, multiplyAdd(two, t2, s2), 16);
      out += step;
      v128.store(out, negativeMultiplyAdd(half, t, s));
      v128.store(out, negativeMultiplyAdd(half, t2, s2), 16);
      out += step;
      at = from + 5 * fromStep;
      v128.store(out, multiplyAdd(threeHalves, s, v128.sub<real>(v128.sub<real>(v128.load(at), d3), t)));
      v128.store(
        out,
        multiplyAdd(threeHalves, s2, v128.sub<real>(v128.sub<real>(v128.load(at, 16), e3), t2)),
        16,
      );
      to += 32;
    }
    to = nextTo;
    from = nextFrom;
  }
}

function spread6(
  m: i32,
  to: usize,
  step: usize,
  from: usize,
  fromStep: usize,
  count: i32,
  repeats: i32,
  toNext: usize,
  fromNext: usize,
): void {
  const half = v128.splat<real>(0.5);
  const two = v128.splat<real>(2);
  for (; repeats > 0; repeats--) {
    const nextTo = to + toNext;
    const nextFrom = from + fromNext;
    const end = from + bytesOf(count);
    for (; from < end; from += 32) {
      let at = from + fromStep;
      const d0 = v128.load(from);
      const e0 = v128.load(from, 16);
      let d = v128.load(at);
      let e = v128.load(at, 16);
      let even = d0;
      let even2 = e0;
      let odd = d;
      let odd2 = e;
      let inHalf = multiplyAdd(half, d, d0);
      let inHalf2 = multiplyAdd(half, e, e0);
      let inTwo = negativeMultiplyAdd(two, d, d0);
      let inTwo2 = negativeMultiplyAdd(two, e, e0);
      if (m === 4) {
        const quarter = v128.splat<real>(0.25);
        const eighth = v128.splat<real>(0.125);
        const four = v128.splat<real>(4);
        const eight = v128.splat<real>(8);
        at += fromStep;
        const d2 = v128.load(at);
        const e2 = v128.load(at, 16);
        at += fromStep;
        d = v128.load(at);
        e = v128.load(at, 16);
        even = v128.add<real>(even, d2);
        even2 = v128.add<real>(even2, e2);
        odd = v128.add<real>(odd, d);
        odd2 = v128.add<real>(odd2, e);
        inHalf = multiplyAdd(eighth, d, multiplyAdd(quarter, d2, inHalf));
        inHalf2 = multiplyAdd(eighth, e, multiplyAdd(quarter, e2, inHalf2));
        inTwo = negativeMultiplyAdd(eight, d, multiplyAdd(four, d2, inTwo));
        inTwo2 = negativeMultiplyAdd(eight, e, multiplyAdd(four, e2, inTwo2));
      }
      v128.store(to, d0);
      v128.store(to, e0, 16);
      let out = to + step;
      v128.store(out, v128.add<real>(even, odd));
      v128.store(out, v128.add<real>(even2, odd2), 16);
      out += step;
      v128.store(out, v128.sub<real>(even, odd));
      v128.store(out, v128.sub<real>(even2, odd2), 16);
      out += step;
      v128.store(out, inHalf);
      v128.store(out, inHalf2, 16);
      out += step;
      v128.store(out, inTwo);
      v128.store(out, inTwo2, 16);
      out += step;
      v128.store(out, d);
      v128.store(out, e, 16);
      to += 32;
    }
    to = nextTo;
    from = nextFrom;
  }
}

function output6(
  m: i32,
  to: usize,
  step: usize,
  from: usize,
  fromStep: usize,
  count: i32,
  repeats: i32,
  toNext: usize,
  fromNext: usize,
): void {
  const half = v128.splat<real>(0.5);
  const two = v128.splat<real>(2);
  for (; repeats > 0; repeats--) {
    const nextTo = to + toNext;
    const nextFrom = from + fromNext;
    const end = from + bytesOf(count);
    for (; from < end; from += 32) {
      let at = from + fromStep;
      let p = v128.load(at);
      let q = v128.load(at, 16);
      at += fromStep;
      const p2 = v128.load(at);
      const q2 = v128.load(at, 16);
      at += fromStep;
      const p3 = v128.load(at);
      const q3 = v128.load(at, 16);
      at += fromStep;
      const p4 = v128.load(at);
      const q4 = v128.load(at, 16);
      at += fromStep;
      const p5 = v128.load(at);
      const q5 = v128.load(at, 16);
      const even = v128.add<real>(p, p2);
      const even2 = v128.add<real>(q, q2);
      const odd = v128.sub<real>(p, p2);
      const odd2 = v128.sub<real>(q, q2);
      v128.store(to, v128.add<real>(v128.add<real>(v128.load(from), even), v128.add<real>(p3, p4)));
      v128.store(to, v128.add<real>(v128.add<real>(v128.load(from, 16), even2), v128.add<real>(q3, q4)), 16);
      let out = to + step;
      p = negativeMultiplyAdd(two, p4, multiplyAdd(half, p3, odd));
      q = negativeMultiplyAdd(two, q4, multiplyAdd(half, q3, odd2));
      if (m === 4) {
        const quarter = v128.splat<real>(0.25);
        const eighth = v128.splat<real>(0.125);
        const four = v128.splat<real>(4);
        const eight = v128.splat<real>(8);
        v128.store(out, p);
        v128.store(out, q, 16);
        out += step;
        v128.store(out, multiplyAdd(four, p4, multiplyAdd(quarter, p3, even)));
        v128.store(out, multiplyAdd(four, q4, multiplyAdd(quarter, q3, even2)), 16);
        out += step;
        p = negativeMultiplyAdd(eight, p4, multiplyAdd(eighth, p3, odd));
        q = negativeMultiplyAdd(eight, q4, multiplyAdd(eighth, q3, odd2));
      }
      v128.store(out, v128.add<real>(p, p5));
      v128.store(out, v128.add<real>(q, q5), 16);
      to += 32;
    }
    to = nextTo;
    from = nextFrom;
  }
}
