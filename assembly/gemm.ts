/**
 * Matrix products: one packed, register-blocked micro-kernel, and the loops around it. Every product of the
 * kernel goes through here. Long on purpose: the loop nests, the packing and the unrolled micro-kernel belong together.
 *
 * Source: the loop order is that of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008.
 *
 *     for each block of COLUMN_BLOCK columns and INNER_BLOCK inner terms:   pack op(B) in panels of two vectors
 *       for each block of ROW_BLOCK rows:                                   pack op(A) in panels of 4 rows
 *         for each panel of B, for each panel of A:                         one tile of C in registers
 *
 * The order of every sum is fixed: the inner terms of one INNER_BLOCK are added one by one from 0, in increasing
 * order, and the blocks are added to C in increasing order. Tiles at the edges run the same code on panels
 * padded with zeros.
 */

import { bytesOf, LANES, multiplyAdd } from './simd';

/** Columns of one register tile: two vectors. */
const TILE_COLUMNS: i32 = 2 * LANES;
/**
 * Rows of one register tile. Some engines move all loads of a loop body ahead of its arithmetic; 8 accumulators
 * with 2 + 4 loaded operands still fit into 15 registers then, taller tiles spill and are slower.
 */
const TILE_ROWS: i32 = 4;
/** Inner terms of one pass: a panel of B (8 kB in float32) stays in the first-level cache. */
const INNER_BLOCK: i32 = 256;
/** Rows packed at a time. */
const ROW_BLOCK: i32 = 128;
/** Columns packed at a time: with the rows' block they stay in the second-level cache. */
const COLUMN_BLOCK: i32 = 512;
/** Room for one tile at an edge of C, in bytes. */
const TILE_BYTES: usize = 128;

/** Bytes of scratch that {@link product} needs. */
export function productScratch(rows: i32, columns: i32, inner: i32): i64 {
  const packedRows = roundUp(min(rows, ROW_BLOCK), TILE_ROWS);
  const packedColumns = roundUp(min(columns, COLUMN_BLOCK), TILE_COLUMNS);
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
  const depth = innerBlock(inner);
  const tile = scratch;
  const packedA = scratch + TILE_BYTES;
  const packedB = packedA + bytesOf(roundUp(min(rows, ROW_BLOCK), TILE_ROWS) * depth);
  const stride = bytesOf(columns);
  for (let j0 = 0; j0 < columns; j0 += COLUMN_BLOCK) {
    const blockColumns = min(COLUMN_BLOCK, columns - j0);
    for (let p0 = 0; p0 < inner; p0 += depth) {
      const terms = min(depth, inner - p0);
      const add = accumulate || p0 > 0;
      if (transposeB)
        packAcross(packedB, TILE_COLUMNS, b + bytesOf(j0 * inner + p0), inner, blockColumns, terms);
      else packAlong(packedB, TILE_COLUMNS, b + bytesOf(p0 * columns + j0), columns, blockColumns, terms);
      for (let i0 = lower ? j0 - (j0 % ROW_BLOCK) : 0; i0 < rows; i0 += ROW_BLOCK) {
        const blockRows = min(ROW_BLOCK, rows - i0);
        if (transposeA) packAlong(packedA, TILE_ROWS, a + bytesOf(p0 * rows + i0), rows, blockRows, terms);
        else packAcross(packedA, TILE_ROWS, a + bytesOf(i0 * inner + p0), inner, blockRows, terms);
        let panelB = packedB;
        for (let j = 0; j < blockColumns; j += TILE_COLUMNS) {
          let panelA = packedA;
          let i = 0;
          if (lower) {
            // The first tile of this column that reaches the diagonal.
            const above = j0 + j - i0;
            if (above > 0) i = above - (above % TILE_ROWS);
            panelA += bytesOf(i * terms);
          }
          for (; i < blockRows; i += TILE_ROWS) {
            const target = c + bytesOf((i0 + i) * columns + j0 + j);
            if (blockRows - i >= TILE_ROWS && blockColumns - j >= TILE_COLUMNS) {
              multiplyTile(target, stride, panelA, panelB, terms, alpha, add);
            } else {
              multiplyTile(tile, bytesOf(TILE_COLUMNS), panelA, panelB, terms, alpha, false);
              copyTile(
                target,
                stride,
                tile,
                min(TILE_ROWS, blockRows - i),
                min(TILE_COLUMNS, blockColumns - j),
                add,
              );
            }
            panelA += bytesOf(TILE_ROWS * terms);
          }
          panelB += bytesOf(TILE_COLUMNS * terms);
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
    v128.store(c, v128.mul<real>(left, alpha));
    v128.store(c, v128.mul<real>(right, alpha), 16);
  }
}

/** The valid part of a tile at an edge of C, from the tile computed aside. */
function copyTile(c: usize, stride: usize, tile: usize, rows: i32, columns: i32, accumulate: bool): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const target = c + bytesOf(j);
      const value = load<real>(tile + bytesOf(j));
      store<real>(target, accumulate ? load<real>(target) + value : value);
    }
    c += stride;
    tile += bytesOf(TILE_COLUMNS);
  }
}

/**
 * Panels of `width` (one or two vectors) from a matrix whose panel direction is contiguous: source
 * [terms x length] with a row stride of `stride` elements; the last panel is padded with zeros. A panel is [terms x width].
 *
 * Four terms at a time, across all panels: reads follow the rows, and writes fill whole cache lines. One panel after the
 * other would come back to every line of the source, and lines a power of two apart evict each other.
 */
function packAlong(target: usize, width: i32, source: usize, stride: i32, length: i32, terms: i32): void {
  const step = bytesOf(stride);
  const size = bytesOf(width);
  const panel = <usize>terms * size;
  const whole = length - (length % width);
  let row = source;
  let to = target;
  let p = 0;
  for (; p + 4 <= terms; p += 4) {
    let out = to;
    const end = row + bytesOf(whole);
    for (let from = row; from < end; from += size) {
      const second = from + step;
      const third = second + step;
      const fourth = third + step;
      if (width === LANES) {
        v128.store(out, v128.load(from));
        v128.store(out, v128.load(second), 16);
        v128.store(out, v128.load(third), 32);
        v128.store(out, v128.load(fourth), 48);
      } else {
        v128.store(out, v128.load(from));
        v128.store(out, v128.load(from, 16), 16);
        v128.store(out, v128.load(second), 32);
        v128.store(out, v128.load(second, 16), 48);
        v128.store(out, v128.load(third), 64);
        v128.store(out, v128.load(third, 16), 80);
        v128.store(out, v128.load(fourth), 96);
        v128.store(out, v128.load(fourth, 16), 112);
      }
      out += panel;
    }
    row += 4 * step;
    to += 4 * size;
  }
  for (; p < terms; p++) {
    let out = to;
    for (let j = 0; j < whole; j += width) {
      const from = row + bytesOf(j);
      v128.store(out, v128.load(from));
      if (width === 2 * LANES) v128.store(out, v128.load(from, 16), 16);
      out += panel;
    }
    row += step;
    to += size;
  }
  if (whole < length) {
    const rest = target + <usize>(whole / width) * panel;
    packPadded(rest, width, source + bytesOf(whole), sizeof<real>(), step, length - whole, terms);
  }
}

/** The same panels from a matrix whose inner direction is contiguous: source [length x terms], row stride `stride`. */
function packAcross(target: usize, width: i32, source: usize, stride: i32, length: i32, terms: i32): void {
  const step = bytesOf(stride);
  const size = bytesOf(width);
  for (let j = 0; j < length; j += width) {
    const from = source + <usize>j * step;
    if (length - j < width) {
      packPadded(target, width, from, step, sizeof<real>(), length - j, terms);
    } else {
      packLanes(target, size, from, step, terms);
      if (width === 2 * LANES) packLanes(target + 16, size, from + <usize>LANES * step, step, terms);
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
      store<real>(target, k < valid ? load<real>(source + <usize>k * entryStep) : 0);
      target += sizeof<real>();
    }
    source += termStep;
  }
}

/** LANES rows of the source become the lanes of one vector for each term: a square transpose at a time. */
function packLanes(target: usize, width: usize, row0: usize, step: usize, terms: i32): void {
  const row1 = row0 + step;
  const row2 = row1 + step;
  const row3 = row2 + step;
  const end = bytesOf(terms);
  let offset: usize = 0;
  if (sizeof<real>() === 8) {
    for (; offset + 16 <= end; offset += 16) {
      const r0 = v128.load(row0 + offset);
      const r1 = v128.load(row1 + offset);
      v128.store(target, v128.shuffle<f64>(r0, r1, 0, 2));
      target += width;
      v128.store(target, v128.shuffle<f64>(r0, r1, 1, 3));
      target += width;
    }
    if (offset < end) {
      store<f64>(target, load<f64>(row0 + offset));
      store<f64>(target, load<f64>(row1 + offset), 8);
    }
    return;
  }
  for (; offset + 16 <= end; offset += 16) {
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
  for (; offset < end; offset += 4) {
    store<f32>(target, load<f32>(row0 + offset));
    store<f32>(target, load<f32>(row1 + offset), 4);
    store<f32>(target, load<f32>(row2 + offset), 8);
    store<f32>(target, load<f32>(row3 + offset), 12);
    target += width;
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

/**
 * One tile: C [4 rows x 2 vectors] = scale · A-panel · B-panel, stored or added; `stride` is the row stride of C in bytes.
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
  const end = a + bytesOf(inner * TILE_ROWS);
  while (true) {
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    s = v128.load_splat<real>(a);
    c00 = multiplyAdd(s, b0, c00);
    c01 = multiplyAdd(s, b1, c01);
    s = v128.load_splat<real>(a, sizeof<real>());
    c10 = multiplyAdd(s, b0, c10);
    c11 = multiplyAdd(s, b1, c11);
    s = v128.load_splat<real>(a, 2 * sizeof<real>());
    c20 = multiplyAdd(s, b0, c20);
    c21 = multiplyAdd(s, b1, c21);
    s = v128.load_splat<real>(a, 3 * sizeof<real>());
    c30 = multiplyAdd(s, b0, c30);
    c31 = multiplyAdd(s, b1, c31);
    a += 4 * sizeof<real>();
    if (a === end) break;
    b += 32;
  }
  const alpha = v128.splat<real>(scale);
  writeRow(c, c00, c01, alpha, accumulate);
  c += stride;
  writeRow(c, c10, c11, alpha, accumulate);
  c += stride;
  writeRow(c, c20, c21, alpha, accumulate);
  c += stride;
  writeRow(c, c30, c31, alpha, accumulate);
}
