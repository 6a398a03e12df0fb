/** Cholesky factors and eigenvectors of a symmetric matrix, in plain float64. */

import { illConditioned } from './arguments.ts';
import { multiply } from './reference-covariance.ts';
import { Matrix, squareMatrix } from './reference-matrix.ts';

/**
 * log det S and S⁻¹ of a positive definite S = L·Lᵀ: `log det S = 2·Σ log L_ii`, `S⁻¹ = L⁻ᵀ·L⁻¹`.
 *
 * Errors: a KernelError where a pivot has fewer than four digits left. A NaN in S is no error: it is in the results as well.
 */
export function invertPositiveDefinite(id: string, s: Matrix): { logDet: number; inverse: Matrix } {
  const order = s.rows;
  const lower = cholesky(id, s);
  let logDet = 0;
  for (let i = 0; i < order; i++) logDet += 2 * Math.log(lower.get(i, i));
  // L·L⁻¹ = I, one row of L⁻¹ after the other.
  const lowerInverse = new Matrix(order, order);
  for (let i = 0; i < order; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum -= lower.get(i, k) * lowerInverse.get(k, j);
      lowerInverse.set(i, j, sum / lower.get(i, i));
    }
  }
  const inverse = new Matrix(order, order);
  multiply('TN', inverse, lowerInverse, lowerInverse, order);
  return { logDet, inverse };
}

/** Least share of its diagonal entry that a pivot must keep: it holds the rounding of the whole. */
const LEAST_SHARE = 4e-12;

function cholesky(id: string, s: Matrix): Matrix {
  const lower = new Matrix(s.rows, s.rows);
  for (let i = 0; i < s.rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = s.get(i, j);
      for (let k = 0; k < j; k++) sum -= lower.get(i, k) * lower.get(j, k);
      const whole = s.get(i, i);
      if (i === j && Number.isFinite(sum) && !(sum > LEAST_SHARE * whole)) {
        throw illConditioned(id, whole / Math.max(sum, 0));
      }
      lower.set(i, j, i === j ? Math.sqrt(sum) : sum / lower.get(j, j));
    }
  }
  return lower;
}

/** Entries below this share of the largest one count as zero: far below the rounding of the eigenvalues. */
const NEGLIGIBLE = 1e-20;
/** Ten or so are enough. */
const MOST_SWEEPS = 30;

/**
 * Eigenvalues and eigenvectors (the columns of `vectors`) of a symmetric matrix, in no particular order, by Jacobi's
 * method: turn pairs of axes until nothing is left off the diagonal.
 *
 * Precision: errors of the eigenvalues about 1e-16 of the largest one.
 * Source: Golub & Van Loan, Matrix Computations, section 8.5.
 */
export function eigenvectors(symmetric: Matrix): { values: number[]; vectors: Matrix } {
  const order = symmetric.rows;
  const a = squareMatrix(order, (i, j) => symmetric.get(i, j));
  const vectors = squareMatrix(order, (i, j) => (i === j ? 1 : 0));
  const largest = a.values.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
  let turned = true;
  for (let sweep = 0; turned && sweep < MOST_SWEEPS; sweep++) {
    turned = false;
    for (let p = 0; p < order; p++) {
      for (let q = p + 1; q < order; q++) {
        if (!(Math.abs(a.get(p, q)) > NEGLIGIBLE * largest)) continue;
        turnAxes(a, vectors, p, q);
        turned = true;
      }
    }
  }
  return { values: Array.from({ length: order }, (_, i) => a.get(i, i)), vectors };
}

/** The rotation of axes p and q that makes `a_pq` zero: `a` becomes JᵀaJ, `vectors` becomes vectors·J. */
function turnAxes(a: Matrix, vectors: Matrix, p: number, q: number): void {
  const cotangent = (a.get(q, q) - a.get(p, p)) / (2 * a.get(p, q));
  const tangent = (cotangent < 0 ? -1 : 1) / (Math.abs(cotangent) + Math.hypot(cotangent, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  for (const matrix of [a, vectors]) {
    for (let k = 0; k < a.rows; k++) {
      const [left, right] = [matrix.get(k, p), matrix.get(k, q)];
      matrix.set(k, p, cosine * left - sine * right);
      matrix.set(k, q, sine * left + cosine * right);
    }
  }
  for (let k = 0; k < a.rows; k++) {
    const [upper, lower] = [a.get(p, k), a.get(q, k)];
    a.set(p, k, cosine * upper - sine * lower);
    a.set(q, k, sine * upper + cosine * lower);
  }
  a.set(p, q, 0);
  a.set(q, p, 0);
}
