/**
 * Penalties on the spectrum of the covariance: `total-correlation`, `log-det`, `coding-rate`, `participation-ratio` and
 * `von-neumann-entropy`.
 *
 * But for most participation ratios they work in float64 from the activations on, whatever the precision of the build: they look at
 * the smallest eigenvalues, which are rounding errors of the largest ones in float32. With fewer samples than units the matrix is
 * K = X_c·X_cᵀ/ν (samples x samples) instead of C: the same eigenvalues but for zeros, and X_c·F(C) = F(K)·X_c for every F.
 */

import { factorize, logDeterminant, solve } from '../cholesky';
import { columnSums } from '../columns';
import {
  multiplySymmetric,
  packColumns,
  padded,
  panelAt,
  panelBytes,
  ROW_BYTES,
  symmetricProduct,
  transposePanels,
  unpackGradient,
} from '../panels';
import { NOT_DEFINITE, OK } from '../status';
import { PenaltyCall } from './call';
import { entropy, entropyScratch } from './entropy';
import { CODING_RATE, LOG_DET, PARTICIPATION_RATIO, TOTAL_CORRELATION, VON_NEUMANN_ENTROPY } from './kinds';
import { dominatedRatio, participationRatio, participationScratch } from './participation';

/** Bytes of scratch for a penalty of this family, 0 for one that does not exist. */
export function spectralScratch(kind: i32, samples: i32, units: i32): i64 {
  if (kind < TOTAL_CORRELATION || kind > VON_NEUMANN_ENTROPY) return 0;
  const order = min(samples, units);
  // Means and slopes of the units, X_c and its transpose, the matrix.
  const wide = 2 * panelBytes(units, 1) + 2 * panelBytes(samples, units) + panelBytes(order, order);
  const numbers = panelBytes(order, 1);
  if (kind === VON_NEUMANN_ENTROPY) return wide + numbers + entropyScratch(order);
  return kind === PARTICIPATION_RATIO
    ? max(wide + numbers, participationScratch(samples, units))
    : wide + numbers;
}

/** Evaluate a penalty of this family; ε is the parameter of all that have one. */
export function spectralPenalty(call: PenaltyCall): i32 {
  const kind = call.kind;
  if (kind === PARTICIPATION_RATIO && participationRatio(call)) return OK;
  const samples = call.samples;
  const units = call.units;
  const divisor = call.divisor;
  const epsilon = call.p0;
  const rows = padded(samples);
  const columns = padded(units);
  const bySamples = samples < units;
  const smaller = min(samples, units);
  const order = padded(smaller);
  const numbers = <usize>columns * 8;
  const means = call.scratch;
  const slopes = means + numbers;
  const xc = slopes + numbers;
  const z = xc + <usize>rows * numbers;
  const matrix = z + <usize>rows * numbers;
  const panel = matrix + <usize>order * <usize>order * 8;
  const rest = panel + <usize>order * ROW_BYTES;

  memory.fill(means, 0, 2 * numbers);
  if (call.centered) {
    columnSums(means, call.x, samples, units);
    for (let at = means; at < slopes; at += 8) store<f64>(at, load<f64>(at) / <f64>samples);
  }
  packColumns(xc, call.x, means, samples, units);
  transposePanels(z, xc, rows, columns);
  const side = bySamples ? z : xc;
  // I + (m/ε²)·C for the coding rate, else C + εI.
  const ratio = kind === CODING_RATE ? <f64>units / (epsilon * epsilon) : 1.0;
  symmetricProduct(matrix, side, side, bySamples ? columns : rows, order, ratio / divisor);
  // Z, which ends as F(K)·X_c or as (X_c·F(C))ᵀ.
  if (bySamples) memory.copy(z, xc, <usize>rows * numbers);
  const width = bySamples ? columns : rows;
  // The eigenvalues that the smaller matrix lacks.
  const missing = <f64>(units - smaller);

  let result: f64 = 0;
  let factor = (2.0 * call.weight) / divisor;
  if (kind === PARTICIPATION_RATIO) {
    result = dominatedRatio(matrix, order);
    factor *= 2.0;
    multiplySymmetric(z, matrix, order, width, panel);
  } else if (kind === VON_NEUMANN_ENTROPY) {
    result = entropy(matrix, smaller, missing, epsilon, rest);
    multiplySymmetric(z, matrix, order, width, panel);
  } else {
    addToDiagonal(matrix, smaller, order, kind === CODING_RATE ? 1.0 : epsilon);
    const pivot = factorize(matrix, panel, order);
    if (pivot >= 0) {
      store<f64>(call.value, <f64>pivot);
      return NOT_DEFINITE;
    }
    solve(z, matrix, panel, order, width);
    const logDet = logDeterminant(panel, order);
    if (kind === CODING_RATE) {
      result = -0.5 * logDet;
      factor *= -0.5 * ratio;
    } else {
      const whole = logDet + missing * Math.log(epsilon);
      if (kind === LOG_DET) {
        result = -whole / <f64>units;
        factor /= -(<f64>units);
      } else {
        result = 0.5 * (logOfVariances(slopes, xc, rows, units, divisor, epsilon, 0.5 * factor) - whole);
        factor *= -0.5;
      }
    }
  }
  store<f64>(call.value, result);
  unpackGradient(call.gradient, xc, slopes, z, !bySamples, factor, samples, units, call.accumulate, panel);
  return OK;
}

/** a [order x order] += shift·I; what was added to the `count` rows of the matrix gets 1. */
function addToDiagonal(a: usize, count: i32, order: i32, shift: f64): void {
  for (let i = 0; i < order; i++) {
    const at = panelAt(a, order, i >> 2) + <usize>i * ROW_BYTES + ((<usize>(i & 3)) << 3);
    store<f64>(at, i < count ? load<f64>(at) + shift : 1.0);
  }
}

/** Σ_i log S_ii, S = C + εI; slopes [units] = factor/S_ii. `xc` is a panel matrix with `rows` rows. */
function logOfVariances(
  slopes: usize,
  xc: usize,
  rows: i32,
  units: i32,
  divisor: f64,
  epsilon: f64,
  factor: f64,
): f64 {
  let sum: f64 = 0;
  for (let j = 0; j < units; j++) {
    let entry = panelAt(xc, rows, j >> 2) + ((<usize>(j & 3)) << 3);
    let squares: f64 = 0;
    for (let i = 0; i < rows; i++) {
      const v = load<f64>(entry);
      squares += v * v;
      entry += ROW_BYTES;
    }
    const variance = squares / divisor + epsilon;
    sum += Math.log(variance);
    store<f64>(slopes + ((<usize>j) << 3), factor / variance);
  }
  return sum;
}
