/** From the number of a penalty to its family. */

import { BAD_KIND, OK } from '../status';
import { PenaltyCall } from './call';
import { correlationPenalty, correlationScratch } from './correlation';
import { covariancePenalty, covariancePenaltyScratch } from './covariance';
import { informationPenalty, informationScratch } from './information';
import { MEAN, MUTUAL_INFORMATION } from './kinds';
import { fillWithNaN, largestExponent, NOT_FINITE } from './range';
import { spectralPenalty, spectralScratch } from './spectral';

/** Bytes of scratch, never 0 for a kind that exists; 0 for any other. */
export function scratchOfPenalty(kind: i32, samples: i32, units: i32, p0: f64): i64 {
  switch (kind >> 4) {
    case 0:
      return covariancePenaltyScratch(kind, samples, units);
    case 1:
      return correlationScratch(kind, samples, units);
    case 2:
      return spectralScratch(kind, samples, units);
    case 3:
      return informationScratch(kind, samples, units, p0);
    default:
      return 0;
  }
}

/** Writes value and gradient; answers a status. */
export function evaluatePenalty(call: PenaltyCall): i32 {
  call.scale = 1;
  const count = call.samples * call.units;
  // `mean` needs no range, and its own sums show whether all is finite.
  call.exponent = call.kind === MEAN ? 0 : largestExponent(call.x, count);
  // The bins have to be checked whatever is to be put into them.
  const status = call.exponent === NOT_FINITE && call.kind !== MUTUAL_INFORMATION ? OK : evaluate(call);
  if (call.kind === MEAN && !Number.isFinite(load<f64>(call.value))) {
    call.exponent = largestExponent(call.x, count);
  }
  if (status === OK && call.exponent === NOT_FINITE) {
    store<f64>(call.value, NaN);
    fillWithNaN(call.gradient, count);
  }
  return status;
}

function evaluate(call: PenaltyCall): i32 {
  switch (call.kind >> 4) {
    case 0:
      return covariancePenalty(call);
    case 1:
      return correlationPenalty(call);
    case 2:
      return spectralPenalty(call);
    case 3:
      return informationPenalty(call);
    default:
      return BAD_KIND;
  }
}
