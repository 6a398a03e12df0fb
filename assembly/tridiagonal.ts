/**
 * From a symmetric panel matrix to a tridiagonal one, by Householder reflections from both sides.
 *
 * Source: Golub & Van Loan, Matrix Computations, section 8.3.1.
 */

import { padded, panelAt, ROW_BYTES } from './panels';
import { multiplyAddWide, sumWide } from './simd';

/**
 * A = QTQᵀ with T of `diagonal` and `beside`, Q the product of the reflections I − vvᵀ; row j of `reflections` is v of column j, with zeros
 * up to j. What a reflection leaves in the rows and columns up to j is not read again.
 */
export function tridiagonalize(
  diagonal: usize,
  beside: usize,
  reflections: usize,
  a: usize,
  order: i32,
  w: usize,
): void {
  const size = padded(order);
  const numbers = (<usize>size) << 3;
  memory.fill(reflections, 0, <usize>size * numbers);
  for (let j = 0; j < order; j++) {
    const column = panelAt(a, size, j >> 2) + ((<usize>(j & 3)) << 3);
    put(diagonal, j, load<f64>(column + <usize>j * ROW_BYTES));
    if (j + 1 === order) return;
    const x0 = load<f64>(column + <usize>(j + 1) * ROW_BYTES);
    let below: f64 = 0;
    for (let i = j + 2; i < order; i++) {
      const entry = load<f64>(column + <usize>i * ROW_BYTES);
      below += entry * entry;
    }
    put(beside, j, x0);
    if (below === 0) continue;
    const length = Math.sqrt(x0 * x0 + below);
    const target = x0 > 0 ? -length : length;
    put(beside, j, target);
    // H = I − τuuᵀ with u = x − target·e₁ and τ = 1/(length² + length·|x0|); v = sqrt(τ)·u.
    const root = 1.0 / Math.sqrt(length * (length + Math.abs(x0)));
    const v = reflections + <usize>j * numbers;
    put(v, j + 1, (x0 - target) * root);
    for (let i = j + 2; i < order; i++) put(v, i, load<f64>(column + <usize>i * ROW_BYTES) * root);
    reflectBothSides(a, v, w, (j + 1) & ~3, size);
  }
}

/** A = HAH for H = I − vvᵀ: with w = Av − ½(vᵀAv)·v, A −= vwᵀ + wvᵀ. Rows and columns before `first` are left out. */
function reflectBothSides(a: usize, v: usize, w: usize, first: i32, size: i32): void {
  let along: f64 = 0;
  for (let j = first; j < size; j += 4) {
    const offset = (<usize>j) << 3;
    columnsTimes(w + offset, panelAt(a, size, j >> 2), v, first, size);
    const left = f64x2.mul(v128.load(w + offset), v128.load(v + offset));
    along += sumWide(multiplyAddWide(v128.load(w + offset, 16), v128.load(v + offset, 16), left));
  }
  const half = f64x2.splat(-0.5 * along);
  for (let j = first; j < size; j += 2) {
    const offset = (<usize>j) << 3;
    v128.store(w + offset, multiplyAddWide(half, v128.load(v + offset), v128.load(w + offset)));
  }
  for (let j = first; j < size; j += 4) {
    const offset = (<usize>j) << 3;
    const v0 = f64x2.neg(v128.load(v + offset));
    const v1 = f64x2.neg(v128.load(v + offset, 16));
    const w0 = f64x2.neg(v128.load(w + offset));
    const w1 = f64x2.neg(v128.load(w + offset, 16));
    let entry = panelAt(a, size, j >> 2) + <usize>first * ROW_BYTES;
    for (let i = first; i < size; i++) {
      const vi = v128.load64_splat(v + ((<usize>i) << 3));
      const wi = v128.load64_splat(w + ((<usize>i) << 3));
      v128.store(entry, multiplyAddWide(wi, v0, multiplyAddWide(vi, w0, v128.load(entry))));
      v128.store(entry, multiplyAddWide(wi, v1, multiplyAddWide(vi, w1, v128.load(entry, 16))), 16);
      entry += ROW_BYTES;
    }
  }
}

/** out [4] = panelᵀ·v over the rows from `first` on, in four sums of every fourth row. */
function columnsTimes(out: usize, panel: usize, v: usize, first: i32, size: i32): void {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let t0 = s0;
  let t1 = s0;
  let t2 = s0;
  let t3 = s0;
  let entry = panel + <usize>first * ROW_BYTES;
  let factor = v + ((<usize>first) << 3);
  for (let i = first; i < size; i += 4) {
    let f = v128.load64_splat(factor);
    s0 = multiplyAddWide(f, v128.load(entry), s0);
    t0 = multiplyAddWide(f, v128.load(entry, 16), t0);
    f = v128.load64_splat(factor, 8);
    s1 = multiplyAddWide(f, v128.load(entry, 32), s1);
    t1 = multiplyAddWide(f, v128.load(entry, 48), t1);
    f = v128.load64_splat(factor, 16);
    s2 = multiplyAddWide(f, v128.load(entry, 64), s2);
    t2 = multiplyAddWide(f, v128.load(entry, 80), t2);
    f = v128.load64_splat(factor, 24);
    s3 = multiplyAddWide(f, v128.load(entry, 96), s3);
    t3 = multiplyAddWide(f, v128.load(entry, 112), t3);
    entry += 4 * ROW_BYTES;
    factor += 32;
  }
  v128.store(out, f64x2.add(f64x2.add(s0, s2), f64x2.add(s1, s3)));
  v128.store(out, f64x2.add(f64x2.add(t0, t2), f64x2.add(t1, t3)), 16);
}

/** vectors = Qᵀ: every reflection on one panel of the identity after the other. */
export function reflectIdentity(vectors: usize, reflections: usize, order: i32): void {
  const size = padded(order);
  memory.fill(vectors, 0, <usize>size * <usize>size * 8);
  for (let j = 0; j < size; j += 4) {
    const panel = panelAt(vectors, size, j >> 2);
    for (let k = j; k < j + 4; k++) store<f64>(panel + <usize>k * ROW_BYTES + ((<usize>(k & 3)) << 3), 1);
    for (let k = 0; k < order - 2; k++) {
      const v = reflections + <usize>k * ((<usize>size) << 3);
      reflectPanel(panel, v, (k + 1) & ~3, size);
    }
  }
}

/** panel −= v·(vᵀ·panel), rows before `first` left out. */
function reflectPanel(panel: usize, v: usize, first: i32, size: i32): void {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let t0 = s0;
  let t1 = s0;
  let entry = panel + <usize>first * ROW_BYTES;
  for (let i = first; i < size; i += 2) {
    let f = v128.load64_splat(v + ((<usize>i) << 3));
    s0 = multiplyAddWide(f, v128.load(entry), s0);
    t0 = multiplyAddWide(f, v128.load(entry, 16), t0);
    f = v128.load64_splat(v + ((<usize>i) << 3), 8);
    s1 = multiplyAddWide(f, v128.load(entry, 32), s1);
    t1 = multiplyAddWide(f, v128.load(entry, 48), t1);
    entry += 2 * ROW_BYTES;
  }
  s0 = f64x2.neg(f64x2.add(s0, s1));
  t0 = f64x2.neg(f64x2.add(t0, t1));
  entry = panel + <usize>first * ROW_BYTES;
  for (let i = first; i < size; i++) {
    const f = v128.load64_splat(v + ((<usize>i) << 3));
    v128.store(entry, multiplyAddWide(f, s0, v128.load(entry)));
    v128.store(entry, multiplyAddWide(f, t0, v128.load(entry, 16)), 16);
    entry += ROW_BYTES;
  }
}

/** Number `i` of a row of float64. */
export function at(numbers: usize, i: i32): f64 {
  return load<f64>(numbers + ((<usize>i) << 3));
}

export function put(numbers: usize, i: i32, value: f64): void {
  store<f64>(numbers + ((<usize>i) << 3), value);
}
