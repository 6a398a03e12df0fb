/**
 * The products of a dense layer with pixels that are mostly zeros, over the non-zeros only.
 *
 * Sums run over the non-zeros in increasing order; a zero term is left out, nothing else changes. Long because the passes are
 * unrolled.
 */

import { columnSums } from '../columns';
import { after } from '../covariance';
import { bytesOf, LANES, loadUpTo, multiplyAdd, storeUpTo } from '../simd';
import { tileIsWide } from '../tile';
import { columnOffsets, columnStarts, columnValues, rowOffsets, rowValues, SIX, SIXTEEN } from './compressed';

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

/** Bytes of scratch for {@link sparseBackward}: a float64 a unit, or sixteen vectors a sample. */
export function sparseBackwardScratch(samples: i32, units: i32): i64 {
  return max(<i64>units * 8, <i64>samples * SIXTEEN);
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
 * value, that is what fits into 15 registers where an engine moves the loads ahead; sixteen go with the wide tile. The matrix is
 * copied, as many vectors of its `matrixRows` rows at a time, to `packed`: rows a power of two apart share few cache lines.
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
  if (tileIsWide()) {
    for (; j + 16 * LANES <= columns; j += 16 * LANES) {
      const from: usize = first === 0 ? 0 : first + bytesOf(j);
      copySixteen(packed, matrix + bytesOf(j), stride, matrixRows);
      for (let r = 0; r < rows; r++) {
        const start = starts + ((<usize>r) << 2);
        const to = out + <usize>r * stride + bytesOf(j);
        gatherSixteen(to, load<i32>(start), load<i32>(start, 4), offsets, values, packed, from);
      }
    }
  }
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

/** packed [rows x sixteen vectors] = the columns of a matrix that begin at `block`. */
function copySixteen(packed: usize, block: usize, stride: usize, rows: i32): void {
  for (let r = 0; r < rows; r++) {
    v128.store(packed, v128.load(block));
    v128.store(packed, v128.load(block, 16), 16);
    v128.store(packed, v128.load(block, 32), 32);
    v128.store(packed, v128.load(block, 48), 48);
    v128.store(packed, v128.load(block, 64), 64);
    v128.store(packed, v128.load(block, 80), 80);
    v128.store(packed, v128.load(block, 96), 96);
    v128.store(packed, v128.load(block, 112), 112);
    v128.store(packed, v128.load(block, 128), 128);
    v128.store(packed, v128.load(block, 144), 144);
    v128.store(packed, v128.load(block, 160), 160);
    v128.store(packed, v128.load(block, 176), 176);
    v128.store(packed, v128.load(block, 192), 192);
    v128.store(packed, v128.load(block, 208), 208);
    v128.store(packed, v128.load(block, 224), 224);
    v128.store(packed, v128.load(block, 240), 240);
    packed += SIXTEEN;
    block += stride;
  }
}

/** {@link gatherSix} for engines that join pairs of vectors: eight sums of 256 bits cover the latency of an addition. */
function gatherSixteen(
  out: usize,
  start: i32,
  end: i32,
  offsets: usize,
  values: usize,
  matrix: usize,
  first: usize,
): void {
  let s0 = v128.splat<real>(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  let s8 = s0;
  let s9 = s0;
  let s10 = s0;
  let s11 = s0;
  let s12 = s0;
  let s13 = s0;
  let s14 = s0;
  let s15 = s0;
  if (first !== 0) {
    s0 = v128.load(first);
    s1 = v128.load(first, 16);
    s2 = v128.load(first, 32);
    s3 = v128.load(first, 48);
    s4 = v128.load(first, 64);
    s5 = v128.load(first, 80);
    s6 = v128.load(first, 96);
    s7 = v128.load(first, 112);
    s8 = v128.load(first, 128);
    s9 = v128.load(first, 144);
    s10 = v128.load(first, 160);
    s11 = v128.load(first, 176);
    s12 = v128.load(first, 192);
    s13 = v128.load(first, 208);
    s14 = v128.load(first, 224);
    s15 = v128.load(first, 240);
  }
  for (let k = start; k < end; k++) {
    const row = matrix + <usize>load<i32>(offsets + ((<usize>k) << 2)) * SIXTEEN;
    const v = v128.load_splat<real>(values + bytesOf(k));
    s0 = multiplyAdd(v, v128.load(row), s0);
    s1 = multiplyAdd(v, v128.load(row, 16), s1);
    s2 = multiplyAdd(v, v128.load(row, 32), s2);
    s3 = multiplyAdd(v, v128.load(row, 48), s3);
    s4 = multiplyAdd(v, v128.load(row, 64), s4);
    s5 = multiplyAdd(v, v128.load(row, 80), s5);
    s6 = multiplyAdd(v, v128.load(row, 96), s6);
    s7 = multiplyAdd(v, v128.load(row, 112), s7);
    s8 = multiplyAdd(v, v128.load(row, 128), s8);
    s9 = multiplyAdd(v, v128.load(row, 144), s9);
    s10 = multiplyAdd(v, v128.load(row, 160), s10);
    s11 = multiplyAdd(v, v128.load(row, 176), s11);
    s12 = multiplyAdd(v, v128.load(row, 192), s12);
    s13 = multiplyAdd(v, v128.load(row, 208), s13);
    s14 = multiplyAdd(v, v128.load(row, 224), s14);
    s15 = multiplyAdd(v, v128.load(row, 240), s15);
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  v128.store(out, s4, 64);
  v128.store(out, s5, 80);
  v128.store(out, s6, 96);
  v128.store(out, s7, 112);
  v128.store(out, s8, 128);
  v128.store(out, s9, 144);
  v128.store(out, s10, 160);
  v128.store(out, s11, 176);
  v128.store(out, s12, 192);
  v128.store(out, s13, 208);
  v128.store(out, s14, 224);
  v128.store(out, s15, 240);
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
