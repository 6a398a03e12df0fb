/**
 * Matrices of float64 in every build, for what must not lose digits: factorisations, and all that leads to them.
 *
 * A panel matrix has rows and columns rounded up to multiples of four and lies in panels of four columns, one after the
 * other; what was added is zero. So a tile of 4 x 4 is 128 contiguous bytes, a product of two tiles' panels needs no packing,
 * and no loop has a remainder. Sizes of panel matrices are {@link padded} ones throughout.
 *
 *     panel 0        panel 1
 *     a00 … a03      a04 … a07        in memory: a00 … a03, a10 … a13, …, then a04 … a07, a14 … a17, …
 *     a10 … a13      a14 … a17
 */

import { bytesOf, LANES, loadUpTo, multiplyAddWide, narrow, storeUpTo, widenHigh, widenLow } from './simd';

/** Bytes of one row of a panel, and of a tile. */
export const ROW_BYTES: usize = 32;
export const TILE_BYTES: usize = 128;
/** Inner terms of one pass of a product: two panels of them stay in the first-level cache. */
const INNER_BLOCK: i32 = 256;

/** The size of a panel matrix for `count` rows or columns. */
export function padded(count: i32): i32 {
  return (count + 3) & ~3;
}

/** Bytes of a panel matrix for rows x columns; a size beyond any memory stays beyond it without wrapping. */
export function panelBytes(rows: i32, columns: i32): i64 {
  const entries = ((<i64>rows + 3) & ~3) * ((<i64>columns + 3) & ~3);
  return min(entries, (<i64>1) << 40) * 8;
}

/** Where panel `j` of a matrix with `rows` rows begins. */
export function panelAt(a: usize, rows: i32, j: i32): usize {
  return a + <usize>j * <usize>rows * ROW_BYTES;
}

/**
 * panels [samples x units] = scale·x, widened, less the columns' means when centred: `means` [units rounded up, float64] as {@link columnMeans}
 * of columns.ts has them.
 */
export function packColumns(
  panels: usize,
  x: usize,
  means: usize,
  samples: i32,
  units: i32,
  centered: bool,
  scale: f64,
): void {
  const step = bytesOf(units);
  const left = <usize>(padded(samples) - samples) * ROW_BYTES;
  const zero = f64x2.splat(0);
  for (let j = 0; j < units; j += 4) {
    const count = units - j;
    const m0 = v128.load(means);
    const m1 = v128.load(means, 16);
    means += ROW_BYTES;
    let from = x + bytesOf(j);
    // Only the means of float64 are those of differences to the first sample.
    const based = sizeof<real>() === 8 && centered;
    const b0 = based ? loadUpTo(from, count, 0) : zero;
    const b1 = based && count > 2 ? loadUpTo(from + 16, count - 2, 0) : zero;
    const factor = f64x2.splat(scale);
    for (let i = 0; i < samples; i++) {
      const v = loadUpTo(from, count, 0);
      let low = widenLow(v);
      let high = widenHigh(v);
      if (sizeof<real>() === 8) {
        high = count > 2 ? loadUpTo(from + 16, count - 2, 0) : zero;
        low = f64x2.mul(f64x2.sub(low, b0), factor);
        high = f64x2.mul(f64x2.sub(high, b1), factor);
      }
      v128.store(panels, f64x2.sub(low, m0));
      v128.store(panels, f64x2.sub(high, m1), 16);
      from += step;
      panels += ROW_BYTES;
    }
    memory.fill(panels, 0, left);
    panels += left;
  }
}

/** out [columns x rows] = the transpose of a [rows x columns]. */
export function transposePanels(out: usize, a: usize, rows: i32, columns: i32): void {
  for (let j = 0; j < columns; j += 4) {
    let to = out + <usize>j * ROW_BYTES;
    for (let i = 0; i < rows; i += 4) {
      transposeTile(to, a);
      a += TILE_BYTES;
      to += <usize>columns * ROW_BYTES;
    }
  }
}

/** target = sourceᵀ, both 4 x 4 and apart. */
export function transposeTile(target: usize, source: usize): void {
  for (let half: usize = 0; half < 32; half += 16) {
    const r0 = v128.load(source + half);
    const r1 = v128.load(source + half, 32);
    const r2 = v128.load(source + half, 64);
    const r3 = v128.load(source + half, 96);
    v128.store(target, v128.shuffle<f64>(r0, r1, 0, 2));
    v128.store(target, v128.shuffle<f64>(r2, r3, 0, 2), 16);
    v128.store(target, v128.shuffle<f64>(r0, r1, 1, 3), 32);
    v128.store(target, v128.shuffle<f64>(r2, r3, 1, 3), 48);
    target += 64;
  }
}

/** Copy the tiles above the diagonal of a [order x order] onto those below it, transposed. */
export function mirrorUpper(a: usize, order: i32): void {
  for (let j = 4; j < order; j += 4) {
    const panel = panelAt(a, order, j >> 2);
    for (let i = 0; i < j; i += 4) {
      transposeTile(panelAt(a, order, i >> 2) + <usize>j * ROW_BYTES, panel + <usize>i * ROW_BYTES);
    }
  }
}

/** out [order x order] = scale · AᵀB for a and b [inner x order] whose product is symmetric; `b` may be `a`. */
export function symmetricProduct(out: usize, a: usize, b: usize, inner: i32, order: i32, scale: f64): void {
  memory.fill(out, 0, <usize>order * <usize>order * 8);
  for (let k = 0; k < inner; k += INNER_BLOCK) {
    const terms = min(INNER_BLOCK, inner - k);
    const first = <usize>k * ROW_BYTES;
    for (let j = 0; j < order; j += 4) {
      const right = panelAt(b, inner, j >> 2) + first;
      let tile = panelAt(out, order, j >> 2);
      for (let i = 0; i <= j; i += 4) {
        addTile(tile, panelAt(a, inner, i >> 2) + first, right, terms, scale);
        tile += TILE_BYTES;
      }
    }
  }
  mirrorUpper(out, order);
}

/** b [order x columns] = H·b for a symmetric h [order x order]; `panel` is room for one panel. */
export function multiplySymmetric(b: usize, h: usize, order: i32, columns: i32, panel: usize): void {
  const size = <usize>order * ROW_BYTES;
  for (let j = 0; j < columns; j += 4) {
    memory.copy(panel, b, size);
    memory.fill(b, 0, size);
    for (let i = 0; i < order; i += 4) {
      addTile(b, panelAt(h, order, i >> 2), panel, order, 1);
      b += TILE_BYTES;
    }
  }
}

/**
 * gradient [samples x units] = X·diag(slopes) + factor · Z, added when `accumulate`.
 *
 * `x` is a panel matrix [samples x units], `z` too, or its transpose when `transposed`; `tile` is room for one.
 */
export function unpackGradient(
  gradient: usize,
  x: usize,
  slopes: usize,
  z: usize,
  transposed: bool,
  factor: f64,
  samples: i32,
  units: i32,
  accumulate: bool,
  tile: usize,
): void {
  // A gradient that nobody asked for.
  if (gradient === 0) return;
  const rows = padded(samples);
  const columns = padded(units);
  const scale = f64x2.splat(factor);
  for (let j = 0; j < units; j += 4) {
    const s0 = v128.load(slopes);
    const s1 = v128.load(slopes, 16);
    slopes += ROW_BYTES;
    for (let i = 0; i < rows; i += 4) {
      let from = panelAt(z, rows, j >> 2) + <usize>i * ROW_BYTES;
      if (transposed) {
        transposeTile(tile, panelAt(z, columns, i >> 2) + <usize>j * ROW_BYTES);
        from = tile;
      }
      for (let k = i; k < min(i + 4, samples); k++) {
        const low = f64x2.add(f64x2.mul(v128.load(from), scale), f64x2.mul(v128.load(x), s0));
        const high = f64x2.add(f64x2.mul(v128.load(from, 16), scale), f64x2.mul(v128.load(x, 16), s1));
        writeEntries(gradient, k, j, units, low, high, accumulate);
        from += ROW_BYTES;
        x += ROW_BYTES;
      }
    }
    x += <usize>(rows - samples) * ROW_BYTES;
  }
}

/** Up to four entries of a row of the gradient [samples x units] from unit `j` on, stored or added. */
export function writeEntries(
  gradient: usize,
  row: i32,
  j: i32,
  units: i32,
  low: v128,
  high: v128,
  accumulate: bool,
): void {
  const to = gradient + bytesOf(row) * <usize>units + bytesOf(j);
  storeOrAdd(to, narrow(low, high), units - j, accumulate);
  if (sizeof<real>() === 8 && units - j > 2) storeOrAdd(to + 16, high, units - j - 2, accumulate);
}

function storeOrAdd(to: usize, v: v128, count: i32, accumulate: bool): void {
  storeUpTo(to, accumulate ? v128.add<real>(loadUpTo(to, count, 0), v) : v, min(count, LANES));
}

/**
 * tile [4 x 4] += scale · A-panelᵀ · B-panel over `terms` rows of both. The terms are added one by one from 0, in increasing
 * order. The one micro-kernel of float64 matrices; see tile.ts for its kin.
 */
export function addTile(tile: usize, a: usize, b: usize, terms: i32, scale: f64): void {
  let c00 = f64x2.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  const end = a + <usize>terms * ROW_BYTES;
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let s = v128.load64_splat(a);
    c00 = multiplyAddWide(s, b0, c00);
    c01 = multiplyAddWide(s, b1, c01);
    s = v128.load64_splat(a, 8);
    c10 = multiplyAddWide(s, b0, c10);
    c11 = multiplyAddWide(s, b1, c11);
    s = v128.load64_splat(a, 16);
    c20 = multiplyAddWide(s, b0, c20);
    c21 = multiplyAddWide(s, b1, c21);
    s = v128.load64_splat(a, 24);
    c30 = multiplyAddWide(s, b0, c30);
    c31 = multiplyAddWide(s, b1, c31);
    a += ROW_BYTES;
    b += ROW_BYTES;
  }
  const alpha = f64x2.splat(scale);
  v128.store(tile, multiplyAddWide(c00, alpha, v128.load(tile)));
  v128.store(tile, multiplyAddWide(c01, alpha, v128.load(tile, 16)), 16);
  v128.store(tile, multiplyAddWide(c10, alpha, v128.load(tile, 32)), 32);
  v128.store(tile, multiplyAddWide(c11, alpha, v128.load(tile, 48)), 48);
  v128.store(tile, multiplyAddWide(c20, alpha, v128.load(tile, 64)), 64);
  v128.store(tile, multiplyAddWide(c21, alpha, v128.load(tile, 80)), 80);
  v128.store(tile, multiplyAddWide(c30, alpha, v128.load(tile, 96)), 96);
  v128.store(tile, multiplyAddWide(c31, alpha, v128.load(tile, 112)), 112);
}
