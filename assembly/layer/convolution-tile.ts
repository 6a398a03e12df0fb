/** The register tile of convolutions: four rows of A by their pointers, read in runs, times a packed panel of B. */

import { bytesOf, LANES, multiplyAdd } from '../simd';

/** Rows of a tile. */
export const TILE_ROWS: i32 = 4;
/** Columns of a tile: two vectors. */
export const TILE_COLUMNS: i32 = 2 * LANES;
/** Room for one tile at an edge, in bytes. */
export const TILE_BYTES: i32 = 256;

/**
 * C [4 rows x TILE_COLUMNS] = from + A · B-panel; strides in bytes, `from` may be C or a single row with stride 0.
 *
 * A row of A is `runs` runs of `inner` numbers, `step` bytes apart, with `skip` more bytes between the end of a run and the
 * beginning of the next. Products are added one by one from 0 in their order, `from` at the end.
 */
export function runTile(
  c: usize,
  stride: usize,
  from: usize,
  fromStride: usize,
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  step: usize,
  skip: usize,
  b: usize,
  inner: i32,
  runs: i32,
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
  while (true) {
    const end = b + bytesOf(inner * TILE_COLUMNS);
    while (true) {
      b0 = v128.load(b);
      b1 = v128.load(b, 16);
      s = v128.load_splat<real>(a0);
      c00 = multiplyAdd(s, b0, c00);
      c01 = multiplyAdd(s, b1, c01);
      s = v128.load_splat<real>(a1);
      c10 = multiplyAdd(s, b0, c10);
      c11 = multiplyAdd(s, b1, c11);
      s = v128.load_splat<real>(a2);
      c20 = multiplyAdd(s, b0, c20);
      c21 = multiplyAdd(s, b1, c21);
      s = v128.load_splat<real>(a3);
      c30 = multiplyAdd(s, b0, c30);
      c31 = multiplyAdd(s, b1, c31);
      b += 32;
      if (b === end) break;
      a0 += step;
      a1 += step;
      a2 += step;
      a3 += step;
    }
    if (--runs === 0) break;
    a0 += step + skip;
    a1 += step + skip;
    a2 += step + skip;
    a3 += step + skip;
  }
  b0 = v128.add<real>(v128.load(from), c00);
  b1 = v128.add<real>(v128.load(from, 16), c01);
  v128.store(c, b0);
  v128.store(c, b1, 16);
  c += stride;
  from += fromStride;
  b0 = v128.add<real>(v128.load(from), c10);
  b1 = v128.add<real>(v128.load(from, 16), c11);
  v128.store(c, b0);
  v128.store(c, b1, 16);
  c += stride;
  from += fromStride;
  b0 = v128.add<real>(v128.load(from), c20);
  b1 = v128.add<real>(v128.load(from, 16), c21);
  v128.store(c, b0);
  v128.store(c, b1, 16);
  c += stride;
  from += fromStride;
  b0 = v128.add<real>(v128.load(from), c30);
  b1 = v128.add<real>(v128.load(from, 16), c31);
  v128.store(c, b0);
  v128.store(c, b1, 16);
}

/** The same for a tile of which only `rows` rows and `columns` columns exist; `room` holds TILE_BYTES. */
export function edgeTile(
  room: usize,
  rows: i32,
  columns: i32,
  c: usize,
  stride: usize,
  from: usize,
  fromStride: usize,
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  step: usize,
  skip: usize,
  b: usize,
  inner: i32,
  runs: i32,
): void {
  const size = bytesOf(TILE_COLUMNS);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      store<real>(room + <usize>i * size + bytesOf(j), load<real>(from + <usize>i * fromStride + bytesOf(j)));
    }
  }
  runTile(room, size, room, size, a0, a1, a2, a3, step, skip, b, inner, runs);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      store<real>(c + <usize>i * stride + bytesOf(j), load<real>(room + <usize>i * size + bytesOf(j)));
    }
  }
}
