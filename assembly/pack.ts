/**
 * Packing of operands in panels, which the tiles of tile.ts read in one run.
 *
 * A panel is [terms x width]: the numbers of one term side by side, term after term; one beyond the matrix is 0. The panel from
 * column j on begins at j·terms numbers, whatever the widths of those before it.
 */

import { bytesOf, LANES } from './simd';
import { NARROW_COLUMNS, WIDE_COLUMNS } from './tile';

/**
 * Panels of B for `columns` columns: as many of {@link WIDE_COLUMNS} as are full where `wide`, the rest of {@link NARROW_COLUMNS}.
 *
 * The source is [terms x columns], or [columns x terms] where `transposed`, with a row stride of `stride` elements.
 */
export function packPanels(
  target: usize,
  wide: bool,
  source: usize,
  stride: i32,
  transposed: bool,
  columns: i32,
  terms: i32,
): void {
  const full = wide ? columns - (columns % WIDE_COLUMNS) : 0;
  const rest = target + bytesOf(full * terms);
  if (transposed) {
    packAcross(target, WIDE_COLUMNS, source, stride, full, terms);
    packAcross(rest, NARROW_COLUMNS, source + bytesOf(full) * <usize>stride, stride, columns - full, terms);
  } else {
    packAlong(target, WIDE_COLUMNS, source, stride, full, terms);
    packAlong(rest, NARROW_COLUMNS, source + bytesOf(full), stride, columns - full, terms);
  }
}

/**
 * Panels of `width` (one, two or four vectors) from a matrix whose panel direction is contiguous: source
 * [terms x length] with a row stride of `stride` elements; the last panel is padded with zeros. A panel is [terms x width].
 *
 * Four terms at a time, across all panels: reads follow the rows, and writes fill whole cache lines. One panel after the
 * other would come back to every line of the source, and lines a power of two apart evict each other.
 */
export function packAlong(
  target: usize,
  width: i32,
  source: usize,
  stride: i32,
  length: i32,
  terms: i32,
): void {
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
      } else if (width === 2 * LANES) {
        v128.store(out, v128.load(from));
        v128.store(out, v128.load(from, 16), 16);
        v128.store(out, v128.load(second), 32);
        v128.store(out, v128.load(second, 16), 48);
        v128.store(out, v128.load(third), 64);
        v128.store(out, v128.load(third, 16), 80);
        v128.store(out, v128.load(fourth), 96);
        v128.store(out, v128.load(fourth, 16), 112);
      } else {
        v128.store(out, v128.load(from));
        v128.store(out, v128.load(from, 16), 16);
        v128.store(out, v128.load(from, 32), 32);
        v128.store(out, v128.load(from, 48), 48);
        v128.store(out, v128.load(second), 64);
        v128.store(out, v128.load(second, 16), 80);
        v128.store(out, v128.load(second, 32), 96);
        v128.store(out, v128.load(second, 48), 112);
        v128.store(out, v128.load(third), 128);
        v128.store(out, v128.load(third, 16), 144);
        v128.store(out, v128.load(third, 32), 160);
        v128.store(out, v128.load(third, 48), 176);
        v128.store(out, v128.load(fourth), 192);
        v128.store(out, v128.load(fourth, 16), 208);
        v128.store(out, v128.load(fourth, 32), 224);
        v128.store(out, v128.load(fourth, 48), 240);
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
      if (width > LANES) v128.store(out, v128.load(from, 16), 16);
      if (width > 2 * LANES) {
        v128.store(out, v128.load(from, 32), 32);
        v128.store(out, v128.load(from, 48), 48);
      }
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
export function packAcross(
  target: usize,
  width: i32,
  source: usize,
  stride: i32,
  length: i32,
  terms: i32,
): void {
  const step = bytesOf(stride);
  const size = bytesOf(width);
  for (let j = 0; j < length; j += width) {
    const from = source + <usize>j * step;
    if (length - j < width) {
      packPadded(target, width, from, step, sizeof<real>(), length - j, terms);
    } else {
      for (let k = 0; k < width; k += LANES) {
        packLanes(target + bytesOf(k), size, from + <usize>k * step, step, terms);
      }
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
