/**
 * SGD, Adam and AdamW with the conventions of PyTorch.
 *
 * Source: Kingma and Ba, "Adam", 2015; Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019.
 */

import { loadUpTo4, multiplyAdd, negativeMultiplyAdd, storeUpTo4 } from './simd';

/**
 * g += weightDecay·p; v = momentum·v + g; p −= learningRate·(nesterov ? g + momentum·v : v).
 * Without momentum, `velocity` is neither read nor written and may be 0.
 */
export function sgd(
  parameters: usize,
  gradients: usize,
  velocity: usize,
  count: i32,
  learningRate: f32,
  momentum: f32,
  weightDecay: f32,
  nesterov: bool,
): void {
  const rate = f32x4.splat(learningRate);
  const mu = f32x4.splat(momentum);
  const decay = f32x4.splat(weightDecay);
  for (let i = 0; i < count; i += 4) {
    const left = count - i;
    const p = loadUpTo4(parameters, left, 0);
    let g = loadUpTo4(gradients, left, 0);
    if (weightDecay !== 0) g = multiplyAdd(decay, p, g);
    if (momentum !== 0) {
      const v = multiplyAdd(mu, loadUpTo4(velocity, left, 0), g);
      storeUpTo4(velocity, v, left);
      velocity += 16;
      g = nesterov ? multiplyAdd(mu, v, g) : v;
    }
    storeUpTo4(parameters, negativeMultiplyAdd(rate, g, p), left);
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
  learningRate: f32,
  stepSize: f32,
  rootFactor: f32,
  beta1: f64,
  beta2: f64,
  epsilon: f32,
  weightDecay: f32,
  decoupled: bool,
): void {
  const b1 = f32x4.splat(<f32>beta1);
  const b2 = f32x4.splat(<f32>beta2);
  const c1 = f32x4.splat(<f32>(1.0 - beta1));
  const c2 = f32x4.splat(<f32>(1.0 - beta2));
  const step = f32x4.splat(stepSize);
  const root = f32x4.splat(rootFactor);
  const eps = f32x4.splat(epsilon);
  const decay = f32x4.splat(weightDecay);
  const keep = f32x4.splat(1 - learningRate * weightDecay);
  for (let i = 0; i < count; i += 4) {
    const left = count - i;
    let p = loadUpTo4(parameters, left, 0);
    let g = loadUpTo4(gradients, left, 0);
    if (decoupled) p = f32x4.mul(p, keep);
    else if (weightDecay !== 0) g = multiplyAdd(decay, p, g);
    const m = multiplyAdd(b1, loadUpTo4(first, left, 0), f32x4.mul(c1, g));
    const v = multiplyAdd(b2, loadUpTo4(second, left, 0), f32x4.mul(c2, f32x4.mul(g, g)));
    storeUpTo4(first, m, left);
    storeUpTo4(second, v, left);
    const denominator = multiplyAdd(f32x4.sqrt(v), root, eps);
    storeUpTo4(parameters, negativeMultiplyAdd(step, f32x4.div(m, denominator), p), left);
    parameters += 16;
    gradients += 16;
    first += 16;
    second += 16;
  }
}
