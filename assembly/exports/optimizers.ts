/**
 * The ABI of the optimizers: one step on an array of parameters, and what clipping and layer-wise rates need of gradients.
 *
 * Outputs come first, then inputs, then sizes, then settings; see index.ts for the rules of the ABI.
 */

import * as optimizer from '../optimizer';
import { BAD_SIZE, OK, oneOutput, operands, reals } from '../status';

/** One step of SGD; `velocity` may be 0 without momentum. */
export function sgd(
  parameters: usize,
  gradients: usize,
  velocity: usize,
  count: i32,
  learningRate: f64,
  momentum: f64,
  weightDecay: f64,
  nesterov: i32,
): i32 {
  if (count <= 0) return BAD_SIZE;
  const bytes = reals(count, 1);
  const velocityBytes = momentum !== 0 ? bytes : 0;
  const status = operands(
    parameters,
    bytes,
    velocity,
    velocityBytes,
    0,
    0,
    0,
    0,
    gradients,
    bytes,
    0,
    0,
    0,
    0,
  );
  if (status) return status;
  optimizer.sgd(
    parameters,
    gradients,
    velocity,
    count,
    <real>learningRate,
    <real>momentum,
    <real>weightDecay,
    nesterov !== 0,
  );
  return OK;
}

/** One step of Adam or, when `decoupled`, AdamW. correction1 = 1 − β₁ᵗ, correction2 = 1 − β₂ᵗ. */
export function adam(
  parameters: usize,
  gradients: usize,
  first: usize,
  second: usize,
  count: i32,
  learningRate: f64,
  correction1: f64,
  correction2: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
  weightDecay: f64,
  decoupled: i32,
): i32 {
  if (count <= 0) return BAD_SIZE;
  const bytes = reals(count, 1);
  const status = operands(parameters, bytes, first, bytes, second, bytes, 0, 0, gradients, bytes, 0, 0, 0, 0);
  if (status) return status;
  const step = <real>(learningRate / correction1);
  const root = <real>(1.0 / Math.sqrt(correction2));
  const rate = <real>learningRate;
  optimizer.adam(
    parameters,
    gradients,
    first,
    second,
    count,
    rate,
    step,
    root,
    beta1,
    beta2,
    <real>epsilon,
    <real>weightDecay,
    decoupled !== 0,
  );
  return OK;
}

/**
 * One step of RMSprop. `mean`, the running mean of the gradients, may be 0 unless `centered`; `velocity` may be 0 without
 * momentum.
 */
export function rmsprop(
  parameters: usize,
  gradients: usize,
  square: usize,
  mean: usize,
  velocity: usize,
  count: i32,
  learningRate: f64,
  alpha: f64,
  epsilon: f64,
  momentum: f64,
  weightDecay: f64,
  centered: i32,
): i32 {
  if (count <= 0) return BAD_SIZE;
  const bytes = reals(count, 1);
  const meanBytes = centered !== 0 ? bytes : 0;
  const velocityBytes = momentum !== 0 ? bytes : 0;
  // The velocity stands where scratch does elsewhere: it must share no byte with anything else.
  const status = operands(
    parameters,
    bytes,
    square,
    bytes,
    mean,
    meanBytes,
    velocity,
    velocityBytes,
    gradients,
    bytes,
    0,
    0,
    0,
    0,
  );
  if (status) return status;
  optimizer.rmsprop(
    parameters,
    gradients,
    square,
    mean,
    velocity,
    count,
    <real>learningRate,
    alpha,
    <real>epsilon,
    <real>momentum,
    <real>weightDecay,
    centered !== 0,
  );
  return OK;
}

/** One step of Lion. */
export function lion(
  parameters: usize,
  gradients: usize,
  velocity: usize,
  count: i32,
  learningRate: f64,
  beta1: f64,
  beta2: f64,
  weightDecay: f64,
): i32 {
  if (count <= 0) return BAD_SIZE;
  const bytes = reals(count, 1);
  const status = operands(parameters, bytes, velocity, bytes, 0, 0, 0, 0, gradients, bytes, 0, 0, 0, 0);
  if (status) return status;
  optimizer.lion(
    parameters,
    gradients,
    velocity,
    count,
    <real>learningRate,
    beta1,
    beta2,
    <real>(learningRate * weightDecay),
  );
  return OK;
}

/** One step of LARS, given `rate` = learningRate·(the trust ratio of the array). */
export function lars(
  parameters: usize,
  gradients: usize,
  velocity: usize,
  count: i32,
  rate: f64,
  momentum: f64,
  weightDecay: f64,
): i32 {
  if (count <= 0) return BAD_SIZE;
  const bytes = reals(count, 1);
  const status = operands(parameters, bytes, velocity, bytes, 0, 0, 0, 0, gradients, bytes, 0, 0, 0, 0);
  if (status) return status;
  optimizer.lars(parameters, gradients, velocity, count, <real>rate, <real>momentum, <real>weightDecay);
  return OK;
}

/** norm [1, float64] = the sum of the squares of x [count]. */
export function squaredNorm(norm: usize, x: usize, count: i32): i32 {
  if (count <= 0) return BAD_SIZE;
  const status = oneOutput(norm, 8, 0, 0, x, reals(count, 1), 0, 0, 0, 0);
  if (status) return status;
  store<f64>(norm, optimizer.squaredNorm(x, count));
  return OK;
}

/** x [count] *= factor. */
export function scale(x: usize, count: i32, factor: f64): i32 {
  if (count <= 0) return BAD_SIZE;
  const status = oneOutput(x, reals(count, 1), 0, 0, 0, 0, 0, 0, 0, 0);
  if (status) return status;
  optimizer.scale(x, count, <real>factor);
  return OK;
}
