/**
 * Penalties that add the energy off the diagonal of the covariance to a term of the variances alone: `decov`,
 * `off-diagonal-squared`, `vicreg-covariance`, `vicreg` and `whitening`.
 *
 * L = α·Σ_{i≠j} C_ij² + Σ_i f(C_ii) has ∂L/∂X = (4α/ν)·X_c·off(C) + (2/ν)·X_c·diag(f′(C_ii)). The variances are summed in float64
 * apart from the energy, so that neither part is a difference of the other and something large.
 */

import { columnDots } from '../columns';
import { after, matrixBytes } from '../covariance';
import { PenaltyCall } from './call';
import { DECOV, OFF_DIAGONAL_SQUARED, VICREG, WHITENING } from './kinds';
import { offDiagonalEnergy, offDiagonalScratch, pairsOf } from './off-diagonal';
import { scaledActivations, unscaled } from './range';

/** Bytes of scratch: X_c, two float64 numbers a unit, and the energy's own. */
export function energyScratch(samples: i32, units: i32): i64 {
  return matrixBytes(samples, units) + 2 * matrixBytes(units, 2) + offDiagonalScratch(samples, units);
}

/** Value of one of them; gradient = weight · ∂L/∂x, stored or added. p0 … p3 are the parameters of `vicreg`. */
export function energyPenalty(call: PenaltyCall): f64 {
  const kind = call.kind;
  const samples = call.samples;
  const units = call.units;
  const divisor = call.divisor;
  const scratch = call.scratch;
  let squares = after(scratch, samples, units);
  let slopes = after(squares, units, 2);
  const rest = after(slopes, units, 2);
  const xc = scaledActivations(call, scratch, false);
  const scale = call.scale;
  // ν·s², so that squares over it are variances of X.
  const squaresDivisor = divisor * scale * scale;
  let alpha = 1.0 / <f64>units;
  let ofVariances: f64 = 0;
  if (kind === VICREG || kind === WHITENING) {
    const share = 1.0 / <f64>units;
    const slopeFactor = unscaled((2.0 * call.weight) / divisor, scale, 1);
    columnDots(squares, xc, xc, samples, units);
    if (kind === VICREG) {
      alpha *= call.p1;
      ofVariances = hinge(
        slopes,
        squares,
        units,
        squaresDivisor,
        call.p0 * share,
        call.p2,
        call.p3,
        slopeFactor,
      );
    } else {
      ofVariances = distanceToOne(slopes, squares, units, squaresDivisor, share, slopeFactor);
    }
  } else {
    squares = 0;
    slopes = 0;
    if (kind === DECOV) alpha = 0.5;
    else if (kind === OFF_DIAGONAL_SQUARED) alpha = 1.0 / pairsOf(units);
  }
  const factor = unscaled((4.0 * alpha * call.weight) / divisor, scale, 3);
  const energy = offDiagonalEnergy(
    call.gradient,
    xc,
    squares,
    slopes,
    samples,
    units,
    divisor,
    factor,
    call.accumulate,
    rest,
  );
  return unscaled(alpha * energy, scale, 4) + ofVariances;
}

/** share · Σ_i max(0, γ − s_i), s_i = sqrt(C_ii + ε); slopes = slopeFactor · ∂/∂C_ii. Source: Bardes et al., 2022. */
function hinge(
  slopes: usize,
  squares: usize,
  units: i32,
  divisor: f64,
  share: f64,
  gamma: f64,
  epsilon: f64,
  slopeFactor: f64,
): f64 {
  let sum: f64 = 0;
  for (let j = 0; j < units; j++) {
    const at = (<usize>j) << 3;
    const deviation = Math.sqrt(load<f64>(squares + at) / divisor + epsilon);
    const gap = gamma - deviation;
    // Written so that NaN counts.
    const met = gap <= 0;
    if (!met) sum += gap;
    store<f64>(slopes + at, met ? 0 : (-0.5 * share * slopeFactor) / deviation);
  }
  return share * sum;
}

/** share · Σ_i (C_ii − 1)²; slopes = slopeFactor · ∂/∂C_ii. */
function distanceToOne(
  slopes: usize,
  squares: usize,
  units: i32,
  divisor: f64,
  share: f64,
  slopeFactor: f64,
): f64 {
  let sum: f64 = 0;
  for (let j = 0; j < units; j++) {
    const at = (<usize>j) << 3;
    const distance = load<f64>(squares + at) / divisor - 1.0;
    sum += distance * distance;
    store<f64>(slopes + at, 2.0 * share * slopeFactor * distance);
  }
  return share * sum;
}
