/** From the number of a penalty to its family. */

import { BAD_KIND } from '../status';
import { PenaltyCall } from './call';
import { correlationPenalty, correlationScratch } from './correlation';
import { covariancePenalty, covariancePenaltyScratch } from './covariance';
import { informationPenalty, informationScratch } from './information';
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
