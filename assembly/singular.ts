/**
 * Ridge-regularised inverses and determinants by singular values, where the eigenvalues of S = scale·AᵀA + shift·I lie so far apart that
 * rounding hides the small ones: with A = UΣVᵀ nothing is subtracted from anything. Rotations from one side make the columns of A orthogonal;
 * entry by entry, so many times slower than a Cholesky factor: only for matrices that {@link factorize} of cholesky.ts gives up.
 *
 * Source: Golub & Van Loan, Matrix Computations, section 8.6.3 (one-sided Jacobi); Demmel & Veselić, "Jacobi's method is more accurate than QR",
 * 1992.
 */

import { panelAt, ROW_BYTES } from './panels';

/** Cosine between two columns that counts as 0. */
const ORTHOGONAL: f64 = 4e-16;
/** About ten are enough. */
const MOST_SWEEPS: i32 = 40;
/** A singular value below this share of the largest one, times the order, is rounding of 0. */
const ROUNDING: f64 = 1e-15;
/** Largest error by rounding, relative to what it is an error of: beyond it fewer than four digits would be right. */
const LARGEST_DOUBT: f64 = 1e-4;

/**
 * Replaces the panel matrix a [rows x order] by A·V, and `turns` [order x order] by Vᵀ; `factors` [order, float64] = 1/(scale·σ² + shift), 0 where
 * σ is 0. Returns Σ log(scale·σ² + shift) over the first `count` columns, the others being 0; NaN where what rounding leaves of the small σ is
 * no longer small beside `shift`: the first of the factors is the largest scale·σ²/shift then.
 */
export function factorizeSingular(
  turns: usize,
  factors: usize,
  a: usize,
  rows: i32,
  order: i32,
  count: i32,
  scale: f64,
  shift: f64,
): f64 {
  memory.fill(turns, 0, <usize>order * <usize>order * 8);
  for (let j = 0; j < order; j++) {
    store<f64>(panelAt(turns, order, j >> 2) + <usize>j * ROW_BYTES + ((<usize>(j & 3)) << 3), 1);
  }
  const share = ROUNDING * <f64>order;
  let largest: f64 = 0;
  for (let j = 0; j < count; j++)
    largest = max(largest, dot(columnAt(a, rows, j), columnAt(a, rows, j), rows));
  // The largest column is at most the largest singular value, and not much less.
  let floor = share * share * largest;
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let turned = false;
    for (let p = 0; p < count - 1; p++) {
      for (let q = p + 1; q < count; q++) {
        if (turnColumns(a, turns, rows, order, p, q, floor)) turned = true;
      }
    }
    if (!turned) break;
  }
  largest = 0;
  for (let j = 0; j < count; j++)
    largest = max(largest, dot(columnAt(a, rows, j), columnAt(a, rows, j), rows));
  floor = share * share * largest;
  // What rounding may be of a singular value, and the largest σ/(σ² + shift), to which the errors 1/shift times as large are compared.
  const doubt = Math.sqrt(scale * floor);
  let steepest: f64 = 0;
  let hasZero = false;
  let hasSmall = false;
  let sum: f64 = 0;
  for (let j = 0; j < order; j++) {
    const square = j < count ? dot(columnAt(a, rows, j), columnAt(a, rows, j), rows) : 0;
    const isZero = !(square > floor);
    const value = (isZero ? 0 : scale * square) + shift;
    if (j < count) {
      sum += Math.log(value);
      if (isZero) hasZero = true;
      else if (scale * square < shift) hasSmall = true;
    }
    steepest = max(steepest, Math.sqrt(scale * square) / value);
    store<f64>(factors + ((<usize>j) << 3), isZero ? 0 : 1.0 / value);
  }
  const isDoubtful =
    (hasZero && doubt * doubt > LARGEST_DOUBT * shift) ||
    (hasSmall && doubt > LARGEST_DOUBT * shift * steepest);
  if (!isDoubtful) return sum;
  store<f64>(factors, (scale * largest) / shift);
  return NaN;
}

/** b [order x columns] = diag(factors)·b. */
export function scaleRows(b: usize, factors: usize, order: i32, columns: i32): void {
  for (let j = 0; j < columns; j += 4) {
    let row = panelAt(b, order, j >> 2);
    for (let i = 0; i < order; i++) {
      const factor = v128.load64_splat(factors + ((<usize>i) << 3));
      v128.store(row, f64x2.mul(v128.load(row), factor));
      v128.store(row, f64x2.mul(v128.load(row, 16), factor), 16);
      row += ROW_BYTES;
    }
  }
}

function columnAt(a: usize, rows: i32, j: i32): usize {
  return panelAt(a, rows, j >> 2) + ((<usize>(j & 3)) << 3);
}

/** ⟨p, q⟩ of two columns of panels. */
function dot(p: usize, q: usize, rows: i32): f64 {
  let sum: f64 = 0;
  const size = <usize>rows * ROW_BYTES;
  for (let at: usize = 0; at < size; at += ROW_BYTES) sum += load<f64>(p + at) * load<f64>(q + at);
  return sum;
}

/** Makes the columns p and q orthogonal; false where they were, or one of them is nothing but rounding. */
function turnColumns(a: usize, turns: usize, rows: i32, order: i32, p: i32, q: i32, floor: f64): bool {
  const left = columnAt(a, rows, p);
  const right = columnAt(a, rows, q);
  const own = dot(left, left, rows);
  const other = dot(right, right, rows);
  if (!(own > floor && other > floor)) return false;
  const between = dot(left, right, rows);
  if (!(Math.abs(between) > ORTHOGONAL * Math.sqrt(own) * Math.sqrt(other))) return false;
  const half = (other - own) / (2.0 * between);
  const tangent = (half < 0 ? -1.0 : 1.0) / (Math.abs(half) + Math.sqrt(1.0 + half * half));
  const cosine = 1.0 / Math.sqrt(1.0 + tangent * tangent);
  const sine = cosine * tangent;
  for (let i = 0; i < rows; i++)
    turnPair(left + <usize>i * ROW_BYTES, right + <usize>i * ROW_BYTES, cosine, sine);
  for (let k = 0; k < order; k++) {
    const column = columnAt(turns, order, k);
    turnPair(column + <usize>p * ROW_BYTES, column + <usize>q * ROW_BYTES, cosine, sine);
  }
  return true;
}

function turnPair(left: usize, right: usize, cosine: f64, sine: f64): void {
  const x = load<f64>(left);
  const y = load<f64>(right);
  store<f64>(left, cosine * x - sine * y);
  store<f64>(right, sine * x + cosine * y);
}
