/** Penalties on the entries of the covariance: which file computes which. */

import { OK } from '../status';
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
export function covariancePenalty(
  value: usize,
  gradient: usize,
  x: usize,
  kind: i32,
  samples: i32,
  units: i32,
  centered: bool,
  ddof: f64,
  p0: f64,
  p1: f64,
  p2: f64,
  p3: f64,
  weight: f64,
  accumulate: bool,
  scratch: usize,
): i32 {
  let result: f64 = 0;
  if (kind === MEAN) {
    result = mean(gradient, x, samples, units, centered, ddof, weight, accumulate, scratch);
  } else if (kind === MEAN_ABS || kind === MEAN_ABS_SIGNED) {
    const signed = kind === MEAN_ABS_SIGNED;
    result = meanAbs(gradient, x, samples, units, centered, ddof, weight, accumulate, signed, scratch);
  } else if (kind === SMOOTH_ABS) {
    result = smoothAbs(gradient, x, samples, units, centered, ddof, p0, weight, accumulate, scratch);
  } else if (kind === HUBER) {
    result = huber(gradient, x, samples, units, centered, ddof, p0, weight, accumulate, scratch);
  } else if (kind === OFF_DIAGONAL_ABS) {
    result = offDiagonalAbs(gradient, x, samples, units, centered, ddof, weight, accumulate, scratch);
  } else {
    result = energyPenalty(
      gradient,
      x,
      kind,
      samples,
      units,
      centered,
      ddof,
      p0,
      p1,
      p2,
      p3,
      weight,
      accumulate,
      scratch,
    );
  }
  store<f64>(value, result);
  return OK;
}
