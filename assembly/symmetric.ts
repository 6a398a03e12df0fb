/**
 * Symmetric matrices in float64, whatever the precision of the build: products of rows, Cholesky factors, inverses and
 * eigenvalues. What the spectral penalties need; all matrices are order x order, row-major.
 */

import { bytesOf, LANES, multiplyAddWide, widenHigh, widenLow } from './simd';

/** m [count x count] = scale · ⟨row i, row j⟩ for `count` rows of `length` numbers. */
export function gramOfRows(m: usize, rows: usize, count: i32, length: i32, scale: f64): void {
  const step = bytesOf(length);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      const value = scale * rowDot(rows + <usize>i * step, rows + <usize>j * step, length);
      store<f64>(entry(m, count, i, j), value);
      store<f64>(entry(m, count, j, i), value);
    }
  }
}

function rowDot(a: usize, b: usize, length: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let k = 0;
  for (; k + LANES <= length; k += LANES) {
    const v = v128.load(a + bytesOf(k));
    const w = v128.load(b + bytesOf(k));
    low = multiplyAddWide(widenLow(v), widenLow(w), low);
    high = multiplyAddWide(widenHigh(v), widenHigh(w), high);
  }
  const sum = f64x2.add(low, high);
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  for (; k < length; k++) total += <f64>load<real>(a + bytesOf(k)) * <f64>load<real>(b + bytesOf(k));
  return total;
}

/** Address of an entry. */
function entry(m: usize, order: i32, i: i32, j: i32): usize {
  return m + ((<usize>i * <usize>order + <usize>j) << 3);
}

/** a += shift · I. */
export function addToDiagonal(a: usize, order: i32, shift: f64): void {
  for (let i = 0; i < order; i++) {
    const at = entry(a, order, i, i);
    store<f64>(at, load<f64>(at) + shift);
  }
}

/**
 * Replaces the lower triangle of `a` by its Cholesky factor. Returns −1, or the index of the first pivot that is not
 * positive; a NaN runs through.
 */
export function cholesky(a: usize, order: i32): i32 {
  for (let i = 0; i < order; i++) {
    const row = entry(a, order, i, 0);
    for (let j = 0; j <= i; j++) {
      const other = entry(a, order, j, 0);
      const rest = load<f64>(row + ((<usize>j) << 3)) - dot(row, other, j);
      if (j === i) {
        if (rest <= 0) return i;
        store<f64>(row + ((<usize>i) << 3), Math.sqrt(rest));
      } else {
        store<f64>(row + ((<usize>j) << 3), rest / load<f64>(other + ((<usize>j) << 3)));
      }
    }
  }
  return -1;
}

/** log of the determinant, from the Cholesky factor. */
export function logDeterminant(factor: usize, order: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < order; i++) sum += Math.log(load<f64>(entry(factor, order, i, i)));
  return 2 * sum;
}

/** inverse = (factor · factorᵀ)⁻¹; `factor` is replaced by its own inverse. */
export function invertCholesky(inverse: usize, factor: usize, order: i32): void {
  // Row i of L⁻¹ = (e_i − Σ_k<i L_ik · row k of L⁻¹)/L_ii, kept in `inverse` until all rows of L are used.
  memory.fill(inverse, 0, (<usize>order * <usize>order) << 3);
  for (let i = 0; i < order; i++) {
    const row = entry(inverse, order, i, 0);
    for (let k = 0; k < i; k++) {
      addScaled(row, entry(inverse, order, k, 0), -load<f64>(entry(factor, order, i, k)), k + 1);
    }
    store<f64>(row + ((<usize>i) << 3), 1);
    scale(row, 1.0 / load<f64>(entry(factor, order, i, i)), i + 1);
  }
  memory.copy(factor, inverse, (<usize>order * <usize>order) << 3);
  // (L·Lᵀ)⁻¹ = Σ over the rows of L⁻¹ of rowᵀ·row.
  memory.fill(inverse, 0, (<usize>order * <usize>order) << 3);
  for (let i = 0; i < order; i++) {
    const row = entry(factor, order, i, 0);
    for (let j = 0; j <= i; j++)
      addScaled(entry(inverse, order, j, 0), row, load<f64>(row + ((<usize>j) << 3)), j + 1);
  }
  for (let i = 0; i < order; i++) {
    for (let j = 0; j < i; j++)
      store<f64>(entry(inverse, order, j, i), load<f64>(entry(inverse, order, i, j)));
  }
}

/** Sweeps after which the rotations have long converged. */
const MOST_SWEEPS: i32 = 30;

/**
 * Eigenvalues on the diagonal of `a`, eigenvectors in the rows of `vectors`, by cyclic Jacobi rotations.
 *
 * Source: Golub and Van Loan, Matrix Computations, section 8.5.
 */
export function eigen(a: usize, vectors: usize, order: i32): void {
  memory.fill(vectors, 0, (<usize>order * <usize>order) << 3);
  addToDiagonal(vectors, order, 1);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let off: f64 = 0;
    let on: f64 = 0;
    for (let i = 0; i < order; i++) {
      const diagonal = load<f64>(entry(a, order, i, i));
      on += diagonal * diagonal;
      for (let j = 0; j < i; j++) {
        const value = load<f64>(entry(a, order, i, j));
        off += value * value;
      }
    }
    // Written so that NaN ends the loop too.
    if (!(off > 1e-30 * on)) return;
    for (let p = 0; p < order - 1; p++) {
      for (let q = p + 1; q < order; q++) rotate(a, vectors, order, p, q);
    }
  }
}

/** One rotation that makes a_pq zero. */
function rotate(a: usize, vectors: usize, order: i32, p: i32, q: i32): void {
  const apq = load<f64>(entry(a, order, p, q));
  if (apq === 0) return;
  const app = load<f64>(entry(a, order, p, p));
  const aqq = load<f64>(entry(a, order, q, q));
  const theta = (aqq - app) / (2 * apq);
  const t = (theta >= 0 ? 1.0 : -1.0) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1.0 / Math.sqrt(t * t + 1);
  const s = t * c;
  rotateRows(entry(a, order, p, 0), entry(a, order, q, 0), c, s, order);
  // The columns follow from symmetry, but for the 2 x 2 block in which both are turned.
  for (let k = 0; k < order; k++) {
    if (k === p || k === q) continue;
    store<f64>(entry(a, order, k, p), load<f64>(entry(a, order, p, k)));
    store<f64>(entry(a, order, k, q), load<f64>(entry(a, order, q, k)));
  }
  store<f64>(entry(a, order, p, p), app - t * apq);
  store<f64>(entry(a, order, q, q), aqq + t * apq);
  store<f64>(entry(a, order, p, q), 0);
  store<f64>(entry(a, order, q, p), 0);
  rotateRows(entry(vectors, order, p, 0), entry(vectors, order, q, 0), c, s, order);
}

/** (x, y) = (c·x − s·y, s·x + c·y). */
function rotateRows(x: usize, y: usize, c: f64, s: f64, length: i32): void {
  const cc = f64x2.splat(c);
  const ss = f64x2.splat(s);
  let k = 0;
  for (; k + 2 <= length; k += 2) {
    const u = v128.load(x);
    const v = v128.load(y);
    v128.store(x, f64x2.sub(f64x2.mul(cc, u), f64x2.mul(ss, v)));
    v128.store(y, f64x2.add(f64x2.mul(ss, u), f64x2.mul(cc, v)));
    x += 16;
    y += 16;
  }
  if (k < length) {
    const u = load<f64>(x);
    const v = load<f64>(y);
    store<f64>(x, c * u - s * v);
    store<f64>(y, s * u + c * v);
  }
}

/** m = Σ_k weight_k · vector_kᵀ·vector_k for vectors in rows; the weights are the diagonal of `weights`. */
export function recompose(m: usize, vectors: usize, weights: usize, order: i32): void {
  memory.fill(m, 0, (<usize>order * <usize>order) << 3);
  for (let k = 0; k < order; k++) {
    const row = entry(vectors, order, k, 0);
    const weight = load<f64>(entry(weights, order, k, k));
    for (let i = 0; i < order; i++)
      addScaled(entry(m, order, i, 0), row, weight * load<f64>(row + ((<usize>i) << 3)), order);
  }
}

/** Σ a·b of two float64 rows. */
function dot(a: usize, b: usize, length: i32): f64 {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let k = 0;
  for (; k + 4 <= length; k += 4) {
    s0 = multiplyAddWide(v128.load(a), v128.load(b), s0);
    s1 = multiplyAddWide(v128.load(a, 16), v128.load(b, 16), s1);
    a += 32;
    b += 32;
  }
  const sum = f64x2.add(s0, s1);
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  for (; k < length; k++) {
    total += load<f64>(a) * load<f64>(b);
    a += 8;
    b += 8;
  }
  return total;
}

/** a += factor · b for two float64 rows. */
export function addScaled(a: usize, b: usize, factor: f64, length: i32): void {
  const f = f64x2.splat(factor);
  let k = 0;
  for (; k + 2 <= length; k += 2) {
    v128.store(a, multiplyAddWide(f, v128.load(b), v128.load(a)));
    a += 16;
    b += 16;
  }
  if (k < length) store<f64>(a, load<f64>(a) + factor * load<f64>(b));
}

function scale(a: usize, factor: f64, length: i32): void {
  for (let k = 0; k < length; k++) {
    store<f64>(a, load<f64>(a) * factor);
    a += 8;
  }
}
