/**
 * SGD, Adam and AdamW with the conventions of PyTorch.
 *
 * Source: Kingma and Ba, "Adam", 2015; Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019.
 */

import { LANES, loadUpTo, multiplyAdd, negativeMultiplyAdd, storeUpTo } from './simd';

/**
 * With h = g + weightDecay·p: v = momentum·v + h; p −= learningRate·(nesterov ? h + momentum·v : v). g is only read.
 * Without momentum, `velocity` is neither read nor written and may be 0.
 */
export function sgd(
  parameters: usize,
  gradients: usize,
  velocity: usize,
  count: i32,
  learningRate: real,
  momentum: real,
  weightDecay: real,
  nesterov: bool,
): void {
  const rate = v128.splat<real>(learningRate);
  const mu = v128.splat<real>(momentum);
  const decay = v128.splat<real>(weightDecay);
  for (let i = 0; i < count; i += LANES) {
    const left = count - i;
    const p = loadUpTo(parameters, left, 0);
    let g = loadUpTo(gradients, left, 0);
    if (weightDecay !== 0) g = multiplyAdd(decay, p, g);
    if (momentum !== 0) {
      const v = multiplyAdd(mu, loadUpTo(velocity, left, 0), g);
      storeUpTo(velocity, v, left);
      velocity += 16;
      g = nesterov ? multiplyAdd(mu, v, g) : v;
    }
    storeUpTo(parameters, negativeMultiplyAdd(rate, g, p), left);
    parameters += 16;
    gradients += 16;
  }
}

/**
 * m = β₁m + (1−β₁)g; v = β₂v + (1−β₂)g²; p −= stepSize·m/(sqrt(v)·rootFactor + epsilon), with
 * stepSize = learningRate/(1−β₁ᵗ) and rootFactor = 1/sqrt(1−β₂ᵗ).
 * Weight decay is added to g, or, when `decoupled`, p is first multiplied by 1 − learningRate·weightDecay.
 */
export function adam(
  parameters: usize,
  gradients: usize,
  first: usize,
  second: usize,
  count: i32,
  learningRate: real,
  stepSize: real,
  rootFactor: real,
  beta1: f64,
  beta2: f64,
  epsilon: real,
  weightDecay: real,
  decoupled: bool,
): void {
  const b1 = v128.splat<real>(<real>beta1);
  const b2 = v128.splat<real>(<real>beta2);
  const c1 = v128.splat<real>(<real>(1.0 - beta1));
  const c2 = v128.splat<real>(<real>(1.0 - beta2));
  const step = v128.splat<real>(stepSize);
  const root = v128.splat<real>(rootFactor);
  const eps = v128.splat<real>(epsilon);
  const decay = v128.splat<real>(weightDecay);
  const keep = v128.splat<real>(1 - learningRate * weightDecay);
  for (let i = 0; i < count; i += LANES) {
    const left = count - i;
    let p = loadUpTo(parameters, left, 0);
    let g = loadUpTo(gradients, left, 0);
    if (decoupled) p = v128.mul<real>(p, keep);
    else if (weightDecay !== 0) g = multiplyAdd(decay, p, g);
    const m = multiplyAdd(b1, loadUpTo(first, left, 0), v128.mul<real>(c1, g));
    const v = multiplyAdd(b2, loadUpTo(second, left, 0), v128.mul<real>(c2, v128.mul<real>(g, g)));
    storeUpTo(first, m, left);
    storeUpTo(second, v, left);
    const denominator = multiplyAdd(v128.sqrt<real>(v), root, eps);
    storeUpTo(parameters, negativeMultiplyAdd(step, v128.div<real>(m, denominator), p), left);
    parameters += 16;
    gradients += 16;
    first += 16;
    second += 16;
  }
}
