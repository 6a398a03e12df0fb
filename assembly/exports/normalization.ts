/** ABI entries of batch and layer normalisation. x, y and their gradients are rows x units; gamma and beta have units. */

import * as normalization from '../layer/normalization';
import { OK, operands, positive, reals } from '../status';

/** Bytes of scratch for {@link batchNormalizationForward} and {@link batchNormalizationBackward}. */
export function batchNormalizationScratch(units: i32): f64 {
  return <f64>normalization.batchScratch(units);
}

/**
 * y = gamma·(x − mean)/√(variance + epsilon) + beta. In training, mean and (biased) variance of the rows, which the moving ones are
 * drawn to: moving = momentum·moving + (1 − momentum)·them; else the moving ones themselves. statistics [3 x units] is for the gradient.
 */
export function batchNormalizationForward(
  y: usize,
  statistics: usize,
  movingMean: usize,
  movingVariance: usize,
  x: usize,
  gamma: usize,
  beta: usize,
  rows: i32,
  units: i32,
  epsilon: f64,
  momentum: f64,
  training: i32,
  scratch: usize,
): i32 {
  let status = positive(rows, units, 1);
  if (status) return status;
  const bytes = reals(rows, units);
  const one = reals(1, units);
  const three = reals(3, units);
  const scratchBytes = normalization.batchScratch(units);
  status =
    operands(
      y,
      bytes,
      statistics,
      three,
      movingMean,
      one,
      scratch,
      scratchBytes,
      x,
      bytes,
      gamma,
      one,
      beta,
      one,
    ) |
    operands(
      y,
      bytes,
      statistics,
      three,
      movingVariance,
      one,
      scratch,
      scratchBytes,
      x,
      bytes,
      gamma,
      one,
      beta,
      one,
    ) |
    operands(movingMean, one, movingVariance, one, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  if (status) return status;
  normalization.batchForward(
    y,
    statistics,
    movingMean,
    movingVariance,
    x,
    gamma,
    beta,
    rows,
    units,
    epsilon,
    momentum,
    training !== 0,
    scratch,
  );
  return OK;
}

/**
 * dGamma and dBeta [units], and dx [rows x units] unless it is 0, from dy; it may be `dy`. x, gamma and statistics are as the forward
 * pass had and left them, with the same `training`.
 */
export function batchNormalizationBackward(
  dx: usize,
  dGamma: usize,
  dBeta: usize,
  dy: usize,
  x: usize,
  gamma: usize,
  statistics: usize,
  rows: i32,
  units: i32,
  training: i32,
  scratch: usize,
): i32 {
  const status = backwardOperands(
    dx,
    dGamma,
    dBeta,
    dy,
    x,
    gamma,
    statistics,
    reals(3, units),
    rows,
    units,
    scratch,
    normalization.batchScratch(units),
  );
  if (status) return status;
  normalization.batchBackward(
    dx,
    dGamma,
    dBeta,
    dy,
    x,
    gamma,
    statistics,
    rows,
    units,
    training !== 0,
    scratch,
  );
  return OK;
}

/** y = gamma·(x − mean)/√(variance + epsilon) + beta with the moments of each row. statistics [rows x 3] is for the gradient. */
export function layerNormalizationForward(
  y: usize,
  statistics: usize,
  x: usize,
  gamma: usize,
  beta: usize,
  rows: i32,
  units: i32,
  epsilon: f64,
): i32 {
  let status = positive(rows, units, 1);
  if (status) return status;
  const bytes = reals(rows, units);
  const one = reals(1, units);
  status = operands(y, bytes, statistics, reals(rows, 3), 0, 0, 0, 0, x, bytes, gamma, one, beta, one);
  if (status) return status;
  normalization.layerForward(y, statistics, x, gamma, beta, rows, units, epsilon);
  return OK;
}

/** Bytes of scratch for {@link layerNormalizationBackward}. */
export function layerNormalizationBackwardScratch(units: i32): f64 {
  return <f64>normalization.layerScratch(units);
}

/** dGamma and dBeta [units] and dx [rows x units] from dy; `dx` may be `dy`. */
export function layerNormalizationBackward(
  dx: usize,
  dGamma: usize,
  dBeta: usize,
  dy: usize,
  x: usize,
  gamma: usize,
  statistics: usize,
  rows: i32,
  units: i32,
  scratch: usize,
): i32 {
  const statisticsBytes = reals(rows, 3);
  const scratchBytes = normalization.layerScratch(units);
  let status = backwardOperands(
    dx,
    dGamma,
    dBeta,
    dy,
    x,
    gamma,
    statistics,
    statisticsBytes,
    rows,
    units,
    scratch,
    scratchBytes,
  );
  // Without dx there is no pass to leave out.
  if (!status) status = operands(dx, reals(rows, units), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  if (status) return status;
  normalization.layerBackward(dx, dGamma, dBeta, dy, x, gamma, statistics, rows, units, scratch);
  return OK;
}

function backwardOperands(
  dx: usize,
  dGamma: usize,
  dBeta: usize,
  dy: usize,
  x: usize,
  gamma: usize,
  statistics: usize,
  statisticsBytes: i64,
  rows: i32,
  units: i32,
  scratch: usize,
  scratchBytes: i64,
): i32 {
  const status = positive(rows, units, 1);
  if (status) return status;
  const bytes = reals(rows, units);
  const one = reals(1, units);
  const dxBytes = dx !== 0 ? bytes : 0;
  const dyBytes = dx === dy ? 0 : bytes;
  return (
    operands(dx, dxBytes, dGamma, one, dBeta, one, scratch, scratchBytes, dy, dyBytes, x, bytes, gamma, one) |
    operands(
      dx,
      dxBytes,
      dGamma,
      one,
      dBeta,
      one,
      scratch,
      scratchBytes,
      statistics,
      statisticsBytes,
      0,
      0,
      0,
      0,
    ) |
    operands(0, 0, 0, 0, 0, 0, 0, 0, dy, bytes, 0, 0, 0, 0)
  );
}
