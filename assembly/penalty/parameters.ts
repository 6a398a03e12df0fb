/** The ranges of the penalties' parameters, as the catalogue of the host has them. */

import {
  CODING_RATE,
  GAUSSIAN_MUTUAL_INFORMATION,
  HUBER,
  LOG_DET,
  MEAN_ABS_CORRELATION,
  MUTUAL_INFORMATION,
  SMOOTH_ABS,
  SQUARED_CORRELATION,
  TOTAL_CORRELATION,
  VICREG,
  VON_NEUMANN_ENTROPY,
} from './kinds';

/** Check that every parameter of a kind is in its range; the bins of `mutual-information` are a size, checked where they are used. */
export function parametersInRange(kind: i32, p0: f64, p1: f64, p2: f64, p3: f64): bool {
  switch (kind) {
    case SMOOTH_ABS:
    case HUBER:
    case SQUARED_CORRELATION:
    case MEAN_ABS_CORRELATION:
    case GAUSSIAN_MUTUAL_INFORMATION:
    case TOTAL_CORRELATION:
    case LOG_DET:
    case CODING_RATE:
    case VON_NEUMANN_ENTROPY:
      return aboveZero(p0);
    case VICREG:
      return fromZero(p0) && fromZero(p1) && aboveZero(p2) && aboveZero(p3);
    case MUTUAL_INFORMATION:
      return aboveZero(p1);
    default:
      return true;
  }
}

/** Whether a number is finite and at least 0; NaN is not. */
export function fromZero(value: f64): bool {
  return value >= 0 && value < Infinity;
}

function aboveZero(value: f64): bool {
  return value > 0 && value < Infinity;
}
