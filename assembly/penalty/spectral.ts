/**
 * Penalties on the spectrum of the covariance: `total-correlation`, `log-det`, `coding-rate`, `participation-ratio` and
 * `von-neumann-entropy`.
 *
 * All but the participation ratio are functions of a symmetric matrix that is factorised in float64, whatever the
 * precision of the build. With fewer samples than units that matrix is K = X_c·X_cᵀ/ν (samples x samples), whose
 * eigenvalues are those of C but for the zeros, and X_c·F(C) = F(K)·X_c for every function F.
 */

import { columnDots } from '../columns';
import { after, centeredOrSelf, matrixBytes } from '../covariance';
import { transposeBlock } from '../gemm';
import { bytesOf, LANES, loadUpTo, multiplyAdd, storeUpTo } from '../simd';
import { NOT_DEFINITE, OK } from '../status';
import {
  addScaled,
  addToDiagonal,
  cholesky,
  eigen,
  gramOfRows,
  invertCholesky,
  logDeterminant,
  recompose,
} from '../symmetric';
import { CODING_RATE, LOG_DET, PARTICIPATION_RATIO, TOTAL_CORRELATION, VON_NEUMANN_ENTROPY } from './kinds';
import { offDiagonalEnergy, offDiagonalScratch } from './off-diagonal';

/** Bytes of an order x order matrix of float64. */
function wideBytes(order: i32): i64 {
  return (min(<i64>order * <i64>order, (<i64>1) << 40) * 8 + 63) & ~63;
}

/** Bytes of scratch for a penalty of this family, 0 for one that does not exist. */
export function spectralScratch(kind: i32, samples: i32, units: i32): i64 {
  if (kind === PARTICIPATION_RATIO) return participationScratch(samples, units);
  if (kind < TOTAL_CORRELATION || kind > VON_NEUMANN_ENTROPY) return 0;
  // X_c, its transpose, three matrices, a row and the variances.
  return 2 * matrixBytes(samples, units) + 3 * wideBytes(min(samples, units)) + 2 * matrixBytes(units, 2);
}

/** Evaluate a penalty of this family; `epsilon` is its only parameter. */
export function spectralPenalty(
  value: usize,
  gradient: usize,
  x: usize,
  kind: i32,
  samples: i32,
  units: i32,
  centered: bool,
  ddof: f64,
  epsilon: f64,
  weight: f64,
  accumulate: bool,
  scratch: usize,
): i32 {
  const divisor = <f64>samples - ddof;
  if (kind === PARTICIPATION_RATIO) {
    store<f64>(
      value,
      participationRatio(gradient, x, samples, units, centered, divisor, weight, accumulate, scratch),
    );
    return OK;
  }
  const small = samples < units;
  const order = min(samples, units);
  const rest = after(scratch, samples, units);
  const matrix = after(rest, samples, units);
  const work = matrix + <usize>wideBytes(order);
  const function_ = work + <usize>wideBytes(order);
  const row = function_ + <usize>wideBytes(order);
  const variances = after(row, units, 2);
  const xc = centeredOrSelf(scratch, x, samples, units, centered);
  if (!small) transpose(rest, xc, samples, units);
  gramOfRows(matrix, small ? xc : rest, order, small ? units : samples, 1.0 / divisor);
  // Eigenvalues that K lacks: they are 0 in C.
  const missing = <f64>(units - order);

  let result: f64 = 0;
  let factor: f64 = 0;
  if (kind === VON_NEUMANN_ENTROPY) {
    result = entropy(function_, matrix, work, order, missing, epsilon);
    factor = 1;
  } else {
    // S = C + εI, or I + (m/ε²)·C for the coding rate.
    const ratio = <f64>units / (epsilon * epsilon);
    if (kind === CODING_RATE) scaleMatrix(matrix, order, ratio);
    addToDiagonal(matrix, order, kind === CODING_RATE ? 1 : epsilon);
    const pivot = cholesky(matrix, order);
    if (pivot >= 0) {
      store<f64>(value, <f64>pivot);
      return NOT_DEFINITE;
    }
    let logDet = logDeterminant(matrix, order);
    if (kind !== CODING_RATE) logDet += missing * Math.log(epsilon);
    invertCholesky(function_, matrix, order);
    if (kind === CODING_RATE) {
      result = -0.5 * logDet;
      factor = -0.5 * ratio;
    } else if (kind === LOG_DET) {
      result = -logDet / <f64>units;
      factor = -1.0 / <f64>units;
    } else {
      columnDots(variances, xc, xc, samples, units);
      let sum: f64 = 0;
      for (let j = 0; j < units; j++) {
        const at = variances + ((<usize>j) << 3);
        const variance = load<f64>(at) / divisor + epsilon;
        sum += Math.log(variance);
        store<f64>(at, 0.5 / variance);
      }
      result = 0.5 * (sum - logDet);
      factor = -0.5;
    }
  }
  const diagonal = kind === TOTAL_CORRELATION ? variances : 0;
  writeGradient(
    gradient,
    xc,
    function_,
    samples,
    units,
    small,
    factor,
    diagonal,
    (2.0 * weight) / divisor,
    accumulate,
    row,
  );
  store<f64>(value, result);
  return OK;
}

/** Σ q·log q with q = (λ + ε)/Σ(λ + ε) over all eigenvalues of C; `out` = ∂/∂C in the eigenvectors of `a`. */
function entropy(out: usize, a: usize, vectors: usize, order: i32, missing: f64, epsilon: f64): f64 {
  eigen(a, vectors, order);
  let trace = missing * epsilon;
  const step = (<usize>order + 1) << 3;
  for (let i = 0; i < order; i++) {
    // Rounding can leave an eigenvalue just below zero.
    const at = a + <usize>i * step;
    const value = load<f64>(at);
    store<f64>(at, (value < 0 ? 0 : value) + epsilon);
    trace += load<f64>(at);
  }
  let sum = missing > 0 ? missing * (epsilon / trace) * Math.log(epsilon / trace) : 0;
  for (let i = 0; i < order; i++) {
    const q = load<f64>(a + <usize>i * step) / trace;
    sum += q * Math.log(q);
  }
  for (let i = 0; i < order; i++) {
    const at = a + <usize>i * step;
    store<f64>(at, (Math.log(load<f64>(at) / trace) - sum) / trace);
  }
  recompose(out, vectors, a, order);
  return sum;
}

/**
 * gradient = scale · X_c·(factor · F + diag(diagonal)), stored or added; with `small` factor · F·X_c instead of the product.
 * Every sum in float64; `row` holds one float64 a unit. `diagonal` may be 0 for none.
 */
function writeGradient(
  gradient: usize,
  xc: usize,
  f: usize,
  samples: i32,
  units: i32,
  small: bool,
  factor: f64,
  diagonal: usize,
  scale: f64,
  accumulate: bool,
  row: usize,
): void {
  const stride = bytesOf(units);
  for (let s = 0; s < samples; s++) {
    memory.fill(row, 0, (<usize>units) << 3);
    const own = xc + <usize>s * stride;
    if (small) {
      for (let t = 0; t < samples; t++) {
        const weight = load<f64>(f + ((<usize>s * <usize>samples + <usize>t) << 3));
        const other = xc + <usize>t * stride;
        for (let j = 0; j < units; j++) {
          const at = row + ((<usize>j) << 3);
          store<f64>(at, load<f64>(at) + weight * <f64>load<real>(other + bytesOf(j)));
        }
      }
    } else {
      for (let j = 0; j < units; j++) {
        addScaled(row, f + ((<usize>j * <usize>units) << 3), <f64>load<real>(own + bytesOf(j)), units);
      }
    }
    for (let j = 0; j < units; j++) {
      let entry = factor * load<f64>(row + ((<usize>j) << 3));
      if (diagonal !== 0)
        entry += load<f64>(diagonal + ((<usize>j) << 3)) * <f64>load<real>(own + bytesOf(j));
      const at = gradient + <usize>s * stride + bytesOf(j);
      store<real>(at, <real>(scale * entry + (accumulate ? <f64>load<real>(at) : 0)));
    }
  }
}

function scaleMatrix(a: usize, order: i32, factor: f64): void {
  for (let k = 0; k < order * order; k++) {
    const at = a + ((<usize>k) << 3);
    store<f64>(at, factor * load<f64>(at));
  }
}

/** out [columns x rows] = the transpose of x [rows x columns]. */
function transpose(out: usize, x: usize, rows: i32, columns: i32): void {
  const blockedRows = rows & ~(LANES - 1);
  const blockedColumns = columns & ~(LANES - 1);
  for (let i = 0; i < rows; i++) {
    const from = x + bytesOf(i * columns);
    if (i < blockedRows && i % LANES === 0) {
      for (let j = 0; j < blockedColumns; j += LANES) {
        transposeBlock(out + bytesOf(j * rows + i), bytesOf(rows), from + bytesOf(j), bytesOf(columns));
      }
    }
    for (let j = i < blockedRows ? blockedColumns : 0; j < columns; j++) {
      store<real>(out + bytesOf(j * rows + i), load<real>(from + bytesOf(j)));
    }
  }
}

/** Bytes of scratch for {@link participationRatio}. */
function participationScratch(samples: i32, units: i32): i64 {
  return 2 * matrixBytes(samples, units) + 2 * matrixBytes(units, 2) + offDiagonalScratch(samples, units);
}

/**
 * log ‖C‖²_F − 2 log tr C; 0, with a gradient of zeros, where C is 0.
 *
 * ∂/∂X = (4/ν)·(X_c·off(C)/‖C‖²_F + X_c·diag(C_ii/‖C‖²_F − 1/tr C)). The second part is summed up in float64: it cancels where
 * one unit dominates.
 */
function participationRatio(
  gradient: usize,
  x: usize,
  samples: i32,
  units: i32,
  centered: bool,
  divisor: f64,
  weight: f64,
  accumulate: bool,
  scratch: usize,
): f64 {
  const d = after(scratch, samples, units);
  const squares = after(d, samples, units);
  const slopes = after(squares, units, 2);
  const rest = after(slopes, units, 2);
  const xc = centeredOrSelf(scratch, x, samples, units, centered);
  columnDots(squares, xc, xc, samples, units);
  let trace: f64 = 0;
  let onDiagonal: f64 = 0;
  for (let j = 0; j < units; j++) {
    const variance = load<f64>(squares + ((<usize>j) << 3)) / divisor;
    trace += variance;
    onDiagonal += variance * variance;
  }
  if (trace === 0) {
    if (!accumulate) memory.fill(gradient, 0, bytesOf(samples * units));
    return 0;
  }
  const energy = onDiagonal + offDiagonalEnergy(d, xc, squares, 0, samples, units, divisor, 1, false, rest);
  const scale = (4.0 * weight) / divisor;
  for (let j = 0; j < units; j++) {
    const variance = load<f64>(squares + ((<usize>j) << 3)) / divisor;
    store<real>(slopes + bytesOf(j), <real>(scale * (variance / energy - 1.0 / trace)));
  }
  const factor = v128.splat<real>(<real>(scale / energy));
  for (let i = 0; i < samples; i++) {
    for (let j = 0; j < units; j += LANES) {
      const count = units - j;
      const at = bytesOf(i * units + j);
      let v = v128.mul<real>(factor, loadUpTo(d + at, count, 0));
      v = multiplyAdd(loadUpTo(slopes + bytesOf(j), count, 0), loadUpTo(xc + at, count, 0), v);
      if (accumulate) v = v128.add<real>(v, loadUpTo(gradient + at, count, 0));
      storeUpTo(gradient + at, v, count);
    }
  }
  return Math.log(energy) - 2 * Math.log(trace);
}
