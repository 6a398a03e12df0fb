/**
 * Σ_{i≠j} −½ log(1 − R_ij²): the mutual information of pairs of Gaussian units.
 *
 * Its slope R/(1 − R²) and the direction it multiplies are small differences of large numbers where two units are nearly
 * parallel, so such pairs are left out of the matrix product and computed one by one in float64, without a cancellation:
 * with the unit columns a and b of x_i and x_j, ρ = ⟨a, b⟩, κ = C_ii/(C_ii + ε), λ = C_jj/(C_jj + ε),
 *
 *     1 − R² = (1 − κ) + κ·((1 − λ) + λ·‖b − ρa‖²),    1 − κ = ε/(C_ii + ε)
 *     ∂R/∂x_i = sqrt(λ/ν)/s_i · ((b − ρa) + (1 − κ)·ρ·a)
 *
 * so that two copies of a unit have a finite value and gradient for every ε above 0. (With ε = 0 they share infinite
 * information: the value is infinite.)
 */

import { after, matrixBytes } from '../covariance';
import { mirrorLower, product, productScratch } from '../gemm';
import { logLanes } from '../math';
import { bytesOf, LANES, loadPart, storePart, sumLanes } from '../simd';
import { PenaltyCall } from './call';

/** 1 − R² below which a pair is nearly parallel. Above it float32 keeps five digits of the slope. */
const NEARLY_PARALLEL: f64 = 1.0 / 64.0;
/** ‖b − ρa‖² that is nothing but the rounding of float64. */
const ROUNDING: f64 = 1e-29;

/** 1 − R² below which its logarithm is taken in float64. */
const SMALLEST_REST: f64 = 1e-30;

/** Bytes of scratch: R, a product, and for pairs one by one unit columns and a number a unit in float64. */
export function gaussianScratch(samples: i32, units: i32): i64 {
  return (
    matrixBytes(units, units) +
    matrixBytes(units, 2) +
    (8 / sizeof<real>()) * matrixBytes(samples, units) +
    max(productScratch(units, units, samples), productScratch(samples, units, units))
  );
}

/**
 * Returns the sum; d [samples x units] = factor · Y·G for G_ij = R_ij/(1 − R_ij²) without the pairs that are nearly parallel.
 * The share of those is added to the gradient: factor·ν·G_ij·∂R_ij/∂x for both units of a pair. `epsilon` belongs to the scaled activations.
 */
export function gaussianInformation(
  d: usize,
  y: usize,
  call: PenaltyCall,
  epsilon: f64,
  factor: f64,
  scratch: usize,
): f64 {
  const samples = call.samples;
  const units = call.units;
  const divisor = call.divisor;
  const r = scratch;
  const squares = after(r, units, units);
  const columns = after(squares, units, 2);
  const rest = columns + <usize>(8 / sizeof<real>()) * <usize>matrixBytes(samples, units);
  product(r, y, true, y, false, units, units, samples, <real>(1.0 / divisor), false, true, rest);
  const one = v128.splat<real>(1);
  const limit = v128.splat<real>(<real>NEARLY_PARALLEL);
  let prepared = false;
  let sum: f64 = 0;
  // R is symmetric: the entries below its diagonal count twice.
  for (let i = 0; i < units; i++) {
    let entry = r + bytesOf(i * units);
    store<real>(entry + bytesOf(i), 0);
    let s = v128.splat<real>(0);
    for (let j = 0; j < i; j += LANES) {
      const v = loadPart(entry, i - j, 0);
      const q = v128.sub<real>(one, v128.mul<real>(v, v));
      const parallel = v128.lt<real>(q, limit);
      s = v128.add<real>(s, v128.andnot(logOfRest(v, q), parallel));
      storePart(entry, v128.andnot(v128.div<real>(v, q), parallel), i - j);
      entry += 16;
      if (!v128.any_true(parallel)) continue;
      if (!prepared) unitColumns(columns, squares, call);
      prepared = true;
      const lanes = sizeof<real>() === 4 ? i32x4.bitmask(parallel) : i64x2.bitmask(parallel);
      for (let k = 0; k < LANES; k++) {
        if (((lanes >> k) & 1) === 0) continue;
        sum += parallelPair(call, columns, squares, i, j + k, epsilon, factor);
      }
    }
    sum += sumLanes(s);
  }
  mirrorLower(r, units);
  product(d, y, false, r, false, samples, units, units, <real>factor, false, false, rest);
  // Twice −½ log.
  return -sum;
}

/**
 * log(1 − v²) given q = 1 − v² as rounded. What the rounding took is put right by the ratio of v² and 1 − q, which
 * is exact: small correlations keep all their digits.
 */
function logOfRest(v: v128, q: v128): v128 {
  const square = v128.mul<real>(v, v);
  const rounded = v128.sub<real>(v128.splat<real>(1), q);
  const corrected = v128.mul<real>(logLanes(q), v128.div<real>(square, rounded));
  return v128.bitselect(v128.neg<real>(square), corrected, v128.eq<real>(rounded, v128.splat<real>(0)));
}

/** columns [units x samples, float64] = the (centred) columns of s·x at unit length, squares [units, float64] = their squared lengths before. */
function unitColumns(columns: usize, squares: usize, call: PenaltyCall): void {
  const samples = call.samples;
  const units = call.units;
  const scale = call.scale;
  for (let j = 0; j < units; j++) {
    const column = columns + <usize>j * ((<usize>samples) << 3);
    // Differences to the first sample: an offset takes no digits from the mean.
    const base = call.centered ? <f64>load<real>(call.x + bytesOf(j)) * scale : 0;
    let sum: f64 = 0;
    for (let i = 0; i < samples; i++) {
      const entry = <f64>load<real>(call.x + bytesOf(i * units + j)) * scale - base;
      store<f64>(column + ((<usize>i) << 3), entry);
      sum += entry;
    }
    const mean = call.centered ? sum / <f64>samples : 0;
    let square: f64 = 0;
    for (let i = 0; i < samples; i++) {
      const at = column + ((<usize>i) << 3);
      const entry = load<f64>(at) - mean;
      store<f64>(at, entry);
      square += entry * entry;
    }
    store<f64>(squares + ((<usize>j) << 3), square);
    const length = Math.sqrt(square);
    for (let i = 0; i < samples; i++) {
      const entry = column + ((<usize>i) << 3);
      store<f64>(entry, load<f64>(entry) / length);
    }
  }
}

/** log(1 − R_ij²) of one pair; adds its share to the columns i and j of gradient. */
function parallelPair(
  call: PenaltyCall,
  columns: usize,
  squares: usize,
  i: i32,
  j: i32,
  epsilon: f64,
  factor: f64,
): f64 {
  const divisor = call.divisor;
  const size = (<usize>call.samples) << 3;
  const a = columns + <usize>i * size;
  const b = columns + <usize>j * size;
  let rho: f64 = 0;
  for (let at: usize = 0; at < size; at += 8) rho += load<f64>(a + at) * load<f64>(b + at);
  let apart: f64 = 0;
  for (let at: usize = 0; at < size; at += 8) {
    const across = load<f64>(b + at) - rho * load<f64>(a + at);
    apart += across * across;
  }
  const own = load<f64>(squares + ((<usize>i) << 3)) / divisor;
  const other = load<f64>(squares + ((<usize>j) << 3)) / divisor;
  const ownShare = own / (own + epsilon);
  const otherShare = other / (other + epsilon);
  const ownLoss = epsilon / (own + epsilon);
  const otherLoss = epsilon / (other + epsilon);
  const q = ownLoss + ownShare * (otherLoss + otherShare * apart);
  const slope = (factor * Math.sqrt(divisor) * rho * Math.sqrt(ownShare * otherShare)) / q;
  const direction = apart > ROUNDING ? 1.0 : 0.0;
  const scale = call.scale;
  const ownFactor = scale * slope * Math.sqrt(otherShare / (own + epsilon));
  const otherFactor = scale * slope * Math.sqrt(ownShare / (other + epsilon));
  let row = call.gradient;
  for (let at: usize = 0; row !== 0 && at < size; at += 8) {
    const u = load<f64>(a + at);
    const v = load<f64>(b + at);
    addTo(row + bytesOf(i), ownFactor * (direction * (v - rho * u) + ownLoss * rho * u));
    addTo(row + bytesOf(j), otherFactor * (direction * (u - rho * v) + otherLoss * rho * v));
    row += bytesOf(call.units);
  }
  // Below the range of float32.
  if (q < SMALLEST_REST) return Math.log(q);
  return v128.extract_lane<real>(logLanes(v128.splat<real>(<real>q)), 0);
}

function addTo(entry: usize, term: f64): void {
  store<real>(entry, <real>(<f64>load<real>(entry) + term));
}
