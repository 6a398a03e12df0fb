/**
 * Soft bins for `mutual-information`: each activation belongs to the two of B bins next to it.
 *
 * With z = (x − μ)/sqrt(σ² + ε), σ² with the divisor n, and t = (clamp(z, −3, 3) + 3)/6·(B − 1), it has the weights 1 − f and f in the
 * bins ⌊t⌋ and ⌊t⌋ + 1, f = t − ⌊t⌋. All in float64.
 */

import { bytesOf } from '../simd';

/** Deviations from the mean at which the first and the last bin lie. */
const REACH: f64 = 3;

/**
 * weights [samples x units] of float64 pairs; bins [samples x units, int32] = 8·⌊t⌋; marginals [units x bins, float64] = sums of the
 * weights; means and deviations [units, float64] of `scale`·x, to which ε belongs.
 */
export function fillBins(
  weights: usize,
  bins: usize,
  marginals: usize,
  means: usize,
  deviations: usize,
  x: usize,
  samples: i32,
  units: i32,
  centered: bool,
  count: i32,
  epsilon: f64,
  scale: f64,
): void {
  const n = <f64>samples;
  memory.fill(marginals, 0, ((<usize>units) << 3) * <usize>count);
  for (let j = 0; j < units; j++) {
    const base = centered ? firstOf(x, j, scale) : 0;
    let mean: f64 = 0;
    if (centered) {
      for (let i = 0; i < samples; i++) mean += entryOf(x, i, j, units, scale) - base;
      mean /= n;
    }
    let squares: f64 = 0;
    for (let i = 0; i < samples; i++) {
      const xc = entryOf(x, i, j, units, scale) - base - mean;
      squares += xc * xc;
    }
    const deviation = Math.sqrt(squares / n + epsilon);
    store<f64>(means + ((<usize>j) << 3), mean);
    store<f64>(deviations + ((<usize>j) << 3), deviation);
    const own = marginals + ((<usize>j) << 3) * <usize>count;
    for (let i = 0; i < samples; i++) {
      const z = (entryOf(x, i, j, units, scale) - base - mean) / deviation;
      const t = ((min(max(z, -REACH), REACH) + REACH) / (2 * REACH)) * <f64>(count - 1);
      const bin = min(<i32>t, count - 2);
      const above = t - <f64>bin;
      const k = <usize>i * <usize>units + <usize>j;
      store<f64>(weights + (k << 4), 1.0 - above);
      store<f64>(weights + (k << 4), above, 8);
      store<i32>(bins + (k << 2), bin << 3);
      const at = own + ((<usize>bin) << 3);
      store<f64>(at, load<f64>(at) + 1.0 - above);
      store<f64>(at, load<f64>(at, 8) + above, 8);
    }
  }
}

/**
 * gradient [samples x units] = factor · ∂/∂x, stored or added, from `slopes` [samples x units] of float64 pairs whose difference (the
 * second less the first) is ∂/∂t: with u = ∂/∂z, (u_i − z_i·Σ_s u_s z_s/n)/deviation, less its mean when centred.
 */
export function unbinGradient(
  gradient: usize,
  slopes: usize,
  means: usize,
  deviations: usize,
  x: usize,
  samples: i32,
  units: i32,
  centered: bool,
  count: i32,
  scale: f64,
  factor: f64,
  accumulate: bool,
): void {
  const n = <f64>samples;
  const stretch = (scale * factor * <f64>(count - 1)) / (2 * REACH);
  for (let j = 0; j < units; j++) {
    const base = centered ? firstOf(x, j, scale) : 0;
    const mean = load<f64>(means + ((<usize>j) << 3));
    const deviation = load<f64>(deviations + ((<usize>j) << 3));
    let along: f64 = 0;
    let sum: f64 = 0;
    let sumOfZ: f64 = 0;
    for (let i = 0; i < samples; i++) {
      const at = slopes + ((<usize>i * <usize>units + <usize>j) << 4);
      const z = (entryOf(x, i, j, units, scale) - base - mean) / deviation;
      // A clamped activation does not move in its bins.
      const u = Math.abs(z) > REACH ? 0 : stretch * (load<f64>(at, 8) - load<f64>(at));
      store<f64>(at, u);
      along += u * z;
      sum += u;
      sumOfZ += z;
    }
    along /= n;
    const shift = centered ? (sum - along * sumOfZ) / n : 0;
    for (let i = 0; i < samples; i++) {
      const u = load<f64>(slopes + ((<usize>i * <usize>units + <usize>j) << 4));
      const z = (entryOf(x, i, j, units, scale) - base - mean) / deviation;
      const to = gradient + bytesOf(i) * <usize>units + bytesOf(j);
      const before = accumulate ? <f64>load<real>(to) : 0;
      store<real>(to, <real>(before + (u - z * along - shift) / deviation));
    }
  }
}

function entryOf(x: usize, i: i32, j: i32, units: i32, scale: f64): f64 {
  return <f64>load<real>(x + bytesOf(i) * <usize>units + bytesOf(j)) * scale;
}

/** The first sample of a unit, from which the others are told in float64: an offset takes no digits from their mean then. */
function firstOf(x: usize, j: i32, scale: f64): f64 {
  return sizeof<real>() === 8 ? <f64>load<real>(x + bytesOf(j)) * scale : 0;
}
