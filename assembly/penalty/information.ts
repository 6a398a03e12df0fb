/**
 * `mutual-information`: the mean over all pairs of units of Σ_ab J_ab·log(J_ab/(P_a·Q_b)), with soft bins.
 *
 * Source: the linear B-spline estimator of Daub, Steuer, Selbig and Kloska, BMC Bioinformatics 2004.
 *
 * Each activation z = (x − μ)/sqrt(σ² + ε), clamped to ±3, falls between two of B bins with the weights 1 − f and f.
 * J for all pairs is one product WᵀW/n of the weights W [samples x units·B]. With H = log(J/(P·Q))/(m(m−1)) off the
 * blocks of a unit with itself, ∂/∂W = (2/n)·W·H up to constants that cancel between the two bins of an activation.
 */

import { centerColumns, columnDots, columnSums } from '../columns';
import { after, gram, matrixBytes } from '../covariance';
import { product, productScratch } from '../gemm';
import { logLanes } from '../math';
import { bytesOf } from '../simd';
import { BAD_SIZE, OK } from '../status';
import { MUTUAL_INFORMATION } from './kinds';

/** Deviations at which activations are clamped. */
const RANGE: f64 = 3;

/** Bytes of scratch for a penalty of this family, 0 for one that does not exist. */
export function informationScratch(kind: i32, samples: i32, units: i32, bins: f64): i64 {
  if (kind !== MUTUAL_INFORMATION) return 0;
  const columns = <i64>units * <i64>bins;
  // More columns than any memory holds: a size that no scratch can have.
  if (!(bins >= 2 && columns < 1 << 20)) return (<i64>1) << 40;
  const wide = <i32>columns;
  return (
    matrixBytes(samples, units) +
    2 * matrixBytes(samples, wide) +
    matrixBytes(wide, wide) +
    2 * matrixBytes(units, 2) +
    matrixBytes(wide, 2) +
    max(productScratch(wide, wide, samples), productScratch(samples, wide, wide))
  );
}

/** Evaluate the penalty; μ is 0 where it is not centred, and σ² has the divisor n whatever ddof is. */
export function informationPenalty(
  value: usize,
  gradient: usize,
  x: usize,
  _kind: i32,
  samples: i32,
  units: i32,
  centered: bool,
  _ddof: f64,
  binsAsNumber: f64,
  epsilon: f64,
  weight: f64,
  accumulate: bool,
  scratch: usize,
): i32 {
  const bins = <i32>binsAsNumber;
  if (bins < 2) return BAD_SIZE;
  const columns = units * bins;
  const xc = scratch;
  const weights = after(xc, samples, units);
  const slopes = after(weights, samples, columns);
  const joint = after(slopes, samples, columns);
  const inverses = after(joint, columns, columns);
  const dots = after(inverses, units, 2);
  const marginals = after(dots, units, 2);
  const rest = after(marginals, columns, 2);
  const n = <f64>samples;

  if (centered) centerColumns(xc, x, samples, units);
  else memory.copy(xc, x, bytesOf(samples * units));
  columnDots(inverses, xc, xc, samples, units);
  for (let j = 0; j < units; j++) {
    const at = inverses + ((<usize>j) << 3);
    store<f64>(at, 1.0 / Math.sqrt(load<f64>(at) / n + epsilon));
  }
  memory.fill(weights, 0, bytesOf(samples * columns));
  for (let s = 0; s < samples; s++) {
    for (let j = 0; j < units; j++) {
      const t = position(xc, inverses, s * units + j, j, bins);
      const bin = min(<i32>t, bins - 2);
      const at = weights + bytesOf(s * columns + j * bins + bin);
      store<real>(at, <real>(1.0 - (t - <f64>bin)));
      store<real>(at + sizeof<real>(), <real>(t - <f64>bin));
    }
  }
  columnSums(marginals, weights, samples, columns);
  gram(joint, weights, true, columns, samples, 1.0 / n, rest);
  const pairs = <f64>units * <f64>(units - 1);
  const result = units > 1 ? pointwise(joint, marginals, units, bins, n, pairs) : 0;
  if (units === 1) memory.fill(joint, 0, bytesOf(columns * columns));

  const scale = (2.0 * weight) / n;
  product(slopes, weights, false, joint, false, samples, columns, columns, <real>scale, false, false, rest);
  // From bins to z: the slope of t, none where z is clamped; in the place of the first weights.
  const slope = <f64>(bins - 1) / (2 * RANGE);
  for (let s = 0; s < samples; s++) {
    for (let j = 0; j < units; j++) {
      const k = s * units + j;
      const z = <f64>load<real>(xc + bytesOf(k)) * load<f64>(inverses + ((<usize>j) << 3));
      const t = position(xc, inverses, k, j, bins);
      const bin = min(<i32>t, bins - 2);
      const at = slopes + bytesOf(s * columns + j * bins + bin);
      const difference = <f64>load<real>(at + sizeof<real>()) - <f64>load<real>(at);
      const inside = z > -RANGE && z < RANGE;
      store<real>(weights + bytesOf(k), inside ? <real>(difference * slope) : 0);
    }
  }
  // Through the mean and the deviation of each unit.
  columnSums(marginals, weights, samples, units);
  columnDots(dots, weights, xc, samples, units);
  for (let s = 0; s < samples; s++) {
    for (let j = 0; j < units; j++) {
      const k = s * units + j;
      const inverse = load<f64>(inverses + ((<usize>j) << 3));
      const mean = centered ? load<f64>(marginals + ((<usize>j) << 3)) / n : 0;
      const along = (load<f64>(dots + ((<usize>j) << 3)) / n) * inverse * inverse;
      const entry =
        inverse * (<f64>load<real>(weights + bytesOf(k)) - mean - along * <f64>load<real>(xc + bytesOf(k)));
      const at = gradient + bytesOf(k);
      store<real>(at, <real>(entry + (accumulate ? <f64>load<real>(at) : 0)));
    }
  }
  // A NaN falls into no bin: the value says so.
  store<f64>(value, hasNaN(xc, samples * units) ? NaN : result);
  return OK;
}

/** Where activation k of unit j lies among the bins: 0 … bins − 1. */
function position(xc: usize, inverses: usize, k: i32, j: i32, bins: i32): f64 {
  const z = <f64>load<real>(xc + bytesOf(k)) * load<f64>(inverses + ((<usize>j) << 3));
  const clamped = z > RANGE ? RANGE : z >= -RANGE ? z : -RANGE;
  return ((clamped + RANGE) / (2 * RANGE)) * <f64>(bins - 1);
}

function hasNaN(x: usize, count: i32): bool {
  for (let k = 0; k < count; k++) {
    const value = load<real>(x + bytesOf(k));
    // NaN for NaN and for infinity, whose deviation is none.
    if (value - value !== 0) return true;
  }
  return false;
}

/** Returns the value, and replaces J by H; `marginals` hold n·P. */
function pointwise(joint: usize, marginals: usize, units: i32, bins: i32, n: f64, pairs: f64): f64 {
  const columns = units * bins;
  let sum: f64 = 0;
  for (let a = 0; a < columns; a++) {
    const pa = load<f64>(marginals + ((<usize>a) << 3)) / n;
    let rowSum: f64 = 0;
    for (let b = 0; b < columns; b++) {
      const at = joint + bytesOf(a * columns + b);
      const value = <f64>load<real>(at);
      if (a / bins === b / bins || value <= 0) {
        store<real>(at, 0);
        continue;
      }
      const ratio = value / (pa * (load<f64>(marginals + ((<usize>b) << 3)) / n));
      const log = <f64>v128.extract_lane<real>(logLanes(v128.splat<real>(<real>ratio)), 0);
      rowSum += value * log;
      store<real>(at, <real>(log / pairs));
    }
    sum += rowSum;
  }
  return sum / pairs;
}
