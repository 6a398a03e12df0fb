/** Penalties on the entries of the covariance: which file computes which. */

import { OK } from '../status';
import { PenaltyCall } from './call';
import { energyPenalty, energyScratch } from './energy';
import { entrywiseScratch, huber, meanAbs, offDiagonalAbs, smoothAbs } from './entrywise';
import {
  DECOV,
  HUBER,
  MEAN,
  MEAN_ABS,
  MEAN_ABS_SIGNED,
  OFF_DIAGONAL_ABS,
  OFF_DIAGONAL_SQUARED,
  SMOOTH_ABS,
  VICREG,
  VICREG_COVARIANCE,
  WHITENING,
} from './kinds';
import { mean, meanScratch } from './mean';

/** Bytes of scratch for a penalty of this family, 0 for one that does not exist. */
export function covariancePenaltyScratch(kind: i32, samples: i32, units: i32): i64 {
  switch (kind) {
    case MEAN:
      return meanScratch(samples);
    case MEAN_ABS:
    case MEAN_ABS_SIGNED:
    case SMOOTH_ABS:
    case HUBER:
    case OFF_DIAGONAL_ABS:
      return max(entrywiseScratch(samples, units), meanScratch(samples));
    case DECOV:
    case OFF_DIAGONAL_SQUARED:
    case VICREG_COVARIANCE:
    case VICREG:
    case WHITENING:
      return energyScratch(samples, units);
    default:
      return 0;
  }
}

/** Evaluate a penalty of this family. */
export function covariancePenalty(call: PenaltyCall): i32 {
  store<f64>(call.value, penaltyValue(call));
  return OK;
}

function penaltyValue(call: PenaltyCall): f64 {
  switch (call.kind) {
    case MEAN:
      return mean(call);
    case MEAN_ABS:
    case MEAN_ABS_SIGNED:
      return meanAbs(call);
    case SMOOTH_ABS:
      return smoothAbs(call);
    case HUBER:
      return huber(call);
    case OFF_DIAGONAL_ABS:
      return offDiagonalAbs(call);
    default:
      return energyPenalty(call);
  }
}
