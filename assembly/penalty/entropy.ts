/**
 * `von-neumann-entropy`: f = Σ q log q of the eigenvalues λ + ε of C + εI over their sum t.
 *
 * ∂f/∂C = (log(C + εI) − (log t + f)·I)/t, a function of C: it has the eigenvectors of C.
 */

import { eigenScratch, eigenvectors } from '../eigen';
import { padded, panelAt, panelBytes, ROW_BYTES, symmetricProduct } from '../panels';

/** Bytes of scratch: the eigenvectors, their multiples, the eigenvalues. */
export function entropyScratch(order: i32): i64 {
  return panelBytes(order, order) + panelBytes(order, 1) + eigenScratch(order);
}

/** Returns f, and replaces the panel matrix `a` by ∂f/∂C. `missing` eigenvalues of C are 0 and not in `a`. */
export function entropy(a: usize, order: i32, missing: f64, epsilon: f64, scratch: usize): f64 {
  const size = padded(order);
  const values = scratch;
  const vectors = values + ((<usize>size) << 3);
  // The reflections are not needed any more when the multiples are made.
  const multiples = vectors + <usize>size * <usize>size * 8;
  eigenvectors(values, vectors, a, order, multiples);
  let trace = missing * epsilon;
  let largest: f64 = 0;
  for (let i = 0; i < order; i++) {
    const at = values + ((<usize>i) << 3);
    // Rounding can leave an eigenvalue just below zero; a NaN stays.
    const value = load<f64>(at);
    const lambda = value < 0 ? 0 : value;
    store<f64>(at, lambda);
    largest = max(largest, lambda);
    trace += lambda + epsilon;
  }
  let sum = missing > 0 ? missing * (epsilon / trace) * Math.log(epsilon / trace) : 0;
  let growth: f64 = 0;
  for (let i = 0; i < order; i++) {
    const lambda = load<f64>(values + ((<usize>i) << 3));
    const q = (lambda + epsilon) / trace;
    sum += q * Math.log(q);
    growth += q * Math.log1p(lambda / epsilon);
  }
  // Beside a larger ε all logarithms are nearly equal: what they differ is Σ q·log(1 + λ/ε), without log(ε/t) in it.
  const isSmall = largest < epsilon;
  for (let i = 0; i < size; i++) {
    let slope: f64 = 0;
    if (i < order) {
      const lambda = load<f64>(values + ((<usize>i) << 3));
      const above = isSmall
        ? Math.log1p(lambda / epsilon) - growth
        : Math.log((lambda + epsilon) / trace) - sum;
      slope = above / trace;
    }
    const factor = f64x2.splat(slope);
    for (let j = 0; j < size; j += 4) {
      const offset = panelAt(0, size, j >> 2) + <usize>i * ROW_BYTES;
      v128.store(multiples + offset, f64x2.mul(factor, v128.load(vectors + offset)));
      v128.store(multiples + offset, f64x2.mul(factor, v128.load(vectors + offset, 16)), 16);
    }
  }
  symmetricProduct(a, vectors, multiples, size, size, 1);
  return sum;
}
