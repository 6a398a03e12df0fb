/**
 * Matrix products: one packed, register-blocked micro-kernel, and the loops around it. Every product of the
 * kernel goes through here. Long on purpose: the loop nests, the packing and the unrolled micro-kernel belong together.
 *
 * Source: the loop order is that of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008.
 *
 *     for each block of COLUMN_BLOCK columns and INNER_BLOCK inner terms:   pack op(B) in panels of 8 columns
 *       for each block of ROW_BLOCK rows:                                   pack op(A) in panels of 4 rows
 *         for each panel of B, for each panel of A:                         one tile of C in registers
 *
 * The order of every sum is fixed: the inner terms of one INNER_BLOCK are added one by one from 0, in increasing
 * order, and the blocks are added to C in increasing order. Tiles at the edges run the same code on panels
 * padded with zeros.
 */

import { multiplyAdd } from './simd';

/** Columns of one register tile: two vectors. */
const TILE_COLUMNS: i32 = 8;
/**
 * Rows of one register tile. Some engines move all loads of a loop body ahead of its arithmetic; 8 accumulators
 * with 2 + 4 loaded operands still fit into 15 registers then, taller tiles spill and are slower.
 */
const TILE_ROWS: i32 = 4;
/** Inner terms of one pass: a panel of B (8 x 256 x 4 bytes) stays in the first-level cache. */
const INNER_BLOCK: i32 = 256;
/** Rows packed at a time. */
const ROW_BLOCK: i32 = 128;
/** Columns packed at a time: with the rows' block they stay in the second-level cache. */
const COLUMN_BLOCK: i32 = 512;
/** Room for one tile at an edge of C, in bytes. */
const TILE_BYTES: usize = 256;

/** Bytes of scratch that {@link product} needs. */
export function productScratch(rows: i32, columns: i32, inner: i32): i64 {
  const depth = <usize>innerBlock(inner);
  const packedRows = <usize>roundUp(min(rows, ROW_BLOCK), TILE_ROWS);
  const packedColumns = <usize>roundUp(min(columns, COLUMN_BLOCK), TILE_COLUMNS);
  return TILE_BYTES + (packedRows + packedColumns) * depth * 4;
}

/** Length of the passes over `inner`: equal but for the last one. */
function innerBlock(inner: i32): i32 {
  if (inner <= INNER_BLOCK) return inner;
  const passes = (inner - 1) / INNER_BLOCK + 1;
  return roundUp((inner - 1) / passes + 1, 4);
}

function roundUp(value: i32, multiple: i32): i32 {
  return ((value + multiple - 1) / multiple) * multiple;
}

/**
 * C [rows x columns] = alpha · op(A) · op(B), added to C when `accumulate`.
 *
 * op(A) is A [rows x inner], or Aᵀ for A [inner x rows]; op(B) is B [inner x columns], or Bᵀ for B
 * [columns x inner]; all dense, row-major. With `lower`, only the tiles that touch the lower triangle of a
 * square C are computed (the others keep what they held): {@link mirrorLower} completes a symmetric product.
 */
export function product(
  c: usize,
  a: usize,
  transposeA: bool,
  b: usize,
  transposeB: bool,
  rows: i32,
  columns: i32,
  inner: i32,
  alpha: f32,
  accumulate: bool,
  lower: bool,
  scratch: usize,
): void {
  const depth = innerBlock(inner);
  const tile = scratch;
  const packedA = scratch + TILE_BYTES;
  const packedB = packedA + <usize>(roundUp(min(rows, ROW_BLOCK), TILE_ROWS) * depth) * 4;
  const stride = (<usize>columns) << 2;
  for (let j0 = 0; j0 < columns; j0 += COLUMN_BLOCK) {
    const blockColumns = min(COLUMN_BLOCK, columns - j0);
    for (let p0 = 0; p0 < inner; p0 += depth) {
      const terms = min(depth, inner - p0);
      const add = accumulate || p0 > 0;
      if (transposeB)
        packAcross(packedB, TILE_COLUMNS, b + <usize>(j0 * inner + p0) * 4, inner, blockColumns, terms);
      else packAlong(packedB, TILE_COLUMNS, b + <usize>(p0 * columns + j0) * 4, columns, blockColumns, terms);
      for (let i0 = lower ? j0 - (j0 % ROW_BLOCK) : 0; i0 < rows; i0 += ROW_BLOCK) {
        const blockRows = min(ROW_BLOCK, rows - i0);
        if (transposeA)
          packAlong(packedA, TILE_ROWS, a + <usize>(p0 * rows + i0) * 4, rows, blockRows, terms);
        else packAcross(packedA, TILE_ROWS, a + <usize>(i0 * inner + p0) * 4, inner, blockRows, terms);
        let panelB = packedB;
        for (let j = 0; j < blockColumns; j += TILE_COLUMNS) {
          let panelA = packedA;
          let i = 0;
          if (lower) {
            // The first tile of this column that reaches the diagonal.
            const above = j0 + j - i0;
            if (above > 0) i = above - (above % TILE_ROWS);
            panelA += <usize>(i * terms) * 4;
          }
          for (; i < blockRows; i += TILE_ROWS) {
            const target = c + <usize>((i0 + i) * columns + j0 + j) * 4;
            if (blockRows - i >= TILE_ROWS && blockColumns - j >= TILE_COLUMNS) {
              multiplyTile(target, stride, panelA, panelB, terms, alpha, add);
            } else {
              multiplyTile(tile, 32, panelA, panelB, terms, alpha, false);
              copyTile(
                target,
                stride,
                tile,
                min(TILE_ROWS, blockRows - i),
                min(TILE_COLUMNS, blockColumns - j),
                add,
              );
            }
            panelA += <usize>(TILE_ROWS * terms) * 4;
          }
          panelB += <usize>(TILE_COLUMNS * terms) * 4;
        }
      }
    }
  }
}

/** One row of a finished tile: scaled, then stored or added. */
function writeRow(c: usize, left: v128, right: v128, alpha: v128, accumulate: bool): void {
  if (accumulate) {
    v128.store(c, multiplyAdd(left, alpha, v128.load(c)));
    v128.store(c, multiplyAdd(right, alpha, v128.load(c, 16)), 16);
  } else {
    v128.store(c, f32x4.mul(left, alpha));
    v128.store(c, f32x4.mul(right, alpha), 16);
  }
}

/** The valid part of a tile at an edge of C, from the tile computed aside. */
function copyTile(c: usize, stride: usize, tile: usize, rows: i32, columns: i32, accumulate: bool): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const target = c + ((<usize>j) << 2);
      const value = load<f32>(tile + ((<usize>j) << 2));
      store<f32>(target, accumulate ? load<f32>(target) + value : value);
    }
    c += stride;
    tile += 32;
  }
}

/**
 * Panels of `width` (4 or 8) from a matrix whose panel direction is contiguous: source [terms x length] with a
 * row stride of `stride` elements; the last panel is padded with zeros. A panel is [terms x width].
 */
function packAlong(target: usize, width: i32, source: usize, stride: i32, length: i32, terms: i32): void {
  const step = (<usize>stride) << 2;
  const size = (<usize>width) << 2;
  for (let j = 0; j < length; j += width) {
    const valid = length - j;
    let from = source + ((<usize>j) << 2);
    if (valid < width) {
      packPadded(target, width, from, 4, step, valid, terms);
    } else if (width === 8) {
      for (let p = 0; p < terms; p++) {
        v128.store(target, v128.load(from));
        v128.store(target, v128.load(from, 16), 16);
        from += step;
        target += size;
      }
    } else {
      for (let p = 0; p < terms; p++) {
        v128.store(target, v128.load(from));
        from += step;
        target += size;
      }
    }
  }
}

/** The same panels from a matrix whose inner direction is contiguous: source [length x terms], row stride `stride`. */
function packAcross(target: usize, width: i32, source: usize, stride: i32, length: i32, terms: i32): void {
  const step = (<usize>stride) << 2;
  const size = (<usize>width) << 2;
  for (let j = 0; j < length; j += width) {
    const from = source + <usize>j * step;
    if (length - j < width) {
      packPadded(target, width, from, step, 4, length - j, terms);
    } else {
      packLanes(target, size, from, step, terms);
      if (width === 8) packLanes(target + 16, size, from + 4 * step, step, terms);
    }
    target += <usize>terms * size;
  }
}

/** The last panel: `valid` of `width` entries per term, zeros after them; steps of the source in bytes. */
function packPadded(
  target: usize,
  width: i32,
  source: usize,
  entryStep: usize,
  termStep: usize,
  valid: i32,
  terms: i32,
): void {
  for (let p = 0; p < terms; p++) {
    for (let k = 0; k < width; k++) {
      store<f32>(target, k < valid ? load<f32>(source + <usize>k * entryStep) : 0);
      target += 4;
    }
    source += termStep;
  }
}

/** Four rows of the source become four neighbours in each term of the panel: a 4x4 transpose at a time. */
function packLanes(target: usize, width: usize, row0: usize, step: usize, terms: i32): void {
  const row1 = row0 + step;
  const row2 = row1 + step;
  const row3 = row2 + step;
  const even = (<usize>(terms & ~3)) << 2;
  let offset: usize = 0;
  for (; offset < even; offset += 16) {
    const r0 = v128.load(row0 + offset);
    const r1 = v128.load(row1 + offset);
    const r2 = v128.load(row2 + offset);
    const r3 = v128.load(row3 + offset);
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    v128.store(target, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
    target += width;
    v128.store(target, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
    target += width;
    v128.store(target, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
    target += width;
    v128.store(target, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
    target += width;
  }
  const end = (<usize>terms) << 2;
  for (; offset < end; offset += 4) {
    store<f32>(target, load<f32>(row0 + offset));
    store<f32>(target, load<f32>(row1 + offset), 4);
    store<f32>(target, load<f32>(row2 + offset), 8);
    store<f32>(target, load<f32>(row3 + offset), 12);
    target += width;
  }
}

/** Copy the lower triangle of a square matrix onto its upper one. */
export function mirrorLower(c: usize, order: i32): void {
  const stride = (<usize>order) << 2;
  const blocked = order & ~3;
  for (let i = 0; i < blocked; i += 4) {
    const row = c + <usize>i * stride;
    for (let j = 0; j < i; j += 4)
      transpose4(c + <usize>j * stride + ((<usize>i) << 2), row + ((<usize>j) << 2), stride);
    mirrorScalar(c, stride, i, i, i + 4);
  }
  for (let i = blocked; i < order; i++) mirrorScalar(c, stride, i, 0, i + 1);
}

/** Entries (row, column) of the lower triangle with `row` from `row` to `end` and column from `first`, one by one. */
function mirrorScalar(c: usize, stride: usize, row: i32, first: i32, end: i32): void {
  for (let i = row; i < end; i++) {
    for (let j = first; j < i; j++) {
      store<f32>(
        c + <usize>j * stride + ((<usize>i) << 2),
        load<f32>(c + <usize>i * stride + ((<usize>j) << 2)),
      );
    }
  }
}

/** 4x4 block: target = sourceᵀ, both with the same row stride in bytes. */
function transpose4(target: usize, source: usize, stride: usize): void {
  const r0 = v128.load(source);
  const r1 = v128.load(source + stride);
  const r2 = v128.load(source + 2 * stride);
  const r3 = v128.load(source + 3 * stride);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(target + stride, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(target + 2 * stride, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(target + 3 * stride, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}

/**
 * One tile: C [4 x 8] = scale · A-panel · B-panel, stored or added; `stride` is the row stride of C in bytes.
 *
 * A function of its own with two callers: inlined into a loop nest, its accumulators would spill.
 *
 *         b0      b1            each term of the inner sum: two vectors of B,
 *     s0  c00     c01           four numbers of A spread over a vector each,
 *     s1  c10     c11           eight multiply-adds
 *     s2  c20     c21
 *     s3  c30     c31
 */
function multiplyTile(
  c: usize,
  stride: usize,
  a: usize,
  b: usize,
  inner: i32,
  scale: f32,
  accumulate: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  let b0: v128;
  let b1: v128;
  let s: v128;
  const end = a + ((<usize>inner) << 4);
  while (true) {
    b0 = v128.load(b, 0);
    b1 = v128.load(b, 16);
    s = v128.load32_splat(a, 0);
    c00 = multiplyAdd(s, b0, c00);
    c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a, 4);
    c10 = multiplyAdd(s, b0, c10);
    c11 = multiplyAdd(s, b1, c11);
    s = v128.load32_splat(a, 8);
    c20 = multiplyAdd(s, b0, c20);
    c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a, 12);
    c30 = multiplyAdd(s, b0, c30);
    c31 = multiplyAdd(s, b1, c31);
    a += 16;
    if (a === end) break;
    b += 32;
  }
  const alpha = f32x4.splat(scale);
  writeRow(c, c00, c01, alpha, accumulate);
  c += stride;
  writeRow(c, c10, c11, alpha, accumulate);
  c += stride;
  writeRow(c, c20, c21, alpha, accumulate);
  c += stride;
  writeRow(c, c30, c31, alpha, accumulate);
}
