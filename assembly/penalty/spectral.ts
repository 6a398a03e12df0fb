/**
 * Penalties on the spectrum of the covariance: `total-correlation`, `log-det`, `coding-rate`, `participation-ratio` and
 * `von-neumann-entropy`.
 *
 * But for most participation ratios they work in float64 from the activations on, whatever the precision of the build: they look at
 * the smallest eigenvalues, which are rounding errors of the largest ones in float32. With fewer samples than units the matrix is
 * K = X_c·X_cᵀ/ν (samples x samples) instead of C: the same eigenvalues but for zeros, and X_c·F(C) = F(K)·X_c for every F. Centred, with no
 * more samples than units, contrasts take the place of X_c: see contrasts.ts.
 */

import { factorize, logDeterminant, solve } from '../cholesky';
import { columnMeans } from '../columns';
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
import { factorizeSingular, scaleRows } from '../singular';
import { NOT_DEFINITE, OK } from '../status';
import { PenaltyCall } from './call';
import { packContrasts, unpackContrasts } from './contrasts';
import { entropy, entropyScratch } from './entropy';
import { CODING_RATE, LOG_DET, PARTICIPATION_RATIO, TOTAL_CORRELATION, VON_NEUMANN_ENTROPY } from './kinds';
import { dominatedRatio, participationRatio, participationScratch } from './participation';
import { callScale } from './range';

/** Bytes of scratch for a penalty of this family, 0 for one that does not exist. */
export function spectralScratch(kind: i32, samples: i32, units: i32): i64 {
  if (kind < TOTAL_CORRELATION || kind > VON_NEUMANN_ENTROPY) return 0;
  const order = min(samples, units);
  // Means and slopes of the units, X_c and its transpose, the matrix.
  const wide = 2 * panelBytes(units, 1) + 2 * panelBytes(samples, units) + panelBytes(order, order);
  const numbers = 2 * panelBytes(order, 1);
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
  // In float32 no square leaves float64.
  const scale = sizeof<real>() === 8 ? callScale(call, kind !== PARTICIPATION_RATIO) : 1;
  const byContrasts = call.centered && samples > 1 && samples <= units;
  const count = byContrasts ? samples - 1 : samples;
  const rows = padded(count);
  const columns = padded(units);
  const bySamples = count < units;
  const smaller = min(count, units);
  const order = padded(smaller);
  const numbers = <usize>columns * 8;
  const means = call.scratch;
  const slopes = means + numbers;
  const xc = slopes + numbers;
  const z = xc + <usize>rows * numbers;
  const matrix = z + <usize>rows * numbers;
  const panel = matrix + <usize>order * <usize>order * 8;
  const rest = panel + <usize>order * ROW_BYTES;

  memory.fill(slopes, 0, numbers);
  packActivations(xc, means, call, byContrasts, scale);
  transposePanels(z, xc, rows, columns);
  const side = bySamples ? z : xc;
  // I + (m/ε²)·C for the coding rate, else C + εI. Where the activations are scaled, C + (ε²/m)·I is that over a number which may overflow.
  const rate = <f64>units / (call.p0 * call.p0);
  const ratio = kind === CODING_RATE && scale === 1 ? rate : 1.0;
  const shift = kind === CODING_RATE ? (scale === 1 ? 1.0 : (scale / rate) * scale) : call.p0 * scale * scale;
  symmetricProduct(matrix, side, side, bySamples ? columns : rows, order, ratio / divisor);
  // Z, which ends as F(K)·X_c or as (X_c·F(C))ᵀ.
  if (bySamples) memory.copy(z, xc, <usize>rows * numbers);
  const width = bySamples ? columns : rows;
  // The eigenvalues that the smaller matrix lacks.
  const missing = <f64>(units - smaller);

  let result: f64 = 0;
  let factor = ((2.0 * call.weight) / divisor) * scale;
  if (kind === PARTICIPATION_RATIO) {
    result = dominatedRatio(matrix, order);
    factor *= 2.0;
    multiplySymmetric(z, matrix, order, width, panel);
  } else if (kind === VON_NEUMANN_ENTROPY) {
    result = entropy(matrix, smaller, missing, shift, rest);
    multiplySymmetric(z, matrix, order, width, panel);
  } else {
    addToDiagonal(matrix, smaller, order, shift);
    let logDet: f64 = 0;
    const room = panel + ((<usize>order) << 3);
    if (factorize(matrix, panel, room, order) < 0) {
      logDet = logDeterminant(panel, order);
      if (call.gradient !== 0) solve(z, matrix, panel, order, width);
    } else {
      // The matrix has lost its small eigenvalues: what it was made of has them still.
      if (bySamples) transposePanels(z, xc, rows, columns);
      logDet = factorizeSingular(matrix, room, side, width, order, smaller, ratio / divisor, shift);
      if (Number.isNaN(logDet)) {
        store<f64>(call.value, load<f64>(room));
        return NOT_DEFINITE;
      }
      if (bySamples) {
        transposePanels(xc, z, columns, rows);
        memory.copy(z, xc, <usize>rows * numbers);
      } else {
        transposePanels(z, xc, rows, columns);
      }
      scaleRows(z, room, order, width);
      multiplySymmetric(z, matrix, order, width, rest);
      packActivations(xc, means, call, byContrasts, scale);
    }
    if (kind === CODING_RATE) {
      result =
        -0.5 * (scale === 1 ? logDet : logDet + <f64>smaller * (Math.log(rate) - 2.0 * Math.log(scale)));
      factor *= -0.5 * ratio;
    } else {
      const whole = logDet + missing * Math.log(shift);
      if (kind === LOG_DET) {
        result = -whole / <f64>units;
        if (scale !== 1) result += 2.0 * Math.log(scale);
        factor /= -(<f64>units);
      } else {
        result = 0.5 * (logOfVariances(slopes, xc, rows, units, divisor, shift, 0.5 * factor) - whole);
        factor *= -0.5;
      }
    }
  }
  store<f64>(call.value, result);
  if (call.gradient === 0) return OK;
  if (byContrasts) {
    unpackContrasts(call.gradient, xc, slopes, z, factor, samples, units, call.accumulate);
    return OK;
  }
  unpackGradient(call.gradient, xc, slopes, z, !bySamples, factor, samples, units, call.accumulate, panel);
  return OK;
}

/** panels = scale·X_c, or its contrasts; `means` is room for a float64 number a unit, rounded up. */
function packActivations(
  panels: usize,
  means: usize,
  call: PenaltyCall,
  byContrasts: bool,
  scale: f64,
): void {
  const samples = call.samples;
  const units = call.units;
  if (byContrasts) {
    packContrasts(panels, call.x, samples, units, scale);
    return;
  }
  const end = means + <usize>padded(units) * 8;
  memory.fill(means, 0, end - means);
  if (call.centered) columnMeans(means, call.x, samples, units);
  for (let at = means; at < end; at += 8) store<f64>(at, load<f64>(at) * scale);
  packColumns(panels, call.x, means, samples, units, call.centered, scale);
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
