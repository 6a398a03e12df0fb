/**
 * SGD, Adam, AdamW and RMSprop with the conventions of PyTorch; Lion; LARS; norm and scaling of gradients.
 *
 * One step after another: this file is as long as their list.
 *
 * Source: Kingma and Ba, "Adam", 2015; Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019; Chen et al.,
 * "Symbolic Discovery of Optimization Algorithms", 2023; You, Gitman and Ginsburg, "Large Batch Training of Convolutional
 * Networks", 2017.
 */

import {
  bytesOf,
  LANES,
  loadPart,
  multiplyAdd,
  multiplyAddWide,
  negativeMultiplyAdd,
  storePart,
  sumWide,
  widenHigh,
  widenLow,
} from './simd';

/**
 * Numbers past the last full vector of up to five arrays. A step goes over full vectors without a branch; what is left is copied here,
 * takes the same step as a vector of its own, and is copied back.
 */
const REST: usize = memory.data(80, 16);

function takeRest(at: usize, numbers: usize, count: i32): void {
  memory.copy(REST + at, numbers, bytesOf(count));
}

function giveRest(numbers: usize, at: usize, count: i32): void {
  memory.copy(numbers, REST + at, bytesOf(count));
}

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
  const rest = count % LANES;
  for (let i = rest; i < count; i += LANES) {
    const p = v128.load(parameters);
    let g = v128.load(gradients);
    if (weightDecay !== 0) g = multiplyAdd(decay, p, g);
    if (momentum !== 0) {
      const v = multiplyAdd(mu, v128.load(velocity), g);
      v128.store(velocity, v);
      velocity += 16;
      g = nesterov ? multiplyAdd(mu, v, g) : v;
    }
    v128.store(parameters, negativeMultiplyAdd(rate, g, p));
    parameters += 16;
    gradients += 16;
  }
  if (rest === 0) return;
  takeRest(0, parameters, rest);
  takeRest(16, gradients, rest);
  takeRest(32, velocity, rest);
  sgd(REST, REST + 16, REST + 32, LANES, learningRate, momentum, weightDecay, nesterov);
  giveRest(parameters, 0, rest);
  if (momentum !== 0) giveRest(velocity, 32, rest);
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
  const rest = count % LANES;
  for (let i = rest; i < count; i += LANES) {
    let p = v128.load(parameters);
    let g = v128.load(gradients);
    if (decoupled) p = v128.mul<real>(p, keep);
    else if (weightDecay !== 0) g = multiplyAdd(decay, p, g);
    const m = multiplyAdd(b1, v128.load(first), v128.mul<real>(c1, g));
    const v = multiplyAdd(b2, v128.load(second), v128.mul<real>(c2, v128.mul<real>(g, g)));
    v128.store(first, m);
    v128.store(second, v);
    const denominator = multiplyAdd(v128.sqrt<real>(v), root, eps);
    v128.store(parameters, negativeMultiplyAdd(step, v128.div<real>(m, denominator), p));
    parameters += 16;
    gradients += 16;
    first += 16;
    second += 16;
  }
  if (rest === 0) return;
  takeRest(0, parameters, rest);
  takeRest(16, gradients, rest);
  takeRest(32, first, rest);
  takeRest(48, second, rest);
  adam(
    REST,
    REST + 16,
    REST + 32,
    REST + 48,
    LANES,
    learningRate,
    stepSize,
    rootFactor,
    beta1,
    beta2,
    epsilon,
    weightDecay,
    decoupled,
  );
  giveRest(parameters, 0, rest);
  giveRest(first, 32, rest);
  giveRest(second, 48, rest);
}

/**
 * With h = g + weightDecay·p: s = alpha·s + (1−alpha)·h²; when `centered` a = alpha·a + (1−alpha)·h and d = s − a², at least 0,
 * else d = s; u = h/(sqrt(d) + epsilon); with momentum v = momentum·v + u in its place; p −= learningRate·u.
 *
 * `mean` (a) and `velocity` (v) are neither read nor written, and may be 0, where they are not needed.
 */
export function rmsprop(
  parameters: usize,
  gradients: usize,
  square: usize,
  mean: usize,
  velocity: usize,
  count: i32,
  learningRate: real,
  alpha: f64,
  epsilon: real,
  momentum: real,
  weightDecay: real,
  centered: bool,
): void {
  const kept = v128.splat<real>(<real>alpha);
  const added = v128.splat<real>(<real>(1.0 - alpha));
  const rate = v128.splat<real>(learningRate);
  const eps = v128.splat<real>(epsilon);
  const mu = v128.splat<real>(momentum);
  const decay = v128.splat<real>(weightDecay);
  const zero = v128.splat<real>(0);
  const rest = count % LANES;
  for (let i = rest; i < count; i += LANES) {
    const p = v128.load(parameters);
    let g = v128.load(gradients);
    if (weightDecay !== 0) g = multiplyAdd(decay, p, g);
    let s = multiplyAdd(kept, v128.load(square), v128.mul<real>(added, v128.mul<real>(g, g)));
    v128.store(square, s);
    if (centered) {
      const a = multiplyAdd(kept, v128.load(mean), v128.mul<real>(added, g));
      v128.store(mean, a);
      mean += 16;
      // Rounding can bring the variance of an all but constant gradient below 0.
      s = v128.max<real>(negativeMultiplyAdd(a, a, s), zero);
    }
    let u = v128.div<real>(g, v128.add<real>(v128.sqrt<real>(s), eps));
    if (momentum !== 0) {
      u = multiplyAdd(mu, v128.load(velocity), u);
      v128.store(velocity, u);
      velocity += 16;
    }
    v128.store(parameters, negativeMultiplyAdd(rate, u, p));
    parameters += 16;
    gradients += 16;
    square += 16;
  }
  if (rest === 0) return;
  takeRest(0, parameters, rest);
  takeRest(16, gradients, rest);
  takeRest(32, square, rest);
  takeRest(48, mean, rest);
  takeRest(64, velocity, rest);
  rmsprop(
    REST,
    REST + 16,
    REST + 32,
    REST + 48,
    REST + 64,
    LANES,
    learningRate,
    alpha,
    epsilon,
    momentum,
    weightDecay,
    centered,
  );
  giveRest(parameters, 0, rest);
  giveRest(square, 32, rest);
  if (centered) giveRest(mean, 48, rest);
  if (momentum !== 0) giveRest(velocity, 64, rest);
}

/**
 * c = β₁v + (1−β₁)g; p −= learningRate·sign(c) + decay·p, with decay = learningRate·weightDecay; v = β₂v + (1−β₂)g.
 * The sign of 0 is 0; what is not finite gives NaN, so that a diverged network is seen.
 */
export function lion(
  parameters: usize,
  gradients: usize,
  velocity: usize,
  count: i32,
  learningRate: real,
  beta1: f64,
  beta2: f64,
  decay: real,
): void {
  const b1 = v128.splat<real>(<real>beta1);
  const b2 = v128.splat<real>(<real>beta2);
  const c1 = v128.splat<real>(<real>(1.0 - beta1));
  const c2 = v128.splat<real>(<real>(1.0 - beta2));
  const rate = v128.splat<real>(learningRate);
  const keep = v128.splat<real>(1 - decay);
  const zero = v128.splat<real>(0);
  const rest = count % LANES;
  for (let i = rest; i < count; i += LANES) {
    const g = v128.load(gradients);
    const v = v128.load(velocity);
    const c = multiplyAdd(b1, v, v128.mul<real>(c1, g));
    const up = v128.and(rate, v128.gt<real>(c, zero));
    const down = v128.and(rate, v128.lt<real>(c, zero));
    // c − c is 0 unless c is not finite.
    const step = v128.add<real>(v128.sub<real>(up, down), v128.sub<real>(c, c));
    v128.store(velocity, multiplyAdd(b2, v, v128.mul<real>(c2, g)));
    const p = v128.mul<real>(v128.load(parameters), keep);
    v128.store(parameters, v128.sub<real>(p, step));
    parameters += 16;
    gradients += 16;
    velocity += 16;
  }
  if (rest === 0) return;
  takeRest(0, parameters, rest);
  takeRest(16, gradients, rest);
  takeRest(32, velocity, rest);
  lion(REST, REST + 16, REST + 32, LANES, learningRate, beta1, beta2, decay);
  giveRest(parameters, 0, rest);
  giveRest(velocity, 32, rest);
}

/** v = momentum·v + rate·(g + weightDecay·p); p −= v, with `rate` = learningRate·(the trust ratio of the array). */
export function lars(
  parameters: usize,
  gradients: usize,
  velocity: usize,
  count: i32,
  rate: real,
  momentum: real,
  weightDecay: real,
): void {
  const local = v128.splat<real>(rate);
  const mu = v128.splat<real>(momentum);
  const decay = v128.splat<real>(weightDecay);
  const rest = count % LANES;
  for (let i = rest; i < count; i += LANES) {
    const p = v128.load(parameters);
    const h = multiplyAdd(decay, p, v128.load(gradients));
    const v = multiplyAdd(mu, v128.load(velocity), v128.mul<real>(local, h));
    v128.store(velocity, v);
    v128.store(parameters, v128.sub<real>(p, v));
    parameters += 16;
    gradients += 16;
    velocity += 16;
  }
  if (rest === 0) return;
  takeRest(0, parameters, rest);
  takeRest(16, gradients, rest);
  takeRest(32, velocity, rest);
  lars(REST, REST + 16, REST + 32, LANES, rate, momentum, weightDecay);
  giveRest(parameters, 0, rest);
  giveRest(velocity, 32, rest);
}

/**
 * Σ x², in float64. Lane l of one vector sums entries l, l + LANES …; in float32 a second one sums the upper half of the
 * lanes. At the end the two are added, and then (0 + 2) + (1 + 3).
 */
export function squaredNorm(x: usize, count: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let i = 0; i < count; i += LANES) {
    const v = loadPart(x, count - i, 0);
    const a = widenLow(v);
    const b = widenHigh(v);
    low = multiplyAddWide(a, a, low);
    high = multiplyAddWide(b, b, high);
    x += 16;
  }
  return sumWide(f64x2.add(low, high));
}

/** x *= factor. */
export function scale(x: usize, count: i32, factor: real): void {
  const f = v128.splat<real>(factor);
  for (let i = 0; i < count; i += LANES) {
    const left = count - i;
    storePart(x, v128.mul<real>(loadPart(x, left, 0), f), left);
    x += 16;
  }
}
