/**
 * A batch of pixels that are mostly zeros: its non-zeros, by rows for the forward pass and by columns for the gradient of the
 * weights (sparse.ts).
 *
 * Layout, each part on a cache line: row starts [samples + 1], column starts [inputs + 1], then for both orders the offsets
 * (int32) and the values of the non-zeros, then the value of each of the 256 bytes, at last room for sixteen vectors of every row
 * of the weights. An offset is the index of the other coordinate.
 */

import { after, matrixBytes } from '../covariance';
import { scaleBytes } from '../elementwise';
import { bytesOf } from '../simd';

/** Six and sixteen vectors, in bytes. */
export const SIX: usize = 96;
export const SIXTEEN: usize = 256;

/** Of the entries of a batch, the share that may differ from zero: above it the dense product is about as fast. */
const LARGEST_SHARE: f64 = 0.4;

/** Answers in place of a number of non-zeros: they are more than that share, or the rows are none. */
const TOO_MANY: i32 = -1;
export const MALFORMED: i32 = -2;

/** Bytes of `count` 32-bit whole numbers, rounded up to whole cache lines. */
function indexBytes(count: i64): i64 {
  return (count * 4 + 63) & ~63;
}

/** Bytes of a compressed batch in which nothing is zero. */
export function compressedBytes(samples: i32, inputs: i32): i64 {
  const most = min(<i64>samples * <i64>inputs, (<i64>1) << 40);
  return (
    indexBytes(<i64>samples + 1) +
    indexBytes(<i64>inputs + 1) +
    2 * indexBytes(most) +
    2 * matrixBytes(samples, inputs) +
    matrixBytes(256, 1) +
    <i64>inputs * SIXTEEN
  );
}

/** Offsets of the parts of a compressed batch. */
export function columnStarts(batch: usize, samples: i32): usize {
  return batch + <usize>indexBytes(<i64>samples + 1);
}

export function rowOffsets(batch: usize, samples: i32, inputs: i32): usize {
  return columnStarts(batch, samples) + <usize>indexBytes(<i64>inputs + 1);
}

export function columnOffsets(batch: usize, samples: i32, inputs: i32): usize {
  return rowOffsets(batch, samples, inputs) + <usize>indexBytes(<i64>samples * <i64>inputs);
}

export function rowValues(batch: usize, samples: i32, inputs: i32): usize {
  return columnOffsets(batch, samples, inputs) + <usize>indexBytes(<i64>samples * <i64>inputs);
}

export function columnValues(batch: usize, samples: i32, inputs: i32): usize {
  return after(rowValues(batch, samples, inputs), samples, inputs);
}

/**
 * Compress bytes [samples x inputs] divided by `divisor`; returns the number of non-zeros, or −1 where they are more than
 * LARGEST_SHARE: the batch is not usable then.
 */
export function compress(batch: usize, bytes: usize, samples: i32, inputs: i32, divisor: real): i32 {
  const starts = columnStarts(batch, samples);
  const offsets = rowOffsets(batch, samples, inputs);
  const values = rowValues(batch, samples, inputs);
  const valueOfByte = after(columnValues(batch, samples, inputs), samples, inputs);
  for (let k = 0; k < 256; k++) store<real>(valueOfByte + bytesOf(k), <real>k / divisor);
  memory.fill(starts, 0, (<usize>(inputs + 1)) << 2);
  const most = <i32>(LARGEST_SHARE * <f64>samples * <f64>inputs);
  let count = 0;
  let from = bytes;
  for (let i = 0; i < samples; i++) {
    if (count > most) return unusable(batch, starts, TOO_MANY);
    store<i32>(batch + ((<usize>i) << 2), count);
    for (let p = 0; p < inputs; p += 16) {
      const left = min(16, inputs - p);
      if (left < 16 || v128.any_true(v128.load(from))) {
        for (let k = 0; k < left; k++) {
          // Every entry is written, and only the non-zeros advance: no branch to mispredict.
          const byte = <i32>load<u8>(from + <usize>k);
          store<i32>(offsets + ((<usize>count) << 2), p + k);
          store<real>(values + bytesOf(count), load<real>(valueOfByte + bytesOf(byte)));
          count += i32(byte !== 0);
        }
      }
      from += <usize>left;
    }
  }
  if (count > most) return unusable(batch, starts, TOO_MANY);
  store<i32>(batch + ((<usize>samples) << 2), count);

  transpose(batch, samples, inputs, count);
  return count;
}

/**
 * Compress samples whose non-zeros are kept: of each a count n [uint16], the offsets [n, uint16] in increasing order and the
 * bytes [n, uint8], up to a whole word of 32 bits, one sample after the other in `rowsBytes` bytes. Answers as {@link compress} does and leaves the same
 * batch; MALFORMED for rows that hold anything else.
 */
export function compressRows(
  batch: usize,
  rows: usize,
  rowsBytes: usize,
  samples: i32,
  inputs: i32,
  divisor: f64,
): i32 {
  const starts = columnStarts(batch, samples);
  const offsets = rowOffsets(batch, samples, inputs);
  const values = rowValues(batch, samples, inputs);
  const most = <i32>(LARGEST_SHARE * <f64>samples * <f64>inputs);
  const end = rows + rowsBytes;
  let largest = v128.splat<u16>(0);
  let last: u32 = 0;
  let count = 0;
  let from = rows;
  for (let i = 0; i < samples; i++) {
    if (from + 2 > end) return unusable(batch, starts, MALFORMED);
    const entries = <i32>load<u16>(from);
    from += 2;
    if (entries > inputs || from + <usize>(3 * entries) > end) return unusable(batch, starts, MALFORMED);
    if (count + entries > most) return unusable(batch, starts, TOO_MANY);
    store<i32>(batch + ((<usize>i) << 2), count);
    const to = offsets + ((<usize>count) << 2);
    let k = 0;
    for (; k + 8 <= entries; k += 8) {
      const eight = v128.load(from + ((<usize>k) << 1));
      largest = v128.max<u16>(largest, eight);
      v128.store(to + ((<usize>k) << 2), i32x4.extend_low_i16x8_u(eight));
      v128.store(to + ((<usize>k) << 2), i32x4.extend_high_i16x8_u(eight), 16);
    }
    for (; k < entries; k++) {
      const offset = <u32>load<u16>(from + ((<usize>k) << 1));
      last = max(last, offset);
      store<u32>(to + ((<usize>k) << 2), offset);
    }
    from += (<usize>entries) << 1;
    scaleBytes(values + bytesOf(count), from, entries, divisor);
    // To the next word.
    from += ((<usize>entries + 3 + (from - rows)) & ~3) - (from - rows);
    count += entries;
  }
  const pair = i32x4.max_u(i32x4.extend_low_i16x8_u(largest), i32x4.extend_high_i16x8_u(largest));
  last = max(last, max(<u32>i32x4.extract_lane(pair, 0), <u32>i32x4.extract_lane(pair, 1)));
  last = max(last, max(<u32>i32x4.extract_lane(pair, 2), <u32>i32x4.extract_lane(pair, 3)));
  if (last >= <u32>inputs) return unusable(batch, starts, MALFORMED);
  store<i32>(batch + ((<usize>samples) << 2), count);
  memory.fill(starts, 0, (<usize>(inputs + 1)) << 2);
  transpose(batch, samples, inputs, count);
  return count;
}

/** Fill the columns of a batch from its rows: count, sum up, and place. The column starts are zeros before. */
function transpose(batch: usize, samples: i32, inputs: i32, count: i32): void {
  const starts = columnStarts(batch, samples);
  const offsets = rowOffsets(batch, samples, inputs);
  const values = rowValues(batch, samples, inputs);
  for (let k = 0; k < count; k++) {
    const start = starts + ((<usize>load<i32>(offsets + ((<usize>k) << 2))) << 2);
    store<i32>(start, load<i32>(start) + 1);
  }
  let sum = 0;
  for (let p = 0; p <= inputs; p++) {
    const start = starts + ((<usize>p) << 2);
    const entries = load<i32>(start);
    store<i32>(start, sum);
    sum += entries;
  }
  const byColumn = columnOffsets(batch, samples, inputs);
  const valuesByColumn = columnValues(batch, samples, inputs);
  for (let i = 0; i < samples; i++) {
    const end = load<i32>(batch + ((<usize>i) << 2), 4);
    for (let k = load<i32>(batch + ((<usize>i) << 2)); k < end; k++) {
      const start = starts + ((<usize>load<i32>(offsets + ((<usize>k) << 2))) << 2);
      const place = load<i32>(start);
      store<i32>(start, place + 1);
      store<i32>(byColumn + ((<usize>place) << 2), i);
      store<real>(valuesByColumn + bytesOf(place), load<real>(values + bytesOf(k)));
    }
  }
  // Each start has moved to the next column's.
  for (let p = inputs; p > 0; p--) {
    store<i32>(starts + ((<usize>p) << 2), load<i32>(starts + ((<usize>(p - 1)) << 2)));
  }
  store<i32>(starts, 0);
}

/** Marks a batch that must not be multiplied; answers why. */
function unusable(batch: usize, starts: usize, why: i32): i32 {
  store<i32>(batch, -1);
  store<i32>(starts, -1);
  return why;
}

/** Check of a batch: its rows are as {@link compress} leaves them, and nothing that they point to lies outside. */
export function isRows(batch: usize, samples: i32, inputs: i32): bool {
  return pointInside(batch, rowOffsets(batch, samples, inputs), samples, inputs);
}

/** The same for its columns. */
export function isColumns(batch: usize, samples: i32, inputs: i32): bool {
  return pointInside(columnStarts(batch, samples), columnOffsets(batch, samples, inputs), inputs, samples);
}

/** Check of starts [rows + 1], which increase from 0, and of the offsets up to the last of them, below `limit`. */
function pointInside(starts: usize, offsets: usize, rows: i32, limit: i32): bool {
  if (load<i32>(starts) !== 0) return false;
  let before = 0;
  for (let r = 1; r <= rows; r++) {
    const start = load<i32>(starts + ((<usize>r) << 2));
    if (start < before) return false;
    before = start;
  }
  // A row holds no coordinate twice.
  if (<i64>before > <i64>rows * <i64>limit) return false;
  const end = offsets + ((<usize>before) << 2);
  let most = i32x4.splat(0);
  while (offsets + 16 <= end) {
    most = i32x4.max_u(most, v128.load(offsets));
    offsets += 16;
  }
  let last: u32 = 0;
  for (; offsets < end; offsets += 4) last = max(last, load<u32>(offsets));
  last = max(last, max(<u32>i32x4.extract_lane(most, 0), <u32>i32x4.extract_lane(most, 1)));
  last = max(last, max(<u32>i32x4.extract_lane(most, 2), <u32>i32x4.extract_lane(most, 3)));
  return last < <u32>limit;
}
