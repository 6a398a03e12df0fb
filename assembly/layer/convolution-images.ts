/** Copies of images and kernels in the layouts that convolutions read: with zeros around, in planes, in panels. */

import { bytesOf, LANES, loadUpTo } from '../simd';

/** Channels of a plane. */
export const PLANE: i32 = 4;

/** Zeros. */
export function clear(target: usize, count: i32): void {
  memory.fill(target, 0, bytesOf(count));
}

/**
 * The inside of an image with zeros around it: target [… x targetWidth x channels], whose row `top` and column `left` hold the first pixel of
 * source [height x width x channels]; `rows` and `columns` of it. Neighbours lie `dilateRows` rows and `dilateColumns` columns apart.
 */
export function placeImage(
  target: usize,
  targetWidth: i32,
  top: i32,
  left: i32,
  source: usize,
  width: i32,
  channels: i32,
  rows: i32,
  columns: i32,
  dilateRows: i32,
  dilateColumns: i32,
): void {
  const pixel = bytesOf(channels);
  const targetStep = <usize>(targetWidth * dilateRows) * pixel;
  const sourceStep = <usize>width * pixel;
  let to = target + <usize>(top * targetWidth + left) * pixel;
  for (let i = 0; i < rows; i++) {
    if (dilateColumns === 1) {
      copyReals(to, source, columns * channels);
    } else {
      for (let j = 0; j < columns; j++) {
        copyReals(to + <usize>(j * dilateColumns) * pixel, source + <usize>j * pixel, channels);
      }
    }
    to += targetStep;
    source += sourceStep;
  }
}

/** `count` numbers. */
export function copyReals(to: usize, from: usize, count: i32): void {
  const end = from + bytesOf(count);
  for (; from + 32 <= end; from += 32) {
    const left = v128.load(from);
    const right = v128.load(from, 16);
    v128.store(to, left);
    v128.store(to, right, 16);
    to += 32;
  }
  for (; from < end; from += sizeof<real>()) {
    store<real>(to, load<real>(from));
    to += sizeof<real>();
  }
}

/**
 * Planes of PLANE channels: target [channels / PLANE, rounded up][planePixels][PLANE], zeros after the last channel. Pixels as
 * {@link placeImage} has them.
 */
export function placePlanes(
  target: usize,
  planePixels: i32,
  targetWidth: i32,
  top: i32,
  left: i32,
  source: usize,
  width: i32,
  channels: i32,
  rows: i32,
  columns: i32,
): void {
  const plane = <usize>planePixels * bytesOf(PLANE);
  const pixel = bytesOf(channels);
  for (let i = 0; i < rows; i++) {
    let row = target + <usize>((top + i) * targetWidth + left) * bytesOf(PLANE);
    for (let j = 0; j < columns; j++) {
      let to = row;
      let c = 0;
      for (; c + PLANE <= channels; c += PLANE) {
        v128.store(to, v128.load(source + bytesOf(c)));
        if (sizeof<real>() === 8) v128.store(to, v128.load(source + bytesOf(c), 16), 16);
        to += plane;
      }
      for (let k = 0; c + k < channels; k++)
        store<real>(to + bytesOf(k), load<real>(source + bytesOf(c + k)));
      source += pixel;
      row += bytesOf(PLANE);
    }
    source += <usize>(width - columns) * pixel;
  }
}

/** Panels of `panel` columns: target [columns / panel, rounded up][terms][panel] of source [terms x columns], zeros after the last column. */
export function packColumns(target: usize, panel: i32, source: usize, terms: i32, columns: i32): void {
  const size = bytesOf(panel);
  const bytes = <usize>terms * size;
  for (let p = 0; p < terms; p++) {
    let to = target;
    for (let j = 0; j < columns; j += panel) {
      for (let k = 0; k < panel; k += LANES) {
        const left = columns - j - k;
        const from = source + bytesOf(j + k);
        v128.store(to + bytesOf(k), left > 0 ? loadUpTo(from, left, 0) : v128.splat<real>(0));
      }
      to += bytes;
    }
    source += bytesOf(columns);
    target += size;
  }
}

/**
 * Panels of a kernel turned by half a turn, its channels and filters swapped: target [channels / panel, rounded up]
 * [positions x filters][panel], zeros after the last channel, of source [positions x channels x filters].
 */
export function packTurned(
  target: usize,
  panel: i32,
  source: usize,
  positions: i32,
  channels: i32,
  filters: i32,
): void {
  for (let j = 0; j < channels; j += panel) {
    for (let p = positions - 1; p >= 0; p--) {
      const block = source + bytesOf((p * channels + j) * filters);
      for (let f = 0; f < filters; f++) {
        for (let k = 0; k < panel; k++) {
          store<real>(target, j + k < channels ? load<real>(block + bytesOf(k * filters + f)) : 0);
          target += sizeof<real>();
        }
      }
    }
  }
}
