/**
 * Matrix products: the loops around the tiles of tile.ts. Every product of the kernel goes through here.
 *
 * Source: the loop order is that of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008.
 *
 *     for each block of COLUMN_BLOCK columns and INNER_BLOCK inner terms:   pack op(B) in panels
 *       for each block of ROW_BLOCK rows:                                   pack op(A) in panels of 4 rows
 *         for each panel of B, for each panel of A:                         one tile of C in registers
 *
 * The order of every sum is fixed: the inner terms of one INNER_BLOCK are added one by one from 0, in increasing
 * order, and the blocks are added to C in increasing order. Tiles at the edges are computed aside, on panels padded
 * with zeros. Columns that do not fill a wide tile take narrow ones, so the same entries are at an edge for both widths.
 */

import { packAcross, packAlong, packPanels } from './pack';
import { bytesOf, LANES } from './simd';
import {
  multiplyNarrowRun,
  multiplyWide,
  NARROW_COLUMNS,
  TILE_BYTES,
  TILE_ROWS,
  tileIsWide,
  WIDE_COLUMNS,
} from './tile';

/** Inner terms of one pass: a panel of B (8 or 16 kB in float32) stays in the first-level cache. */
const INNER_BLOCK: i32 = 256;
/** Rows packed at a time. */
const ROW_BLOCK: i32 = 128;
/** Columns packed at a time: with the rows' block they stay in the second-level cache. */
const COLUMN_BLOCK: i32 = 512;
/** Columns up to which packing rows of A costs more than it saves, for the narrow and for the wide tile. */
const UNPACKED_COLUMNS: i32 = 32;
const UNPACKED_WIDE_COLUMNS: i32 = 128;

/** Bytes of scratch that {@link product} needs. */
export function productScratch(rows: i32, columns: i32, inner: i32): i64 {
  const packedRows = roundUp(min(rows, ROW_BLOCK), TILE_ROWS);
  const packedColumns = roundUp(min(columns, COLUMN_BLOCK), NARROW_COLUMNS);
  return <i64>TILE_BYTES + <i64>(packedRows + packedColumns) * <i64>innerBlock(inner) * sizeof<real>();
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
  alpha: real,
  accumulate: bool,
  lower: bool,
  scratch: usize,
): void {
  // A gradient that nobody asked for.
  if (c === 0) return;
  const wide = tileIsWide();
  // Rows of A that few tiles read are read where they are.
  const packsA = transposeA || columns > (wide ? UNPACKED_WIDE_COLUMNS : UNPACKED_COLUMNS);
  const rowStep = packsA ? sizeof<real>() : bytesOf(inner);
  const aStep = packsA ? bytesOf(TILE_ROWS) : sizeof<real>();
  const depth = innerBlock(inner);
  const aside = scratch;
  const packedA = scratch + TILE_BYTES;
  const packedB = packedA + bytesOf(roundUp(min(rows, ROW_BLOCK), TILE_ROWS) * depth);
  const stride = bytesOf(columns);
  for (let j0 = 0; j0 < columns; j0 += COLUMN_BLOCK) {
    const blockColumns = min(COLUMN_BLOCK, columns - j0);
    for (let p0 = 0; p0 < inner; p0 += depth) {
      const terms = min(depth, inner - p0);
      const add = accumulate || p0 > 0;
      const fromB = b + bytesOf(transposeB ? j0 * inner + p0 : p0 * columns + j0);
      packPanels(packedB, wide, fromB, transposeB ? inner : columns, transposeB, blockColumns, terms);
      for (let i0 = lower ? j0 - (j0 % ROW_BLOCK) : 0; i0 < rows; i0 += ROW_BLOCK) {
        const blockRows = min(ROW_BLOCK, rows - i0);
        const fromA = a + bytesOf(transposeA ? p0 * rows + i0 : i0 * inner + p0);
        if (transposeA) packAlong(packedA, TILE_ROWS, fromA, rows, blockRows, terms);
        else if (packsA) packAcross(packedA, TILE_ROWS, fromA, inner, blockRows, terms);
        // Bytes from the rows of one tile to those of the next.
        const tileStep = packsA ? bytesOf(TILE_ROWS * terms) : <usize>TILE_ROWS * rowStep;
        let panelB = packedB;
        let width = NARROW_COLUMNS;
        for (let j = 0; j < blockColumns; j += width) {
          width = wide && blockColumns - j >= WIDE_COLUMNS ? WIDE_COLUMNS : NARROW_COLUMNS;
          const bStep = bytesOf(width);
          let i = 0;
          if (lower) {
            // The first tile of this column that reaches the diagonal.
            const above = j0 + j - i0;
            if (above > 0) i = above - (above % TILE_ROWS);
          }
          let a0 = (packsA ? packedA : fromA) + <usize>(i / TILE_ROWS) * tileStep;
          for (; i < blockRows; i += TILE_ROWS) {
            const target = c + bytesOf((i0 + i) * columns + j0 + j);
            const inside = blockRows - i >= TILE_ROWS && blockColumns - j >= width;
            const to = inside ? target : aside;
            const toStride = inside ? stride : bStep;
            // Rows beyond the last one: a panel is padded, elsewhere they are the last one again.
            const valid = packsA ? TILE_ROWS : blockRows - i;
            const a1 = valid > 1 ? a0 + rowStep : a0;
            const a2 = valid > 2 ? a1 + rowStep : a1;
            const a3 = valid > 3 ? a2 + rowStep : a2;
            const start: usize = inside && add ? to : 0;
            if (width === WIDE_COLUMNS)
              multiplyWide(
                to,
                toStride,
                start,
                toStride,
                a0,
                a1,
                a2,
                a3,
                aStep,
                panelB,
                bStep,
                terms,
                1,
                0,
                alpha,
              );
            else
              multiplyNarrowRun(
                to,
                toStride,
                a0,
                a1,
                a2,
                a3,
                aStep,
                panelB,
                bStep,
                terms,
                alpha,
                start !== 0,
              );
            if (!inside) {
              const tileRows = min(TILE_ROWS, blockRows - i);
              copyTile(target, stride, aside, bStep, tileRows, min(width, blockColumns - j), add);
            }
            a0 += tileStep;
          }
          panelB += bytesOf(width * terms);
        }
      }
    }
  }
}

/** The valid part of a tile at an edge of C, from the tile computed aside. */
function copyTile(
  c: usize,
  stride: usize,
  tile: usize,
  tileStride: usize,
  rows: i32,
  columns: i32,
  accumulate: bool,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const target = c + bytesOf(j);
      const value = load<real>(tile + bytesOf(j));
      store<real>(target, accumulate ? load<real>(target) + value : value);
    }
    c += stride;
    tile += tileStride;
  }
}

/**
 * Copy the lower triangle of a square matrix onto its upper one.
 *
 * Rows in groups of a cache line: a line of the upper triangle is written at one go, for those a power of two apart
 * evict each other.
 */
export function mirrorLower(c: usize, order: i32): void {
  const stride = bytesOf(order);
  for (let first = 0; first < order; first += 4 * LANES) {
    const end = min(first + 4 * LANES, order);
    for (let j = 0; j < first; j += LANES) {
      const from = c + <usize>first * stride + bytesOf(j);
      const to = c + <usize>j * stride + bytesOf(first);
      let i = first;
      for (; i + LANES <= end; i += LANES) {
        transposeBlock(to + bytesOf(i - first), stride, from + <usize>(i - first) * stride, stride);
      }
      for (; i < end; i++) {
        for (let k = j; k < j + LANES; k++) mirrorEntry(c, stride, i, k);
      }
    }
    mirrorEntries(c, order, first, end);
  }
}

/** Complete a block on the diagonal of a symmetric matrix, from row and column `first` to `end`. */
export function mirrorEntries(c: usize, order: i32, first: i32, end: i32): void {
  for (let i = first; i < end; i++) {
    for (let j = first; j < i; j++) mirrorEntry(c, bytesOf(order), i, j);
  }
}

function mirrorEntry(c: usize, stride: usize, i: i32, j: i32): void {
  store<real>(c + <usize>j * stride + bytesOf(i), load<real>(c + <usize>i * stride + bytesOf(j)));
}

/** LANES x LANES block: target = sourceᵀ; row strides in bytes. */
export function transposeBlock(target: usize, targetStride: usize, source: usize, stride: usize): void {
  const r0 = v128.load(source);
  const r1 = v128.load(source + stride);
  if (sizeof<real>() === 8) {
    v128.store(target, v128.shuffle<f64>(r0, r1, 0, 2));
    v128.store(target + targetStride, v128.shuffle<f64>(r0, r1, 1, 3));
    return;
  }
  const r2 = v128.load(source + 2 * stride);
  const r3 = v128.load(source + 3 * stride);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(target + targetStride, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(target + 2 * targetStride, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(target + 3 * targetStride, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}
