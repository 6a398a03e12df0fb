/**
 * The products of a dense layer with pixels that are mostly zeros, over the non-zeros only.
 *
 * Sums run over the non-zeros in increasing order; a zero term is left out, nothing else changes. Long because the passes are
 * unrolled.
 */

import { columnSums } from '../columns';
import { after } from '../covariance';
import { bytesOf, LANES, loadUpTo, multiplyAdd, storeUpTo } from '../simd';
import { columnOffsets, columnStarts, columnValues, rowOffsets, rowValues, SIX } from './compressed';

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
