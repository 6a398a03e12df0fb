/**
 * The register tiles of tile.ts for rows of A that lie in runs, as a window lies in an image. A long file, for they are unrolled by hand.
 *
 *     C [4 rows x width] = start + Σ over the terms of a0..a3 ⊗ a row of the panel B
 *
 * Operands are those of tile.ts, but `start` is added at the end, and:
 *
 * | operand | what it is |
 * |---|---|
 * | inner | terms of a run, at least 1 |
 * | runs, aSkip | runs, at least 1, and the bytes from the end of one to the beginning of the next in the rows of A; B goes on |
 *
 * A second loop in the tiles of the products would slow those by a tenth where the engine joins vectors to 256 bits: hence tiles of
 * their own. They are for runs so short that the way to and from C would take longer than the second loop.
 */

import { multiplyAdd } from '../simd';

/** Narrow tile: two vectors a row. */
export function runsNarrow(
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

/** Wide tile: four vectors a row. */
export function runsWide(
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
  if (start !== 0) {
    const start1 = start + startStride;
    const start2 = start1 + startStride;
    const start3 = start2 + startStride;
    c00 = v128.add<real>(c00, v128.load(start));
    c01 = v128.add<real>(c01, v128.load(start, 16));
    c02 = v128.add<real>(c02, v128.load(start, 32));
    c03 = v128.add<real>(c03, v128.load(start, 48));
    c10 = v128.add<real>(c10, v128.load(start1));
    c11 = v128.add<real>(c11, v128.load(start1, 16));
    c12 = v128.add<real>(c12, v128.load(start1, 32));
    c13 = v128.add<real>(c13, v128.load(start1, 48));
    c20 = v128.add<real>(c20, v128.load(start2));
    c21 = v128.add<real>(c21, v128.load(start2, 16));
    c22 = v128.add<real>(c22, v128.load(start2, 32));
    c23 = v128.add<real>(c23, v128.load(start2, 48));
    c30 = v128.add<real>(c30, v128.load(start3));
    c31 = v128.add<real>(c31, v128.load(start3, 16));
    c32 = v128.add<real>(c32, v128.load(start3, 32));
    c33 = v128.add<real>(c33, v128.load(start3, 48));
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
