/**
 * Maximum and average over windows of an image, and over all of it. Shapes: x samples x height x width x channels, y the same
 * with one position a window. The lanes are channels; windows are taken row by row, and so are the entries of one.
 *
 * Three poolings with their gradients over the same windows: this file is as long as their list.
 *
 * A window that reaches past the image (padding `same`) has only the entries that exist: an average is over their number.
 */

import { bytesOf, LANES, loadUpTo, narrow, storeUpTo, widenHigh, widenLow } from '../simd';
import { paddingBefore, windowCount } from './window';

/** Sizes of one pooling layer, and where the present window lies. */
@unmanaged
export class Pooling {
  samples: i32;
  height: i32;
  width: i32;
  channels: i32;
  poolHeight: i32;
  poolWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  same: bool;
  /** Present window: first row and column, and how many of each exist. */
  top: i32;
  left: i32;
  rows: i32;
  columns: i32;
}

/** The one call that is under way: the kernel allocates nothing. */
export const POOLING: Pooling = changetype<Pooling>(memory.data(offsetof<Pooling>(), 8));

export const MAXIMUM: i32 = 0;
export const AVERAGE: i32 = 1;

export function outputHeight(p: Pooling): i32 {
  return windowCount(p.height, p.poolHeight, p.strideHeight, p.same);
}

export function outputWidth(p: Pooling): i32 {
  return windowCount(p.width, p.poolWidth, p.strideWidth, p.same);
}

/** Moves to the rows of window `i` of its column. */
function toRow(p: Pooling, i: i32): void {
  const start = i * p.strideHeight - paddingBefore(p.height, p.poolHeight, p.strideHeight, p.same);
  p.top = max(start, 0);
  p.rows = min(start + p.poolHeight, p.height) - p.top;
}

/** Moves to the columns of window `j` of its row. */
function toColumn(p: Pooling, j: i32): void {
  const start = j * p.strideWidth - paddingBefore(p.width, p.poolWidth, p.strideWidth, p.same);
  p.left = max(start, 0);
  p.columns = min(start + p.poolWidth, p.width) - p.left;
}

/** y = the maximum or the average of each window; a NaN in a window gives NaN. */
export function poolForward(kind: i32, y: usize, x: usize, p: Pooling): void {
  const pixel = bytesOf(p.channels);
  const line = pixel * <usize>p.width;
  const height = outputHeight(p);
  const width = outputWidth(p);
  for (let sample = 0; sample < p.samples; sample++) {
    for (let i = 0; i < height; i++) {
      toRow(p, i);
      for (let j = 0; j < width; j++) {
        toColumn(p, j);
        const from = x + <usize>p.top * line + <usize>p.left * pixel;
        if (kind === MAXIMUM) {
          if (p.rows === 2 && p.columns === 2) maximumOfFour(y, from, pixel, line, p.channels);
          else maximumOf(y, from, pixel, line, p.rows, p.columns, p.channels);
        } else averageOf(y, from, pixel, line, p.rows, p.columns, p.channels);
        y += pixel;
      }
    }
    x += line * <usize>p.height;
  }
}

/** The maximum of a window of 2 x 2 entries. */
function maximumOfFour(y: usize, x: usize, pixel: usize, line: usize, channels: i32): void {
  let j = 0;
  for (; j + 2 * LANES <= channels; j += 2 * LANES) {
    const top0 = v128.max<real>(v128.load(x), v128.load(x + pixel));
    const top1 = v128.max<real>(v128.load(x, 16), v128.load(x + pixel, 16));
    const low0 = v128.max<real>(v128.load(x + line), v128.load(x + line + pixel));
    const low1 = v128.max<real>(v128.load(x + line, 16), v128.load(x + line + pixel, 16));
    v128.store(y, v128.max<real>(top0, low0));
    v128.store(y, v128.max<real>(top1, low1), 16);
    x += 32;
    y += 32;
  }
  if (j < channels) maximumOf(y, x, pixel, line, 2, 2, channels - j);
}

function maximumOf(
  y: usize,
  x: usize,
  pixel: usize,
  line: usize,
  rows: i32,
  columns: i32,
  channels: i32,
): void {
  for (let j = 0; j < channels; j += LANES) {
    const count = channels - j;
    let best = loadUpTo(x, count, 0);
    for (let r = 0; r < rows; r++) {
      let from = x + <usize>r * line;
      for (let c = 0; c < columns; c++) {
        best = v128.max<real>(best, loadUpTo(from, count, 0));
        from += pixel;
      }
    }
    storeUpTo(y, best, count);
    x += 16;
    y += 16;
  }
}

function averageOf(
  y: usize,
  x: usize,
  pixel: usize,
  line: usize,
  rows: i32,
  columns: i32,
  channels: i32,
): void {
  const scale = v128.splat<real>(1 / <real>(rows * columns));
  for (let j = 0; j < channels; j += LANES) {
    const count = channels - j;
    let sum = v128.splat<real>(0);
    for (let r = 0; r < rows; r++) {
      let from = x + <usize>r * line;
      for (let c = 0; c < columns; c++) {
        sum = v128.add<real>(sum, loadUpTo(from, count, 0));
        from += pixel;
      }
    }
    storeUpTo(y, v128.mul<real>(sum, scale), count);
    x += 16;
    y += 16;
  }
}

/**
 * dx = the gradient of each window, given to its first entry that equals the maximum (found by comparing again: no index is
 * kept), or in equal parts to all of it; 0 where no window is. Windows that overlap add up in their order.
 */
export function poolBackward(kind: i32, dx: usize, dy: usize, x: usize, y: usize, p: Pooling): void {
  const pixel = bytesOf(p.channels);
  const line = pixel * <usize>p.width;
  const height = outputHeight(p);
  const width = outputWidth(p);
  const add = p.strideHeight < p.poolHeight || p.strideWidth < p.poolWidth;
  const tiles = p.strideHeight === p.poolHeight && p.strideWidth === p.poolWidth;
  const whole = p.height % p.poolHeight === 0 && p.width % p.poolWidth === 0;
  if (!tiles || !(p.same || whole)) {
    for (let i = 0; i < p.samples; i++) {
      const image = line * <usize>p.height;
      memory.fill(dx + <usize>i * image, 0, image);
    }
  }
  for (let sample = 0; sample < p.samples; sample++) {
    for (let i = 0; i < height; i++) {
      toRow(p, i);
      for (let j = 0; j < width; j++) {
        toColumn(p, j);
        const at = <usize>p.top * line + <usize>p.left * pixel;
        if (kind === AVERAGE) {
          spread(dx + at, dy, pixel, line, p.rows, p.columns, p.channels, add);
        } else {
          if (!add && p.rows === 2 && p.columns === 2) {
            giveToFirstOfFour(dx + at, dy, x + at, y, pixel, line, p.channels);
          } else giveToFirst(dx + at, dy, x + at, y, pixel, line, p.rows, p.columns, p.channels, add);
          y += pixel;
        }
        dy += pixel;
      }
    }
    dx += line * <usize>p.height;
    x += line * <usize>p.height;
  }
}

/** A window of 2 x 2 entries, which no other window shares. */
function giveToFirstOfFour(
  dx: usize,
  dy: usize,
  x: usize,
  y: usize,
  pixel: usize,
  line: usize,
  channels: i32,
): void {
  let j = 0;
  for (; j + LANES <= channels; j += LANES) {
    const best = v128.load(y);
    const d = v128.load(dy);
    const hit0 = v128.eq<real>(v128.load(x), best);
    const hit1 = v128.eq<real>(v128.load(x + pixel), best);
    const hit2 = v128.eq<real>(v128.load(x + line), best);
    const hit3 = v128.eq<real>(v128.load(x + line + pixel), best);
    const top = v128.or(hit0, hit1);
    v128.store(dx, v128.and(d, hit0));
    v128.store(dx + pixel, v128.and(d, v128.andnot(hit1, hit0)));
    v128.store(dx + line, v128.and(d, v128.andnot(hit2, top)));
    v128.store(dx + line + pixel, v128.and(d, v128.andnot(hit3, v128.or(top, hit2))));
    dx += 16;
    dy += 16;
    x += 16;
    y += 16;
  }
  if (j < channels) giveToFirst(dx, dy, x, y, pixel, line, 2, 2, channels - j, false);
}

function giveToFirst(
  dx: usize,
  dy: usize,
  x: usize,
  y: usize,
  pixel: usize,
  line: usize,
  rows: i32,
  columns: i32,
  channels: i32,
  add: bool,
): void {
  for (let j = 0; j < channels; j += LANES) {
    const count = channels - j;
    const best = loadUpTo(y, count, 0);
    // What is left of the gradient: a lane that found its maximum has given it away.
    let left = loadUpTo(dy, count, 0);
    for (let r = 0; r < rows; r++) {
      let at = <usize>r * line;
      for (let c = 0; c < columns; c++) {
        const hit = v128.eq<real>(loadUpTo(x + at, count, 0), best);
        const given = v128.and(left, hit);
        const to = dx + at;
        storeUpTo(to, add ? v128.add<real>(loadUpTo(to, count, 0), given) : given, count);
        left = v128.andnot(left, hit);
        at += pixel;
      }
    }
    dx += 16;
    dy += 16;
    x += 16;
    y += 16;
  }
}

function spread(
  dx: usize,
  dy: usize,
  pixel: usize,
  line: usize,
  rows: i32,
  columns: i32,
  channels: i32,
  add: bool,
): void {
  const scale = v128.splat<real>(1 / <real>(rows * columns));
  for (let j = 0; j < channels; j += LANES) {
    const count = channels - j;
    const part = v128.mul<real>(loadUpTo(dy, count, 0), scale);
    for (let r = 0; r < rows; r++) {
      let to = dx + <usize>r * line;
      for (let c = 0; c < columns; c++) {
        storeUpTo(to, add ? v128.add<real>(loadUpTo(to, count, 0), part) : part, count);
        to += pixel;
      }
    }
    dx += 16;
    dy += 16;
  }
}

/** y [samples x channels] = the mean over the positions of x [samples x positions x channels]; sums in float64. */
export function globalAverageForward(y: usize, x: usize, samples: i32, positions: i32, channels: i32): void {
  const pixel = bytesOf(channels);
  const scale = f64x2.splat(1.0 / <f64>positions);
  for (let sample = 0; sample < samples; sample++) {
    for (let j = 0; j < channels; j += LANES) {
      const count = channels - j;
      let from = x + bytesOf(j);
      let low = f64x2.splat(0);
      let high = f64x2.splat(0);
      for (let i = 0; i < positions; i++) {
        const v = loadUpTo(from, count, 0);
        low = f64x2.add(low, widenLow(v));
        high = f64x2.add(high, widenHigh(v));
        from += pixel;
      }
      storeUpTo(y + bytesOf(j), narrow(f64x2.mul(low, scale), f64x2.mul(high, scale)), count);
    }
    x += pixel * <usize>positions;
    y += pixel;
  }
}

/** dx [samples x positions x channels] = dy [samples x channels]/positions. */
export function globalAverageBackward(
  dx: usize,
  dy: usize,
  samples: i32,
  positions: i32,
  channels: i32,
): void {
  const pixel = bytesOf(channels);
  for (let sample = 0; sample < samples; sample++) {
    spread(dx, dy, pixel, 0, 1, positions, channels, false);
    dx += pixel * <usize>positions;
    dy += pixel;
  }
}
