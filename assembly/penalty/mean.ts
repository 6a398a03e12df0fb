/** The penalty `mean`, which needs no matrix. */

import { matrixBytes } from '../covariance';
import { bytesOf, LANES, loadPart, storePart, sumWide, widenHigh, widenLow } from '../simd';
import { PenaltyCall } from './call';

/** Bytes of scratch for {@link mean}: one float64 a sample. */
export function meanScratch(samples: i32): i64 {
  return matrixBytes(samples, 2);
}

/**
 * Σ_ij C_ij/m² = Σ_s r_s²/(ν·m²), where r_s is the sum of the (centred) activations of sample s: no matrix is needed.
 * Gradient: 2·r_s/(ν·m²) for every unit of the sample.
 */
export function mean(call: PenaltyCall): f64 {
  const samples = call.samples;
  const units = call.units;
  const scratch = call.scratch;
  let total: f64 = 0;
  for (let i = 0; i < samples; i++) {
    let sum: f64;
    // In float64 an offset would take the digits of what is left without it: differences to the first sample are exact.
    if (sizeof<real>() === 8 && call.centered)
      sum = rowDifference(call.x + <usize>i * bytesOf(units), call.x, units);
    else sum = rowSum(call.x + <usize>i * bytesOf(units), units);
    store<f64>(scratch + ((<usize>i) << 3), sum);
    total += sum;
  }
  const offset = call.centered ? total / <f64>samples : 0;
  const scale = 1.0 / (call.divisor * <f64>units * <f64>units);
  let value: f64 = 0;
  for (let i = 0; i < samples; i++) {
    const sum = load<f64>(scratch + ((<usize>i) << 3)) - offset;
    value += sum * sum;
    const entry = <real>(2.0 * call.weight * scale * sum);
    if (call.gradient !== 0)
      fillRow(call.gradient + <usize>i * bytesOf(units), units, entry, call.accumulate);
  }
  return value * scale;
}

/** Sum of a row of float64 less another row. */
function rowDifference(row: usize, base: usize, units: i32): f64 {
  let s = f64x2.splat(0);
  for (let j = 0; j < units; j += LANES) {
    s = f64x2.add(s, f64x2.sub(loadPart(row, units - j, 0), loadPart(base, units - j, 0)));
    row += 16;
    base += 16;
  }
  return sumWide(s);
}

/** Sum of a row in float64: four vectors at a time, each half of a vector on its own. */
function rowSum(row: usize, units: i32): f64 {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let j = 0;
  for (; j + 4 * LANES <= units; j += 4 * LANES) {
    const v0 = v128.load(row);
    const v1 = v128.load(row, 16);
    s0 = f64x2.add(s0, f64x2.add(widenLow(v0), widenLow(v1)));
    s1 = f64x2.add(s1, f64x2.add(widenHigh(v0), widenHigh(v1)));
    const v2 = v128.load(row, 32);
    const v3 = v128.load(row, 48);
    s2 = f64x2.add(s2, f64x2.add(widenLow(v2), widenLow(v3)));
    s3 = f64x2.add(s3, f64x2.add(widenHigh(v2), widenHigh(v3)));
    row += 64;
  }
  for (; j < units; j += LANES) {
    const v = loadPart(row, units - j, 0);
    s0 = f64x2.add(s0, widenLow(v));
    s1 = f64x2.add(s1, widenHigh(v));
    row += 16;
  }
  return sumWide(f64x2.add(f64x2.add(s0, s2), f64x2.add(s1, s3)));
}

/** The same number in every unit of a row, stored or added. */
function fillRow(row: usize, units: i32, entry: real, accumulate: bool): void {
  const v = v128.splat<real>(entry);
  let j = 0;
  if (!accumulate) {
    for (; j + 2 * LANES <= units; j += 2 * LANES) {
      v128.store(row, v);
      v128.store(row, v, 16);
      row += 32;
    }
  }
  for (; j < units; j += LANES) {
    const count = units - j;
    storePart(row, accumulate ? v128.add<real>(loadPart(row, count, 0), v) : v, count);
    row += 16;
  }
}
