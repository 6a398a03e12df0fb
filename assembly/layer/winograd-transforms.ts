/**
 * The one-dimensional transforms of Winograd's algorithm for n = 4 and n = 6 points: 0, 1, −1, ∞ and 0, 1, −1, ½, −2, ∞.
 *
 * m outputs of a correlation with k weights, n = m + k − 1, are y = Aᵀ[(G·g) ⊙ (Bᵀ·d)]. Each function transforms `count` columns of
 * vectors: entry i of a column lies i steps (bytes) behind the first one. Counts are rounded up to whole vectors.
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
    for (; from < end; from += 16) {
      const d2 = v128.load(from + 2 * fromStep);
      const d3 = v128.load(from + 3 * fromStep);
      const s = v128.sub<real>(v128.load(from + 4 * fromStep), d2);
      const t = v128.sub<real>(d3, v128.load(from + fromStep));
      v128.store(to, multiplyAdd(threeHalves, t, v128.add<real>(v128.sub<real>(v128.load(from), d2), s)));
      v128.store(to + step, multiplyAdd(threeHalves, v128.add<real>(d3, d2), v128.add<real>(s, t)));
      v128.store(to + 2 * step, multiplyAdd(threeHalves, v128.sub<real>(d3, d2), v128.sub<real>(s, t)));
      v128.store(to + 3 * step, multiplyAdd(two, t, s));
      v128.store(to + 4 * step, negativeMultiplyAdd(half, t, s));
      v128.store(
        to + 5 * step,
        multiplyAdd(threeHalves, s, v128.sub<real>(v128.sub<real>(v128.load(from + 5 * fromStep), d3), t)),
      );
      to += 16;
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
    for (; from < end; from += 16) {
      const d0 = v128.load(from);
      const d1 = v128.load(from + fromStep);
      let even = d0;
      let odd = d1;
      let inHalf = multiplyAdd(half, d1, d0);
      let inTwo = negativeMultiplyAdd(two, d1, d0);
      let last = d1;
      if (m === 4) {
        const d2 = v128.load(from + 2 * fromStep);
        last = v128.load(from + 3 * fromStep);
        even = v128.add<real>(d0, d2);
        odd = v128.add<real>(d1, last);
        inHalf = multiplyAdd(v128.splat<real>(0.125), last, multiplyAdd(v128.splat<real>(0.25), d2, inHalf));
        inTwo = negativeMultiplyAdd(v128.splat<real>(8), last, multiplyAdd(v128.splat<real>(4), d2, inTwo));
      }
      v128.store(to, d0);
      v128.store(to + step, v128.add<real>(even, odd));
      v128.store(to + 2 * step, v128.sub<real>(even, odd));
      v128.store(to + 3 * step, inHalf);
      v128.store(to + 4 * step, inTwo);
      v128.store(to + 5 * step, last);
      to += 16;
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
    for (; from < end; from += 16) {
      const p1 = v128.load(from + fromStep);
      const p2 = v128.load(from + 2 * fromStep);
      const p3 = v128.load(from + 3 * fromStep);
      const p4 = v128.load(from + 4 * fromStep);
      const p5 = v128.load(from + 5 * fromStep);
      const even = v128.add<real>(p1, p2);
      const odd = v128.sub<real>(p1, p2);
      v128.store(to, v128.add<real>(v128.add<real>(v128.load(from), even), v128.add<real>(p3, p4)));
      const second = negativeMultiplyAdd(two, p4, multiplyAdd(half, p3, odd));
      if (m === 4) {
        v128.store(to + step, second);
        v128.store(
          to + 2 * step,
          multiplyAdd(v128.splat<real>(4), p4, multiplyAdd(v128.splat<real>(0.25), p3, even)),
        );
        const fourth = negativeMultiplyAdd(
          v128.splat<real>(8),
          p4,
          multiplyAdd(v128.splat<real>(0.125), p3, odd),
        );
        v128.store(to + 3 * step, v128.add<real>(fourth, p5));
      } else v128.store(to + step, v128.add<real>(second, p5));
      to += 16;
    }
    to = nextTo;
    from = nextFrom;
  }
}
