/**
 * The two register tiles, the micro-kernels of every product and convolution. A long file, for they are unrolled by hand.
 *
 *     C [4 rows x width] = start + scale · Σ over the terms of a0..a3 ⊗ a row of the panel B
 *
 * | operand | what it is |
 * |---|---|
 * | c, stride | C, and the bytes from one of its rows to the next |
 * | start, startStride | four rows to which the sums are added, and the bytes between them: C itself, a bias with stride 0, or 0 for nothing; added in the end, after one rounding of scale · sum unless the build fuses |
 * | a0, a1, a2, a3, aStep | the first number of four rows of A, and the bytes from one inner term to the next: those of one number where rows are contiguous, of a panel's row where they are packed (a1 = a0 + one number then). Rows may be the same one |
 * | b, bStep | `width` numbers for the first inner term, and the bytes to the next ones: those of `width` in a panel |
 * | inner | terms of a run, at least 1 |
 * | runs, aSkip | runs, at least 1, and the bytes from the end of one to the beginning of the next in the rows of A; B goes on. The rows of a window of an image are runs |
 *
 * Each of the sums adds its terms one by one, in increasing order, whatever the width: no bit depends on the tile. Any
 * alignment is right. `c` may be `start`; nothing else overlaps C.
 *
 *         b0      b1      b2      b3            each term of the inner sum: two or four vectors of B,
 *     s   c00     c01     c02     c03           four numbers of A spread over a vector each,
 *     s   c10     c11     c12     c13           eight or sixteen multiply-adds
 *     s   c20     c21     c22     c23
 *     s   c30     c31     c32     c33
 *
 * Narrow: some engines move all loads of a loop body ahead of its arithmetic; 8 accumulators with 2 + 4 loaded operands
 * still fit into 15 registers then. Wide: sixteen accumulators spill, unless the engine joins pairs of neighbours to vectors of
 * 256 bits (V8's revectorizer). It does where both halves of a pair are loaded from and stored to adjacent addresses, all within
 * one function that takes and gives no v128, and where the sums are finished before the stores: hence no loops over rows here, no
 * functions for them, and one index for the four rows.
 */

import { LANES, multiplyAdd } from './simd';

/** Rows of either tile. */
export const TILE_ROWS: i32 = 4;
/** Columns of the narrow tile: two vectors. */
export const NARROW_COLUMNS: i32 = 2 * LANES;
/** Columns of the wide tile: four vectors. */
export const WIDE_COLUMNS: i32 = 4 * LANES;
/** Room for a tile of either width that is computed aside, in bytes. */
export const TILE_BYTES: usize = 256;

/** Set once after the module is instantiated; read once a product, outside of its loops. */
let wideTile: bool = false;

/** Whether products take the wide tile for all columns that fill it. */
export function tileIsWide(): bool {
  return wideTile;
}

/** Choose the tile of all products to come. */
export function chooseTile(wide: bool): void {
  wideTile = wide;
}

/** Narrow tile: two vectors a row. The operands are described above; scale is 1. */
export function multiplyNarrow(
  c: usize,
  stride: usize,
  start: usize,
  startStride: usize,
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  inner: i32,
  runs: i32,
  aSkip: usize,
): void {
  let c00 = v128.splat<real>(0);
  let c01 = v128.splat<real>(0);
  let c10 = v128.splat<real>(0);
  let c11 = v128.splat<real>(0);
  let c20 = v128.splat<real>(0);
  let c21 = v128.splat<real>(0);
  let c30 = v128.splat<real>(0);
  let c31 = v128.splat<real>(0);
  let b0: v128;
  let b1: v128;
  let s: v128;
  let i: usize = 0;
  do {
    const end = b + <usize>inner * bStep;
    do {
      b0 = v128.load(b);
      b1 = v128.load(b, 16);
      s = v128.load_splat<real>(a0 + i);
      c00 = multiplyAdd(s, b0, c00);
      c01 = multiplyAdd(s, b1, c01);
      s = v128.load_splat<real>(a1 + i);
      c10 = multiplyAdd(s, b0, c10);
      c11 = multiplyAdd(s, b1, c11);
      s = v128.load_splat<real>(a2 + i);
      c20 = multiplyAdd(s, b0, c20);
      c21 = multiplyAdd(s, b1, c21);
      s = v128.load_splat<real>(a3 + i);
      c30 = multiplyAdd(s, b0, c30);
      c31 = multiplyAdd(s, b1, c31);
      i += aStep;
      b += bStep;
    } while (b !== end);
    i += aSkip;
  } while (--runs > 0);
  const row1 = c + stride;
  const row2 = row1 + stride;
  const row3 = row2 + stride;
  if (start !== 0) {
    const start1 = start + startStride;
    const start2 = start1 + startStride;
    const start3 = start2 + startStride;
    c00 = v128.add<real>(c00, v128.load(start));
    c01 = v128.add<real>(c01, v128.load(start, 16));
    c10 = v128.add<real>(c10, v128.load(start1));
    c11 = v128.add<real>(c11, v128.load(start1, 16));
    c20 = v128.add<real>(c20, v128.load(start2));
    c21 = v128.add<real>(c21, v128.load(start2, 16));
    c30 = v128.add<real>(c30, v128.load(start3));
    c31 = v128.add<real>(c31, v128.load(start3, 16));
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(row1, c10);
  v128.store(row1, c11, 16);
  v128.store(row2, c20);
  v128.store(row2, c21, 16);
  v128.store(row3, c30);
  v128.store(row3, c31, 16);
}

/**
 * Narrow tile for rows of A in one run, `accumulate` for a start at C: what the products of most engines take. The loop over runs would slow
 * it by two to five hundredths there; the wide one has it for nothing.
 */
export function multiplyNarrowRun(
  c: usize,
  stride: usize,
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  inner: i32,
  scale: real,
  accumulate: bool,
): void {
  let c00 = v128.splat<real>(0);
  let c01 = v128.splat<real>(0);
  let c10 = v128.splat<real>(0);
  let c11 = v128.splat<real>(0);
  let c20 = v128.splat<real>(0);
  let c21 = v128.splat<real>(0);
  let c30 = v128.splat<real>(0);
  let c31 = v128.splat<real>(0);
  let b0: v128;
  let b1: v128;
  let s: v128;
  const end = b + <usize>inner * bStep;
  let i: usize = 0;
  do {
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    s = v128.load_splat<real>(a0 + i);
    c00 = multiplyAdd(s, b0, c00);
    c01 = multiplyAdd(s, b1, c01);
    s = v128.load_splat<real>(a1 + i);
    c10 = multiplyAdd(s, b0, c10);
    c11 = multiplyAdd(s, b1, c11);
    s = v128.load_splat<real>(a2 + i);
    c20 = multiplyAdd(s, b0, c20);
    c21 = multiplyAdd(s, b1, c21);
    s = v128.load_splat<real>(a3 + i);
    c30 = multiplyAdd(s, b0, c30);
    c31 = multiplyAdd(s, b1, c31);
    i += aStep;
    b += bStep;
  } while (b !== end);
  const alpha = v128.splat<real>(scale);
  const row1 = c + stride;
  const row2 = row1 + stride;
  const row3 = row2 + stride;
  if (accumulate) {
    c00 = multiplyAdd(c00, alpha, v128.load(c));
    c01 = multiplyAdd(c01, alpha, v128.load(c, 16));
    c10 = multiplyAdd(c10, alpha, v128.load(row1));
    c11 = multiplyAdd(c11, alpha, v128.load(row1, 16));
    c20 = multiplyAdd(c20, alpha, v128.load(row2));
    c21 = multiplyAdd(c21, alpha, v128.load(row2, 16));
    c30 = multiplyAdd(c30, alpha, v128.load(row3));
    c31 = multiplyAdd(c31, alpha, v128.load(row3, 16));
  } else {
    c00 = v128.mul<real>(c00, alpha);
    c01 = v128.mul<real>(c01, alpha);
    c10 = v128.mul<real>(c10, alpha);
    c11 = v128.mul<real>(c11, alpha);
    c20 = v128.mul<real>(c20, alpha);
    c21 = v128.mul<real>(c21, alpha);
    c30 = v128.mul<real>(c30, alpha);
    c31 = v128.mul<real>(c31, alpha);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(row1, c10);
  v128.store(row1, c11, 16);
  v128.store(row2, c20);
  v128.store(row2, c21, 16);
  v128.store(row3, c30);
  v128.store(row3, c31, 16);
}

/** Wide tile: four vectors a row. The operands are described above. */
export function multiplyWide(
  c: usize,
  stride: usize,
  start: usize,
  startStride: usize,
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  inner: i32,
  runs: i32,
  aSkip: usize,
  scale: real,
): void {
  let c00 = v128.splat<real>(0);
  let c01 = v128.splat<real>(0);
  let c02 = v128.splat<real>(0);
  let c03 = v128.splat<real>(0);
  let c10 = v128.splat<real>(0);
  let c11 = v128.splat<real>(0);
  let c12 = v128.splat<real>(0);
  let c13 = v128.splat<real>(0);
  let c20 = v128.splat<real>(0);
  let c21 = v128.splat<real>(0);
  let c22 = v128.splat<real>(0);
  let c23 = v128.splat<real>(0);
  let c30 = v128.splat<real>(0);
  let c31 = v128.splat<real>(0);
  let c32 = v128.splat<real>(0);
  let c33 = v128.splat<real>(0);
  let b0: v128;
  let b1: v128;
  let b2: v128;
  let b3: v128;
  let s: v128;
  let i: usize = 0;
  do {
    const end = b + <usize>inner * bStep;
    do {
      b0 = v128.load(b);
      b1 = v128.load(b, 16);
      b2 = v128.load(b, 32);
      b3 = v128.load(b, 48);
      s = v128.load_splat<real>(a0 + i);
      c00 = multiplyAdd(s, b0, c00);
      c01 = multiplyAdd(s, b1, c01);
      c02 = multiplyAdd(s, b2, c02);
      c03 = multiplyAdd(s, b3, c03);
      s = v128.load_splat<real>(a1 + i);
      c10 = multiplyAdd(s, b0, c10);
      c11 = multiplyAdd(s, b1, c11);
      c12 = multiplyAdd(s, b2, c12);
      c13 = multiplyAdd(s, b3, c13);
      s = v128.load_splat<real>(a2 + i);
      c20 = multiplyAdd(s, b0, c20);
      c21 = multiplyAdd(s, b1, c21);
      c22 = multiplyAdd(s, b2, c22);
      c23 = multiplyAdd(s, b3, c23);
      s = v128.load_splat<real>(a3 + i);
      c30 = multiplyAdd(s, b0, c30);
      c31 = multiplyAdd(s, b1, c31);
      c32 = multiplyAdd(s, b2, c32);
      c33 = multiplyAdd(s, b3, c33);
      i += aStep;
      b += bStep;
    } while (b !== end);
    i += aSkip;
  } while (--runs > 0);
  const row1 = c + stride;
  const row2 = row1 + stride;
  const row3 = row2 + stride;
  const alpha = v128.splat<real>(scale);
  if (start !== 0) {
    const start1 = start + startStride;
    const start2 = start1 + startStride;
    const start3 = start2 + startStride;
    c00 = multiplyAdd(c00, alpha, v128.load(start));
    c01 = multiplyAdd(c01, alpha, v128.load(start, 16));
    c02 = multiplyAdd(c02, alpha, v128.load(start, 32));
    c03 = multiplyAdd(c03, alpha, v128.load(start, 48));
    c10 = multiplyAdd(c10, alpha, v128.load(start1));
    c11 = multiplyAdd(c11, alpha, v128.load(start1, 16));
    c12 = multiplyAdd(c12, alpha, v128.load(start1, 32));
    c13 = multiplyAdd(c13, alpha, v128.load(start1, 48));
    c20 = multiplyAdd(c20, alpha, v128.load(start2));
    c21 = multiplyAdd(c21, alpha, v128.load(start2, 16));
    c22 = multiplyAdd(c22, alpha, v128.load(start2, 32));
    c23 = multiplyAdd(c23, alpha, v128.load(start2, 48));
    c30 = multiplyAdd(c30, alpha, v128.load(start3));
    c31 = multiplyAdd(c31, alpha, v128.load(start3, 16));
    c32 = multiplyAdd(c32, alpha, v128.load(start3, 32));
    c33 = multiplyAdd(c33, alpha, v128.load(start3, 48));
  } else {
    c00 = v128.mul<real>(c00, alpha);
    c01 = v128.mul<real>(c01, alpha);
    c02 = v128.mul<real>(c02, alpha);
    c03 = v128.mul<real>(c03, alpha);
    c10 = v128.mul<real>(c10, alpha);
    c11 = v128.mul<real>(c11, alpha);
    c12 = v128.mul<real>(c12, alpha);
    c13 = v128.mul<real>(c13, alpha);
    c20 = v128.mul<real>(c20, alpha);
    c21 = v128.mul<real>(c21, alpha);
    c22 = v128.mul<real>(c22, alpha);
    c23 = v128.mul<real>(c23, alpha);
    c30 = v128.mul<real>(c30, alpha);
    c31 = v128.mul<real>(c31, alpha);
    c32 = v128.mul<real>(c32, alpha);
    c33 = v128.mul<real>(c33, alpha);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  v128.store(c, c03, 48);
  v128.store(row1, c10);
  v128.store(row1, c11, 16);
  v128.store(row1, c12, 32);
  v128.store(row1, c13, 48);
  v128.store(row2, c20);
  v128.store(row2, c21, 16);
  v128.store(row2, c22, 32);
  v128.store(row2, c23, 48);
  v128.store(row3, c30);
  v128.store(row3, c31, 16);
  v128.store(row3, c32, 32);
  v128.store(row3, c33, 48);
}
