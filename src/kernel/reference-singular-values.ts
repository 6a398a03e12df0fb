/** Singular values and vectors of a matrix, in plain float64. */

import { illConditioned } from './arguments.ts';
import { Matrix } from './reference-matrix.ts';

/** A = UΣVᵀ as the product A·V = UΣ, whose columns are orthogonal. */
export interface SingularVectors {
  /** σ of each column; 0 where it is nothing but rounding. */
  readonly values: readonly number[];
  /** A·V. */
  readonly turned: Matrix;
  /** V. */
  readonly vectors: Matrix;
}

/** Cosine between two columns that counts as 0. */
const ORTHOGONAL = 4e-16;
/** Ten or so are enough. */
const MOST_SWEEPS = 40;
/** A singular value below this share of the largest one, times the number of columns, is rounding of 0. */
const ROUNDING = 1e-15;
/** Largest error by rounding, relative to what it is an error of: beyond it fewer than four digits would be right. */
const LARGEST_DOUBT = 1e-4;

/**
 * The singular values and right singular vectors of `a`, in no particular order, by one-sided rotations: nothing is squared, so that small
 * singular values keep their digits beside large ones.
 *
 * Source: Golub & Van Loan, Matrix Computations, section 8.6.3; Demmel & Veselić, "Jacobi's method is more accurate than QR", 1992.
 */
export function singularVectors(a: Matrix): SingularVectors {
  const order = a.columns;
  const turned = Array.from({ length: order }, (_, j) =>
    Float64Array.from({ length: a.rows }, (_, s) => a.get(s, j)),
  );
  const vectors = Array.from({ length: order }, (_, j) => new Float64Array(order).fill(1, j, j + 1));
  const norms = turned.map((column) => Math.sqrt(product(column, column)));
  const floor = ROUNDING * order * Math.max(...norms);
  let moved = true;
  for (let sweep = 0; moved && sweep < MOST_SWEEPS; sweep++) {
    moved = false;
    for (let p = 0; p < order; p++) {
      for (let q = p + 1; q < order; q++) {
        const [own, other] = [norms[p]!, norms[q]!];
        if (!(own > floor && other > floor)) continue;
        const between = product(turned[p]!, turned[q]!);
        if (!(Math.abs(between) > ORTHOGONAL * own * other)) continue;
        const cotangent = ((other - own) * (other + own)) / (2 * between);
        turn(turned[p]!, turned[q]!, cotangent);
        turn(vectors[p]!, vectors[q]!, cotangent);
        for (const j of [p, q]) norms[j] = Math.sqrt(product(turned[j]!, turned[j]!));
        moved = true;
      }
    }
  }
  const smallest = ROUNDING * order * Math.max(...norms);
  return {
    values: norms.map((norm) => (norm > smallest ? norm : 0)),
    turned: fromColumns(a.rows, turned),
    vectors: fromColumns(order, vectors),
  };
}

/** Two columns turned by the angle whose double has this cotangent. */
function turn(left: Float64Array, right: Float64Array, cotangent: number): void {
  const tangent = (cotangent < 0 ? -1 : 1) / (Math.abs(cotangent) + Math.sqrt(1 + cotangent * cotangent));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = tangent * cosine;
  for (let k = 0; k < left.length; k++) {
    const [x, y] = [left[k]!, right[k]!];
    left[k] = cosine * x - sine * y;
    right[k] = sine * x + cosine * y;
  }
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let s = 0; s < a.length; s++) sum += a[s]! * b[s]!;
  return sum;
}

function fromColumns(rows: number, columns: readonly Float64Array[]): Matrix {
  const matrix = new Matrix(rows, columns.length);
  columns.forEach((column, j) => {
    for (let s = 0; s < rows; s++) matrix.set(s, j, column[s]!);
  });
  return matrix;
}

/**
 * Refuses singular values, of X_c/sqrt(ν), among which rounding hides what a ridge is added to.
 *
 * Errors: a KernelError where the small σ² are no longer known to four digits of the ridge, or σ/(σ² + ridge) to four digits of the largest.
 */
export function checkCondition(id: string, values: readonly number[], ridge: number): void {
  const largest = Math.max(...values);
  const doubt = ROUNDING * values.length * largest;
  const steepest = Math.max(...values.map((value) => value / (value * value + ridge)));
  const isDoubtful =
    (values.includes(0) && doubt * doubt > LARGEST_DOUBT * ridge) ||
    (values.some((value) => value > 0 && value * value < ridge) && doubt > LARGEST_DOUBT * ridge * steepest);
  if (isDoubtful) throw illConditioned(id, (largest * largest) / ridge);
}
