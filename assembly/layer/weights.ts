/** Regularisers and constraints of weights: gradients of their norms, a limit on the norms of columns; and the sum of two arrays. */

import { bytesOf, LANES, loadPart, multiplyAdd, storePart } from '../simd';

/** gradient += l1·sign(weights) + 2·l2·weights: that of l1·Σ|w| + l2·Σw². */
export function addNormGradients(gradient: usize, weights: usize, count: i32, l1: real, l2: real): void {
  const one = v128.splat<real>(l1);
  const two = v128.splat<real>(2 * l2);
  const zero = v128.splat<real>(0);
  for (let i = 0; i < count; i += LANES) {
    const left = count - i;
    const w = loadPart(weights, left, 0);
    const up = v128.and(one, v128.gt<real>(w, zero));
    const sign = v128.sub<real>(up, v128.and(one, v128.lt<real>(w, zero)));
    const g = v128.add<real>(loadPart(gradient, left, 0), sign);
    storePart(gradient, multiplyAdd(two, w, g), left);
    gradient += 16;
    weights += 16;
  }
}

/** Scales every column of weights [rows x units] whose Euclidean norm is above `limit` down to it. Sums in float64. */
export function limitNorms(weights: usize, rows: i32, units: i32, limit: f64): void {
  const step = bytesOf(units);
  for (let j = 0; j < units; j++) {
    let sum: f64 = 0;
    let p = weights + bytesOf(j);
    for (let i = 0; i < rows; i++) {
      const w = <f64>load<real>(p);
      sum += w * w;
      p += step;
    }
    const norm = Math.sqrt(sum);
    if (!(norm > limit)) continue;
    const factor = <real>(limit / norm);
    p = weights + bytesOf(j);
    for (let i = 0; i < rows; i++) {
      store<real>(p, load<real>(p) * factor);
      p += step;
    }
  }
}

/** out = a + b; `out` may be either. */
export function add(out: usize, a: usize, b: usize, count: i32): void {
  let i = 0;
  for (; i + 2 * LANES <= count; i += 2 * LANES) {
    const v = v128.add<real>(v128.load(a), v128.load(b));
    const w = v128.add<real>(v128.load(a, 16), v128.load(b, 16));
    v128.store(out, v);
    v128.store(out, w, 16);
    a += 32;
    b += 32;
    out += 32;
  }
  for (; i < count; i += LANES) {
    const left = count - i;
    storePart(out, v128.add<real>(loadPart(a, left, 0), loadPart(b, left, 0)), left);
    a += 16;
    b += 16;
    out += 16;
  }
}
