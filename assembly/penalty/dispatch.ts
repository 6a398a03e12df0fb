/** From the number of a penalty to its family. */

import { BAD_KIND } from '../status';
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

/** Writes value and gradient; answers a status. The operands are checked. */
export function evaluatePenalty(
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
  switch (kind >> 4) {
    case 0:
      return covariancePenalty(
        value,
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
    case 1:
      return correlationPenalty(
        value,
        gradient,
        x,
        kind,
        samples,
        units,
        centered,
        ddof,
        p0,
        weight,
        accumulate,
        scratch,
      );
    case 2:
      return spectralPenalty(
        value,
        gradient,
        x,
        kind,
        samples,
        units,
        centered,
        ddof,
        p0,
        weight,
        accumulate,
        scratch,
      );
    case 3:
      return informationPenalty(
        value,
        gradient,
        x,
        kind,
        samples,
        units,
        centered,
        ddof,
        p0,
        p1,
        weight,
        accumulate,
        scratch,
      );
    default:
      return BAD_KIND;
  }
}
