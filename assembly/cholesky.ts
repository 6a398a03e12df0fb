/**
 * The Cholesky factor of a positive definite panel matrix, S = RᵀR with R upper triangular, and S⁻¹ times another matrix.
 *
 * Column by column, the entries of R above the diagonal solve RᵀY = S: factorising and solving share one substitution, and
 * everything but the triangles on the diagonal goes through {@link addTile}.
 * Source: Golub & Van Loan, Matrix Computations, section 4.2.
 */

import { addTile, mirrorUpper, panelAt, ROW_BYTES, TILE_BYTES } from './panels';
import { multiplyAddWide } from './simd';

/**
 * Least share of its diagonal entry that a pivot must keep. A pivot is what subtractions leave of that entry, with the rounding of the whole:
 * below this share fewer than nine digits of it are right, and of the inverse as well.
 */
const LEAST_SHARE: f64 = 1e-6;

/**
 * Replaces `s` [order x order] by R above and Rᵀ below the diagonal; `inverses` [order, float64] = 1/R_ii, `floors` [order, float64] is room.
 * Returns −1, or the index of the first pivot that keeps less than {@link LEAST_SHARE} of its entry (then `s` is of no use).
 */
export function factorize(s: usize, inverses: usize, floors: usize, order: i32): i32 {
  for (let i = 0; i < order; i++) {
    const entry = panelAt(s, order, i >> 2) + <usize>i * ROW_BYTES + ((<usize>(i & 3)) << 3);
    store<f64>(floors + ((<usize>i) << 3), LEAST_SHARE * load<f64>(entry));
  }
  for (let j = 0; j < order; j += 4) {
    const panel = panelAt(s, order, j >> 2);
    substituteForward(panel, s, inverses, order, j);
    const tile = panel + <usize>j * ROW_BYTES;
    addTile(tile, panel, panel, j, -1);
    const pivot = factorizeTile(tile, inverses + ((<usize>j) << 3), floors + ((<usize>j) << 3));
    if (pivot >= 0) return j + pivot;
  }
  mirrorUpper(s, order);
  return -1;
}

/** log det S from the inverse pivots. */
export function logDeterminant(inverses: usize, order: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < order; i++) sum += Math.log(load<f64>(inverses + ((<usize>i) << 3)));
  return -2 * sum;
}

/** b [order x columns] = S⁻¹·b for a factorised S. */
export function solve(b: usize, factor: usize, inverses: usize, order: i32, columns: i32): void {
  for (let j = 0; j < columns; j += 4) {
    const panel = panelAt(b, order, j >> 2);
    substituteForward(panel, factor, inverses, order, order);
    substituteBackward(panel, factor, inverses, order);
  }
}

/** The first `rows` rows of one panel = R⁻ᵀ times them. */
function substituteForward(panel: usize, factor: usize, inverses: usize, order: i32, rows: i32): void {
  for (let i = 0; i < rows; i += 4) {
    const tile = panel + <usize>i * ROW_BYTES;
    const known = panelAt(factor, order, i >> 2);
    addTile(tile, known, panel, i, -1);
    substituteTile(tile, known + <usize>i * ROW_BYTES, inverses + ((<usize>i) << 3), 8);
  }
}

/** One panel = R⁻¹ times it: from the last rows up, with the panels of Rᵀ below the diagonal. */
function substituteBackward(panel: usize, factor: usize, inverses: usize, order: i32): void {
  for (let i = order - 4; i >= 0; i -= 4) {
    const tile = panel + <usize>i * ROW_BYTES;
    const diagonal = panelAt(factor, order, i >> 2) + <usize>i * ROW_BYTES;
    addTile(tile, diagonal + TILE_BYTES, tile + TILE_BYTES, order - 4 - i, -1);
    // The same triangle from its other corner.
    substituteTile(tile + 96, diagonal + 120, inverses + ((<usize>i) << 3) + 24, -8);
  }
}

/**
 * The four rows of a tile, one after the other: row r = (row r − Σ_{q<r} T_qr · row q)/T_rr for a symmetric triangle T whose diagonal
 * comes inverted. `step` is 8 to go from the first row to the last, −8 (and pointers to the last entries) for the other way.
 */
function substituteTile(tile: usize, triangle: usize, inverses: usize, step: i32): void {
  const entry = <usize>step;
  const row = <usize>(4 * step);
  const tile1 = tile + row;
  const tile2 = tile1 + row;
  const tile3 = tile2 + row;

  let f = v128.load64_splat(inverses);
  const x0 = f64x2.mul(v128.load(tile), f);
  const y0 = f64x2.mul(v128.load(tile, 16), f);
  v128.store(tile, x0);
  v128.store(tile, y0, 16);

  f = v128.load64_splat(inverses + entry);
  let t = f64x2.neg(v128.load64_splat(triangle + entry));
  const x1 = f64x2.mul(multiplyAddWide(t, x0, v128.load(tile1)), f);
  const y1 = f64x2.mul(multiplyAddWide(t, y0, v128.load(tile1, 16)), f);
  v128.store(tile1, x1);
  v128.store(tile1, y1, 16);

  f = v128.load64_splat(inverses + 2 * entry);
  t = f64x2.neg(v128.load64_splat(triangle + 2 * entry));
  let x = multiplyAddWide(t, x0, v128.load(tile2));
  let y = multiplyAddWide(t, y0, v128.load(tile2, 16));
  t = f64x2.neg(v128.load64_splat(triangle + row + 2 * entry));
  const x2 = f64x2.mul(multiplyAddWide(t, x1, x), f);
  const y2 = f64x2.mul(multiplyAddWide(t, y1, y), f);
  v128.store(tile2, x2);
  v128.store(tile2, y2, 16);

  f = v128.load64_splat(inverses + 3 * entry);
  t = f64x2.neg(v128.load64_splat(triangle + 3 * entry));
  x = multiplyAddWide(t, x0, v128.load(tile3));
  y = multiplyAddWide(t, y0, v128.load(tile3, 16));
  t = f64x2.neg(v128.load64_splat(triangle + row + 3 * entry));
  x = multiplyAddWide(t, x1, x);
  y = multiplyAddWide(t, y1, y);
  t = f64x2.neg(v128.load64_splat(triangle + 2 * row + 3 * entry));
  v128.store(tile3, f64x2.mul(multiplyAddWide(t, x2, x), f));
  v128.store(tile3, f64x2.mul(multiplyAddWide(t, y2, y), f), 16);
}

/** A tile on the diagonal, both triangles; −1, or the row of a pivot that is not above its floor. */
function factorizeTile(tile: usize, inverses: usize, floors: usize): i32 {
  for (let j: usize = 0; j < 4; j++) {
    for (let i: usize = 0; i <= j; i++) {
      const upper = tile + i * ROW_BYTES + (j << 3);
      let rest = load<f64>(upper);
      for (let k: usize = 0; k < i; k++) {
        const row = tile + k * ROW_BYTES;
        rest -= load<f64>(row + (i << 3)) * load<f64>(row + (j << 3));
      }
      if (i < j) {
        rest *= load<f64>(inverses + (i << 3));
        store<f64>(tile + j * ROW_BYTES + (i << 3), rest);
      } else {
        if (!(rest > load<f64>(floors + (j << 3)))) return <i32>j;
        rest = Math.sqrt(rest);
        store<f64>(inverses + (j << 3), 1.0 / rest);
      }
      store<f64>(upper, rest);
    }
  }
  return -1;
}
