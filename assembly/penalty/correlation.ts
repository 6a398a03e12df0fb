/**
 * Penalties on the correlation R_ij = C_ij/(s_i·s_j), s_i = sqrt(C_ii + ε): `squared-correlation`, `mean-abs-correlation` and
 * `gaussian-mutual-information`, each a mean over the pairs i ≠ j, and 0 with a single unit.
 *
 * With Y = the columns of X_c divided by s, R = YᵀY/ν; each penalty gives its value and D = ∂L/∂Y. The chain rule through
 * s is shared: see {@link projectColumns}.
 */

import { columnDots } from '../columns';
import { after, gramLower, matrixBytes } from '../covariance';
import { bytesOf } from '../simd';
import { OK } from '../status';
import { PenaltyCall } from './call';
import { sumOffDiagonal } from './entrywise';
import { gaussianInformation, gaussianScratch } from './gaussian';
import { GAUSSIAN_MUTUAL_INFORMATION, MEAN_ABS_CORRELATION, SQUARED_CORRELATION } from './kinds';
import { offDiagonalEnergy, offDiagonalScratch, pairsOf, scaleColumns } from './off-diagonal';
import { projectColumns } from './projection';
import { powerOfTwo, scaledActivations, unscaled } from './range';
import { multiplySigns, signsScratch } from './signs';

/** Smallest s², so that 1/s is a number of float32 for a unit without variance, however small ε is. */
const SMALLEST_VARIANCE: f64 = 1e-76;

/** Smallest ε beside variances of 1, where activations are scaled down: a unit without variance divides by it. */
const SMALLEST_EPSILON: f64 = 1e-290;

/** Bytes of scratch for a penalty of this family, 0 for one that does not exist. */
export function correlationScratch(kind: i32, samples: i32, units: i32): i64 {
  const shared = 2 * matrixBytes(samples, units) + 3 * matrixBytes(units, 2);
  switch (kind) {
    case SQUARED_CORRELATION:
      return shared + offDiagonalScratch(samples, units);
    case MEAN_ABS_CORRELATION:
      return shared + max(offDiagonalScratch(samples, units), absoluteScratch(samples, units));
    case GAUSSIAN_MUTUAL_INFORMATION:
      return shared + max(gaussianScratch(samples, units), offDiagonalScratch(samples, units));
    default:
      return 0;
  }
}

/**
 * Largest share C_ii/(C_ii + ε) below which R is so small beside ε that float32, or float64, loses the squares of its entries. Then R² is
 * nothing to 1 too: −½ log(1 − R²) is ½R².
 */
const VANISHING_SHARE: f64 = sizeof<real>() === 4 ? 1e-10 : 1e-120;
/** Largest exponent by which Y is raised then. */
const MOST_RAISED: i32 = sizeof<real>() === 4 ? 100 : 400;

/** Evaluate a penalty of this family; ε is its only parameter. */
export function correlationPenalty(call: PenaltyCall): i32 {
  // Columns divided by deviations share nothing with those that are not.
  call.shared = 0;
  const samples = call.samples;
  const units = call.units;
  const divisor = call.divisor;
  let accumulate = call.accumulate;
  const y = call.scratch;
  const d = after(y, samples, units);
  // Only the gradient needs D.
  const slope: usize = call.gradient === 0 ? 0 : d;
  const inverses = after(d, samples, units);
  const shares = after(inverses, units, 2);
  const squares = after(shares, units, 2);
  const rest = after(squares, units, 2);
  const pairs = pairsOf(units);
  const xc = scaledActivations(call, y, true);
  const scale = call.scale;
  const epsilon = max(call.p0 * scale * scale, SMALLEST_EPSILON);
  columnDots(shares, xc, xc, samples, units);
  let largest: f64 = 0;
  for (let j = 0; j < units; j++) {
    const variance = load<f64>(shares + ((<usize>j) << 3)) / divisor;
    largest = max(largest, variance / (variance + epsilon));
  }
  // Y times this.
  const raised =
    largest > 0 && largest < VANISHING_SHARE
      ? powerOfTwo(min((1023 - <i32>(reinterpret<i64>(largest) >> 52)) >> 1, MOST_RAISED))
      : 1.0;
  for (let j = 0; j < units; j++) {
    const share = shares + ((<usize>j) << 3);
    const variance = load<f64>(share) / divisor;
    store<real>(
      inverses + bytesOf(j),
      <real>(raised / Math.sqrt(max(variance + epsilon, SMALLEST_VARIANCE))),
    );
    store<f64>(share, variance / (variance + epsilon));
  }
  scaleColumns(y, xc, inverses, samples, units, false);
  columnDots(squares, y, y, samples, units);
  const factor = (2.0 * call.weight) / (divisor * pairs);
  let degree = 4;
  let sum: f64 = 0;
  if (call.kind === SQUARED_CORRELATION) {
    sum = offDiagonalEnergy(slope, y, squares, 0, samples, units, divisor, 2.0 * factor, false, rest);
  } else if (call.kind === GAUSSIAN_MUTUAL_INFORMATION && raised > 1) {
    sum = 0.5 * offDiagonalEnergy(slope, y, squares, 0, samples, units, divisor, factor, false, rest);
  } else if (call.kind === MEAN_ABS_CORRELATION) {
    degree = 2;
    sum = absolutes(slope, y, samples, units, divisor, factor, rest);
  } else {
    // Pairs that are nearly parallel write their share of the gradient first; the others are added to it.
    if (!accumulate && call.gradient !== 0) memory.fill(call.gradient, 0, <usize>samples * bytesOf(units));
    accumulate = true;
    sum = gaussianInformation(slope, y, call, epsilon, factor, rest);
  }
  store<f64>(call.value, unscaled(sum / pairs, raised, degree));
  if (scale !== 1 || raised > 1) {
    // From ∂/∂X' of the scaled activations, and of a sum of another degree in Y.
    for (let j = 0; j < units; j++) {
      const inverse = inverses + bytesOf(j);
      store<real>(inverse, <real>unscaled(<f64>load<real>(inverse) * scale, raised, degree));
    }
  }
  projectColumns(call.gradient, d, y, squares, shares, inverses, samples, units, accumulate, rest);
  return OK;
}

/** Bytes of scratch for {@link absolutes}: R and the product with its signs. */
function absoluteScratch(samples: i32, units: i32): i64 {
  return matrixBytes(units, units) + signsScratch(samples, units);
}

/** Σ_{i≠j} |R_ij|, sign(0) = 0; d = factor · Y·sign(off R). */
function absolutes(
  d: usize,
  y: usize,
  samples: i32,
  units: i32,
  divisor: f64,
  factor: f64,
  scratch: usize,
): f64 {
  const rest = after(scratch, units, units);
  gramLower(scratch, y, true, units, samples, 1.0 / divisor, rest);
  const sum = sumOffDiagonal(scratch, units);
  multiplySigns(d, y, scratch, samples, units, false, <real>factor, false, rest);
  return sum;
}
