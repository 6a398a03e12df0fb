/**
 * `mutual-information`: the mean over the pairs of units of I = Σ_ab J_ab·log(J_ab/(P_a·Q_b)), J the joint distribution of two units in
 * soft bins (see bins.ts), P and Q their own; 0 with a single unit.
 *
 * ∂I/∂J_ab = log(J_ab/(P_a·Q_b)) up to a constant that no activation can move. A sample touches 2 x 2 of the B x B entries of a pair,
 * so J is counted and the logarithms are read entry by entry: for 8 bins a sixteenth of the work of the products WᵀW and W·H with
 * the weights W as matrices of zeros, and room for a block of units instead of (m·B)² numbers. Everything but the logarithm is in float64.
 * Source: Daub et al., BMC Bioinformatics 5:118, 2004.
 *
 *                     bins of unit j
 *                     l      l + 1
 *     unit i   k      (1−u)(1−v)   (1−u)v        one sample: shares u and v above the bins k and l;
 *              k + 1  u(1−v)       uv            a row of two is one vector
 */

import { logLanes } from '../math';
import { LANES, multiplyAddWide, narrow, sumWide, widenHigh, widenLow } from '../simd';
import { BAD_SIZE, OK } from '../status';
import { fillBins, unbinGradient } from './bins';
import { PenaltyCall } from './call';
import { MUTUAL_INFORMATION } from './kinds';
import { pairsOf } from './off-diagonal';
import { callScale, NOT_FINITE } from './range';

/** Numbers of J in a block of units: 16 kB, which stay in the first-level cache. */
const BLOCK_NUMBERS: i64 = 2048;
/** More bins than any memory has room for. */
const MOST_BINS: f64 = 1048576;

/** Units in a block: as many as fit, at least one. */
function blockUnits(bins: i64): i64 {
  return max(1, BLOCK_NUMBERS / (bins * bins));
}

/** Numbers in a row of J: whole vectors. */
function rowNumbers(units: i64, bins: i64): i64 {
  return (units * bins + 3) & ~3;
}

/** Bytes of scratch for a penalty of this family, 0 for one that does not exist. `bins` that are no number of bins count as 2. */
export function informationScratch(kind: i32, samples: i32, units: i32, bins: f64): i64 {
  if (kind !== MUTUAL_INFORMATION) return 0;
  const count = bins >= 2 ? <i64>min(bins, MOST_BINS) : 2;
  const entries = min(<i64>samples * <i64>units, (<i64>1) << 40);
  // Weights, slopes and bins; means, deviations and marginals, these to the end of a block's last vector; a block.
  return (
    entries * 36 + 8 + <i64>units * (16 + count * 8) + 32 + rowNumbers(blockUnits(count), count) * count * 8
  );
}

/**
 * Evaluate the penalty; μ is 0 where it is not centred. BAD_SIZE for bins that are no whole number of at least 2.
 */
export function informationPenalty(call: PenaltyCall): i32 {
  const gradient = call.gradient;
  const x = call.x;
  const samples = call.samples;
  const units = call.units;
  const centered = call.centered;
  const binCount = call.p0;
  const epsilon = call.p1;
  // In float32 no square leaves float64.
  const scale = sizeof<real>() === 8 ? callScale(call, true) : 1;
  // Written so that NaN is refused too.
  if (!(binCount >= 2 && binCount <= MOST_BINS && binCount === Math.floor(binCount))) return BAD_SIZE;
  // Such a call ends with NaN everywhere: see dispatch.ts.
  if (call.exponent === NOT_FINITE) return OK;
  const count = <i32>binCount;
  const entries = <usize>samples * <usize>units;
  const weights = call.scratch;
  const slopes = weights + (entries << 4);
  const bins = slopes + (entries << 4);
  const means = bins + (((entries << 2) + 7) & ~7);
  const deviations = means + ((<usize>units) << 3);
  const marginals = deviations + ((<usize>units) << 3);
  const joint = marginals + ((<usize>units) << 3) * <usize>count + 32;

  fillBins(
    weights,
    bins,
    marginals,
    means,
    deviations,
    x,
    samples,
    units,
    centered,
    count,
    epsilon * scale * scale,
    scale,
  );
  memory.fill(slopes, 0, entries << 4);
  const block = <i32>blockUnits(count);
  const step = (<usize>units) << 4;
  let sum: f64 = 0;
  for (let i = 1; i < units; i++) {
    const own = (<usize>i) << 4;
    const ownBins = (<usize>i) << 2;
    const ownMarginals = marginals + ((<usize>i) << 3) * <usize>count;
    for (let j = 0; j < i; j += block) {
      const others = min(block, i - j);
      const row = (<usize>rowNumbers(others, count)) << 3;
      memory.fill(joint, 0, row * <usize>count);
      let at = weights;
      let bin = bins;
      for (let s = 0; s < samples; s++) {
        const upper = joint + (<usize>load<i32>(bin + ownBins) >> 3) * row;
        countSample(
          upper,
          row,
          load<f64>(at + own, 8),
          at + ((<usize>j) << 4),
          bin + ((<usize>j) << 2),
          others,
          count,
        );
        at += step;
        bin += step >> 2;
      }
      const others8 = marginals + ((<usize>j) << 3) * <usize>count;
      for (let a = 0; a < count; a++) {
        const p = load<f64>(ownMarginals + ((<usize>a) << 3));
        if (p > 0) sum += logarithms(joint + <usize>a * row, row, others8, <f64>samples / p);
      }
      if (gradient === 0) continue;
      at = weights;
      bin = bins;
      let slope = slopes;
      for (let s = 0; s < samples; s++) {
        const upper = joint + (<usize>load<i32>(bin + ownBins) >> 3) * row;
        const offset = (<usize>j) << 4;
        const u = load<f64>(at + own, 8);
        const along = readSample(
          slope + offset,
          upper,
          row,
          u,
          at + offset,
          bin + ((<usize>j) << 2),
          others,
          count,
        );
        store<f64>(slope + own, load<f64>(slope + own, 8) + along, 8);
        at += step;
        bin += step >> 2;
        slope += step;
      }
    }
  }
  // Each pair counts twice.
  const share = 2.0 / (pairsOf(units) * <f64>samples);
  store<f64>(call.value, share * sum);
  if (gradient === 0) return OK;
  unbinGradient(
    gradient,
    slopes,
    means,
    deviations,
    x,
    samples,
    units,
    centered,
    count,
    scale,
    share * call.weight,
    call.accumulate,
  );
  return OK;
}

/** Adds one sample to J of unit i, whose upper share is `u`, and of `others` units: the rows of its bins are `upper` and the next. */
function countSample(
  upper: usize,
  row: usize,
  u: f64,
  weights: usize,
  bins: usize,
  others: i32,
  count: i32,
): void {
  const below = f64x2.splat(1.0 - u);
  const above = f64x2.splat(u);
  const size = (<usize>count) << 3;
  const end = weights + ((<usize>others) << 4);
  while (weights < end) {
    const w = v128.load(weights);
    const entry = upper + <usize>load<i32>(bins);
    v128.store(entry, multiplyAddWide(below, w, v128.load(entry)));
    v128.store(entry + row, multiplyAddWide(above, w, v128.load(entry + row)));
    upper += size;
    weights += 16;
    bins += 4;
  }
}

/**
 * A row of n·J becomes its logarithms log(J/(P·Q)), 0 where J is 0; returns Σ n·J·log. `marginals` are n·Q, `scale` is 1/P. Rows are
 * whole vectors: past the bins J is 0.
 */
function logarithms(entry: usize, row: usize, marginals: usize, scale: f64): f64 {
  const zero = f64x2.splat(0);
  const factor = f64x2.splat(scale);
  const end = entry + row;
  let sum = zero;
  while (entry < end) {
    const low = v128.load(entry);
    const lowRatio = f64x2.div(f64x2.mul(low, factor), v128.load(marginals));
    if (sizeof<real>() === 8) {
      const log = v128.and(logLanes(lowRatio), f64x2.gt(low, zero));
      v128.store(entry, log);
      sum = multiplyAddWide(low, log, sum);
    } else {
      const high = v128.load(entry, 16);
      const log = logLanes(narrow(lowRatio, f64x2.div(f64x2.mul(high, factor), v128.load(marginals, 16))));
      const lowLog = v128.and(widenLow(log), f64x2.gt(low, zero));
      const highLog = v128.and(widenHigh(log), f64x2.gt(high, zero));
      v128.store(entry, lowLog);
      v128.store(entry, highLog, 16);
      sum = multiplyAddWide(high, highLog, multiplyAddWide(low, lowLog, sum));
    }
    entry += (<usize>LANES) << 3;
    marginals += (<usize>LANES) << 3;
  }
  return sumWide(sum);
}

/** Reads the logarithms where {@link countSample} added: adds to the pairs of slopes of the others, returns ∂/∂t of unit i. */
function readSample(
  slopes: usize,
  upper: usize,
  row: usize,
  u: f64,
  weights: usize,
  bins: usize,
  others: i32,
  count: i32,
): f64 {
  const above = f64x2.splat(u);
  const size = (<usize>count) << 3;
  const end = weights + ((<usize>others) << 4);
  let sum = f64x2.splat(0);
  while (weights < end) {
    const entry = upper + <usize>load<i32>(bins);
    const first = v128.load(entry);
    const rise = f64x2.sub(v128.load(entry + row), first);
    sum = multiplyAddWide(rise, v128.load(weights), sum);
    v128.store(slopes, f64x2.add(v128.load(slopes), multiplyAddWide(above, rise, first)));
    upper += size;
    slopes += 16;
    weights += 16;
    bins += 4;
  }
  return sumWide(sum);
}
