/**
 * The products of a dense layer with pixels that are mostly zeros, over the non-zeros only.
 *
 * A compressed batch holds the non-zeros twice, by rows for the forward pass and by columns for the gradient of the
 * weights. Layout, each part on a cache line: row starts [samples + 1], column starts [inputs + 1], then for both orders
 * the offsets (int32) and the values of the non-zeros, then the value of each of the 256 bytes, at last room for six
 * vectors of every row of the weights. An offset is the index of the other coordinate. Sums run over the non-zeros in
 * increasing order; a zero term is left out, nothing else changes. Long because the passes are unrolled.
 */

import { columnSums } from '../columns';
import { after, matrixBytes } from '../covariance';
import { bytesOf, LANES, loadUpTo, multiplyAdd, storeUpTo } from '../simd';

/** Of the entries of a batch, the share that may differ from zero: above it the dense product is about as fast. */
const LARGEST_SHARE: f64 = 0.4;

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
    <i64>inputs * SIX
  );
}

/** Where the parts of a compressed batch begin. */
function columnStarts(batch: usize, samples: i32): usize {
  return batch + <usize>indexBytes(<i64>samples + 1);
}

function rowOffsets(batch: usize, samples: i32, inputs: i32): usize {
  return columnStarts(batch, samples) + <usize>indexBytes(<i64>inputs + 1);
}

function columnOffsets(batch: usize, samples: i32, inputs: i32): usize {
  return rowOffsets(batch, samples, inputs) + <usize>indexBytes(<i64>samples * <i64>inputs);
}

function rowValues(batch: usize, samples: i32, inputs: i32): usize {
  return columnOffsets(batch, samples, inputs) + <usize>indexBytes(<i64>samples * <i64>inputs);
}

function columnValues(batch: usize, samples: i32, inputs: i32): usize {
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
    if (count > most) return unusable(batch, starts);
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
  if (count > most) return unusable(batch, starts);
  store<i32>(batch + ((<usize>samples) << 2), count);

  // By columns: count, sum up, and place; afterwards each start has moved to the next column's.
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
  for (let p = inputs; p > 0; p--) {
    store<i32>(starts + ((<usize>p) << 2), load<i32>(starts + ((<usize>(p - 1)) << 2)));
  }
  store<i32>(starts, 0);
  return count;
}

/** Marks a batch that must not be multiplied. */
function unusable(batch: usize, starts: usize): i32 {
  store<i32>(batch, -1);
  store<i32>(starts, -1);
  return -1;
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

/** Six vectors, in bytes. */
const SIX: usize = 96;

/** z [samples x units] = x·W + b for a compressed x. */
export function sparseForward(
  z: usize,
  batch: usize,
  weights: usize,
  biases: usize,
  samples: i32,
  inputs: i32,
  units: i32,
): void {
  const offsets = rowOffsets(batch, samples, inputs);
  const values = rowValues(batch, samples, inputs);
  const packed = after(after(columnValues(batch, samples, inputs), samples, inputs), 256, 1);
  gatherRows(z, batch, offsets, values, samples, weights, biases, units, packed, inputs);
}

/** Bytes of scratch for {@link sparseBackward}: a float64 a unit, or six vectors a sample. */
export function sparseBackwardScratch(samples: i32, units: i32): i64 {
  return max(<i64>units * 8, <i64>samples * SIX);
}

/** dW [inputs x units] = xᵀ·dz and db [units] = Σ dz for a compressed x. */
export function sparseBackward(
  dWeights: usize,
  dBiases: usize,
  dz: usize,
  batch: usize,
  samples: i32,
  inputs: i32,
  units: i32,
  scratch: usize,
): void {
  columnSums(scratch, dz, samples, units);
  for (let j = 0; j < units; j++)
    store<real>(dBiases + bytesOf(j), <real>load<f64>(scratch + ((<usize>j) << 3)));
  const offsets = columnOffsets(batch, samples, inputs);
  const values = columnValues(batch, samples, inputs);
  gatherRows(dWeights, columnStarts(batch, samples), offsets, values, inputs, dz, 0, units, scratch, samples);
}

/**
 * Row r of out = first + Σ_k value_k · row offset_k of matrix, over the entries of r; `first` is a row, or zeros when 0.
 *
 * Six vectors of a row of `out` are kept in registers while the entries run through: with as many loaded and one
 * value, that is what fits into 15 registers where an engine moves the loads ahead. The matrix is copied, six vectors of its
 * `matrixRows` rows at a time, to `packed`: rows a power of two apart share few cache lines.
 */
function gatherRows(
  out: usize,
  starts: usize,
  offsets: usize,
  values: usize,
  rows: i32,
  matrix: usize,
  first: usize,
  columns: i32,
  packed: usize,
  matrixRows: i32,
): void {
  const stride = bytesOf(columns);
  let j = 0;
  for (; j + 6 * LANES <= columns; j += 6 * LANES) {
    const from: usize = first === 0 ? 0 : first + bytesOf(j);
    copySix(packed, matrix + bytesOf(j), stride, matrixRows);
    for (let r = 0; r < rows; r++) {
      const start = starts + ((<usize>r) << 2);
      const to = out + <usize>r * stride + bytesOf(j);
      gatherSix(to, load<i32>(start), load<i32>(start, 4), offsets, values, packed, SIX, from);
    }
  }
  for (; j + 2 * LANES <= columns; j += 2 * LANES) {
    const from: usize = first === 0 ? 0 : first + bytesOf(j);
    const block = matrix + bytesOf(j);
    const four = j + 4 * LANES <= columns;
    for (let r = 0; r < rows; r++) {
      const start = starts + ((<usize>r) << 2);
      const to = out + <usize>r * stride + bytesOf(j);
      const begin = load<i32>(start);
      const end = load<i32>(start, 4);
      if (four) gatherFour(to, begin, end, offsets, values, block, stride, from);
      else gatherTwo(to, begin, end, offsets, values, block, stride, from);
    }
    if (four) j += 2 * LANES;
  }
  for (; j < columns; j += LANES) {
    const count = columns - j;
    for (let r = 0; r < rows; r++) {
      const start = starts + ((<usize>r) << 2);
      const end = load<i32>(start, 4);
      let sum = first === 0 ? v128.splat<real>(0) : loadUpTo(first + bytesOf(j), count, 0);
      for (let k = load<i32>(start); k < end; k++) {
        const row = matrix + <usize>load<i32>(offsets + ((<usize>k) << 2)) * stride + bytesOf(j);
        sum = multiplyAdd(v128.load_splat<real>(values + bytesOf(k)), loadUpTo(row, count, 0), sum);
      }
      storeUpTo(out + <usize>r * stride + bytesOf(j), sum, count);
    }
  }
}

/** packed [rows x six vectors] = the columns of a matrix that begin at `block`. */
function copySix(packed: usize, block: usize, stride: usize, rows: i32): void {
  for (let r = 0; r < rows; r++) {
    v128.store(packed, v128.load(block));
    v128.store(packed, v128.load(block, 16), 16);
    v128.store(packed, v128.load(block, 32), 32);
    v128.store(packed, v128.load(block, 48), 48);
    v128.store(packed, v128.load(block, 64), 64);
    v128.store(packed, v128.load(block, 80), 80);
    packed += SIX;
    block += stride;
  }
}

function gatherSix(
  out: usize,
  start: i32,
  end: i32,
  offsets: usize,
  values: usize,
  matrix: usize,
  stride: usize,
  first: usize,
): void {
  let s0 = v128.splat<real>(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  if (first !== 0) {
    s0 = v128.load(first);
    s1 = v128.load(first, 16);
    s2 = v128.load(first, 32);
    s3 = v128.load(first, 48);
    s4 = v128.load(first, 64);
    s5 = v128.load(first, 80);
  }
  for (let k = start; k < end; k++) {
    const row = matrix + <usize>load<i32>(offsets + ((<usize>k) << 2)) * stride;
    const v = v128.load_splat<real>(values + bytesOf(k));
    s0 = multiplyAdd(v, v128.load(row), s0);
    s1 = multiplyAdd(v, v128.load(row, 16), s1);
    s2 = multiplyAdd(v, v128.load(row, 32), s2);
    s3 = multiplyAdd(v, v128.load(row, 48), s3);
    s4 = multiplyAdd(v, v128.load(row, 64), s4);
    s5 = multiplyAdd(v, v128.load(row, 80), s5);
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  v128.store(out, s4, 64);
  v128.store(out, s5, 80);
}

function gatherFour(
  out: usize,
  start: i32,
  end: i32,
  offsets: usize,
  values: usize,
  matrix: usize,
  stride: usize,
  first: usize,
): void {
  let s0 = v128.splat<real>(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  if (first !== 0) {
    s0 = v128.load(first);
    s1 = v128.load(first, 16);
    s2 = v128.load(first, 32);
    s3 = v128.load(first, 48);
  }
  for (let k = start; k < end; k++) {
    const row = matrix + <usize>load<i32>(offsets + ((<usize>k) << 2)) * stride;
    const v = v128.load_splat<real>(values + bytesOf(k));
    s0 = multiplyAdd(v, v128.load(row), s0);
    s1 = multiplyAdd(v, v128.load(row, 16), s1);
    s2 = multiplyAdd(v, v128.load(row, 32), s2);
    s3 = multiplyAdd(v, v128.load(row, 48), s3);
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
}

function gatherTwo(
  out: usize,
  start: i32,
  end: i32,
  offsets: usize,
  values: usize,
  matrix: usize,
  stride: usize,
  first: usize,
): void {
  let s0 = v128.splat<real>(0);
  let s1 = s0;
  if (first !== 0) {
    s0 = v128.load(first);
    s1 = v128.load(first, 16);
  }
  for (let k = start; k < end; k++) {
    const row = matrix + <usize>load<i32>(offsets + ((<usize>k) << 2)) * stride;
    const v = v128.load_splat<real>(values + bytesOf(k));
    s0 = multiplyAdd(v, v128.load(row), s0);
    s1 = multiplyAdd(v, v128.load(row, 16), s1);
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
}
