/** Matrix products, centring, the covariance and its two derivatives, in plain float64. */

import type { GemmForm } from './operations.ts';
import { Matrix } from './reference-matrix.ts';

/** `C = alpha·op(A)·op(B) + beta·C`; with beta 0, C is not read. */
export function multiply(
  form: GemmForm,
  c: Matrix,
  a: Matrix,
  b: Matrix,
  inner: number,
  alpha = 1,
  beta = 0,
): void {
  for (let i = 0; i < c.rows; i++) {
    for (let j = 0; j < c.columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        const left = form === 'TN' ? a.get(k, i) : a.get(i, k);
        const right = form === 'NT' ? b.get(j, k) : b.get(k, j);
        sum += left * right;
      }
      c.set(i, j, alpha * sum + (beta === 0 ? 0 : beta * c.get(i, j)));
    }
  }
}

/**
 * `out = x` less its column means; `out` may be `x`.
 *
 * Precision: means are taken relative to the first row, so that a constant column becomes exactly zero.
 */
export function subtractColumnMeans(out: Matrix, x: Matrix): void {
  for (let j = 0; j < x.columns; j++) {
    const first = x.get(0, j);
    let sum = 0;
    for (let s = 0; s < x.rows; s++) sum += x.get(s, j) - first;
    const mean = sum / x.rows;
    for (let s = 0; s < x.rows; s++) out.set(s, j, x.get(s, j) - first - mean);
  }
}

/** X_c: a centred copy, or `x` itself. */
export function centeredIf(centered: boolean, x: Matrix): Matrix {
  if (!centered) return x;
  const copy = new Matrix(x.rows, x.columns);
  subtractColumnMeans(copy, x);
  return copy;
}

/** `C_ij = Σ_s x_si·x_sj / divisor` of a matrix that is already centred where it should be; exactly symmetric. */
export function covarianceOf(c: Matrix, xc: Matrix, divisor: number): void {
  const m = xc.columns;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) c.set(i, j, 0);
  }
  for (let s = 0; s < xc.rows; s++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j <= i; j++) c.add(i, j, xc.get(s, i) * xc.get(s, j));
    }
  }
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) {
      const value = c.get(i, j) / divisor;
      c.set(i, j, value);
      c.set(j, i, value);
    }
  }
}

/**
 * Adjoint of the covariance: `dx += weight·X_c·(G + Gᵀ)/divisor` for G = ∂L/∂C.
 *
 * Centring needs no step of its own: X_c is orthogonal to the constants already.
 */
export function addCovarianceAdjoint(
  dx: Matrix,
  xc: Matrix,
  upstream: Matrix,
  divisor: number,
  weight = 1,
): void {
  const m = xc.columns;
  for (let s = 0; s < xc.rows; s++) {
    for (let i = 0; i < m; i++) {
      let sum = 0;
      for (let j = 0; j < m; j++) sum += xc.get(s, j) * (upstream.get(i, j) + upstream.get(j, i));
      dx.add(s, i, (weight * sum) / divisor);
    }
  }
}

/** Directional derivative of the covariance: `dC = (T_cᵀ·X_c + X_cᵀ·T_c)/divisor`. */
export function covarianceAlong(dc: Matrix, xc: Matrix, tc: Matrix, divisor: number): void {
  for (let i = 0; i < dc.rows; i++) {
    for (let j = 0; j < dc.columns; j++) {
      let sum = 0;
      for (let s = 0; s < xc.rows; s++) sum += tc.get(s, i) * xc.get(s, j) + xc.get(s, i) * tc.get(s, j);
      dc.set(i, j, sum / divisor);
    }
  }
}
