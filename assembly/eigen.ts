/**
 * Eigenvalues and eigenvectors of a symmetric panel matrix: Householder reflections make it tridiagonal, and implicit QR steps
 * make that diagonal. All in float64; errors of the eigenvalues are about 1e-15 of the largest one.
 *
 * Source: Golub & Van Loan, Matrix Computations, section 8.3.3 (QR steps with Wilkinson's shift).
 */

import { padded, panelAt, ROW_BYTES } from './panels';
import { multiplyAddWide } from './simd';
import { at, put, reflectIdentity, tridiagonalize } from './tridiagonal';

/** An entry beside the diagonal counts as 0 below this share of its neighbours, or of the largest one. */
const NEGLIGIBLE: f64 = 1.1e-16;
const NEGLIGIBLE_OF_ALL: f64 = 1e-18;
/** About two are enough. */
const MOST_STEPS_EACH: i32 = 30;

/** Bytes of scratch for {@link eigenvectors}: as many reflections, and four numbers, as there are rows. */
export function eigenScratch(order: i32): i64 {
  const size = (<i64>order + 3) & ~3;
  return min(size * size, (<i64>1) << 40) * 8 + 4 * size * 8;
}

/**
 * values [order, float64] = the eigenvalues of `a`, row i of `vectors` = the eigenvector of the i-th; both matrices are [order x order].
 * `a` is overwritten. Where `order` is not a multiple of four, the rows of `vectors` past it are of no use.
 */
export function eigenvectors(values: usize, vectors: usize, a: usize, order: i32, scratch: usize): void {
  const size = padded(order);
  const numbers = (<usize>size) << 3;
  const reflections = scratch;
  const beside = reflections + <usize>size * numbers;
  const cosines = beside + numbers;
  const sines = cosines + numbers;
  tridiagonalize(values, beside, reflections, a, order, sines + numbers);
  reflectIdentity(vectors, reflections, order);
  let largest: f64 = 0;
  for (let i = 0; i < order; i++) largest = max(largest, Math.abs(at(values, i)));
  for (let i = 0; i < order - 1; i++) largest = max(largest, Math.abs(at(beside, i)));
  const floor = NEGLIGIBLE_OF_ALL * largest;
  // Without a finite matrix there is nothing to find; what is not finite is in `values` already.
  let last = Number.isFinite(largest) ? order - 1 : 0;
  for (let steps = MOST_STEPS_EACH * order; last > 0 && steps > 0; steps--) {
    if (isNegligible(values, beside, last - 1, floor)) {
      last--;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !isNegligible(values, beside, first - 1, floor)) first--;
    stepQr(values, beside, cosines, sines, first, last);
    rotateRows(vectors, cosines, sines, first, last, size);
  }
}

function isNegligible(values: usize, beside: usize, i: i32, floor: f64): bool {
  const b = Math.abs(at(beside, i));
  return b <= floor || b <= NEGLIGIBLE * (Math.abs(at(values, i)) + Math.abs(at(values, i + 1)));
}

/** One QR step on the rows `first` to `last` of the tridiagonal matrix; rotation k turns the rows k and k + 1. */
function stepQr(d: usize, b: usize, cosines: usize, sines: usize, first: i32, last: i32): void {
  const half = 0.5 * (at(d, last - 1) - at(d, last));
  const corner = at(b, last - 1);
  const root = Math.sqrt(half * half + corner * corner);
  const shift = at(d, last) - (corner / (half + (half < 0 ? -root : root))) * corner;
  let x = at(d, first) - shift;
  let bulge = at(b, first);
  for (let k = first; k < last; k++) {
    const length = Math.sqrt(x * x + bulge * bulge);
    const c = length === 0 ? 1.0 : x / length;
    const s = length === 0 ? 0.0 : bulge / length;
    if (k > first) put(b, k - 1, length);
    const upper = at(d, k);
    const between = at(b, k);
    const lower = at(d, k + 1);
    const q = s * (lower - upper) + 2.0 * c * between;
    put(d, k, upper + s * q);
    put(d, k + 1, lower - s * q);
    x = c * q - between;
    put(b, k, x);
    if (k + 1 < last) {
      bulge = s * at(b, k + 1);
      put(b, k + 1, c * at(b, k + 1));
    }
    put(cosines, k, c);
    put(sines, k, s);
  }
}

/** The rotations of one step, from the first row to the last, on each panel. */
function rotateRows(vectors: usize, cosines: usize, sines: usize, first: i32, last: i32, size: i32): void {
  for (let j = 0; j < size; j += 4) {
    let row = panelAt(vectors, size, j >> 2) + <usize>first * ROW_BYTES;
    let x0 = v128.load(row);
    let x1 = v128.load(row, 16);
    for (let k = first; k < last; k++) {
      const c = v128.load64_splat(cosines + ((<usize>k) << 3));
      const s = v128.load64_splat(sines + ((<usize>k) << 3));
      const y0 = v128.load(row, 32);
      const y1 = v128.load(row, 48);
      v128.store(row, multiplyAddWide(c, x0, f64x2.mul(s, y0)));
      v128.store(row, multiplyAddWide(c, x1, f64x2.mul(s, y1)), 16);
      x0 = f64x2.sub(f64x2.mul(c, y0), f64x2.mul(s, x0));
      x1 = f64x2.sub(f64x2.mul(c, y1), f64x2.mul(s, x1));
      row += ROW_BYTES;
    }
    v128.store(row, x0);
    v128.store(row, x1, 16);
  }
}
