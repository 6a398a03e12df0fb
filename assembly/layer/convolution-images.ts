/** Copies of images and kernels in the layouts that convolutions read: with zeros around, in planes, in panels. */

import { packAcross } from '../pack';
import { bytesOf } from '../simd';
import { NARROW_COLUMNS, WIDE_COLUMNS } from '../tile';

/** Channels of a plane. */
export const PLANE: i32 = 4;

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
function copyReals(to: usize, from: usize, count: i32): void {
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
 * Planes of `each` channels, PLANE or all where they are fewer: target [channels / each, rounded up][planePixels][each], with its zeros. Pixels
 * as {@link placeImage} has them.
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
  each: i32,
  rows: i32,
  columns: i32,
): void {
  const size = bytesOf(each);
  const plane = <usize>planePixels * size;
  const pixel = bytesOf(channels);
  for (let i = 0; i < rows; i++) {
    let row = target + <usize>((top + i) * targetWidth + left) * size;
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
      row += size;
    }
    source += <usize>(width - columns) * pixel;
  }
}

/**
 * Panels as {@link packPanels} makes them, of a kernel turned by half a turn with its channels and filters swapped: terms are positions, from the
 * last to the first, times filters, columns channels; source [positions x channels x filters].
 */
export function packTurned(
  target: usize,
  wide: bool,
  source: usize,
  positions: i32,
  channels: i32,
  filters: i32,
): void {
  let width = NARROW_COLUMNS;
  for (let j = 0; j < channels; j += width) {
    width = wide && channels - j >= WIDE_COLUMNS ? WIDE_COLUMNS : NARROW_COLUMNS;
    for (let p = positions - 1; p >= 0; p--) {
      const block = source + bytesOf((p * channels + j) * filters);
      packAcross(target, width, block, filters, min(width, channels - j), filters);
      target += bytesOf(width * filters);
    }
  }
}
