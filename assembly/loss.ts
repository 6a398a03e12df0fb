/** Losses and their gradients with respect to the network's outputs. */

import { exp4, log4 } from './math';
import { loadUpTo4, storeUpTo4, sumLanes, sumLanes64, widenHigh, widenLow } from './simd';

/**
 * Mean over the samples of −log softmax(logits)[label], natural logarithm.
 *
 * loss [1, float64], correct [1, int32]: samples whose largest logit is the label's, the lowest index winning a tie.
 * gradient [samples x classes] = (softmax − one-hot)/samples unless it is 0. Labels must lie below `classes`.
 */
export function softmaxCrossEntropy(
  loss: usize,
  correct: usize,
  gradient: usize,
  logits: usize,
  labels: usize,
  samples: i32,
  classes: i32,
): void {
  const scale = <f32>(1.0 / <f64>samples);
  let total: f64 = 0;
  let hits = 0;
  for (let i = 0; i < samples; i++) {
    const label = load<i32>(labels + ((<usize>i) << 2));
    let largest = load<f32>(logits);
    let best = 0;
    for (let j = 1; j < classes; j++) {
      const value = load<f32>(logits + ((<usize>j) << 2));
      if (value > largest) {
        largest = value;
        best = j;
      }
    }
    if (best === label) hits++;
    const shift = f32x4.splat(largest);
    let lanes = f32x4.splat(0);
    for (let j = 0; j < classes; j += 4) {
      const count = classes - j;
      const e = exp4(f32x4.sub(loadUpTo4(logits + ((<usize>j) << 2), count, -Infinity), shift));
      if (gradient !== 0) storeUpTo4(gradient + ((<usize>j) << 2), e, count);
      lanes = f32x4.add(lanes, e);
    }
    const sum = <f32>sumLanes(lanes);
    const logSum = f32x4.extract_lane(log4(f32x4.splat(sum)), 0);
    total += <f64>logSum + <f64>largest - <f64>load<f32>(logits + ((<usize>label) << 2));
    if (gradient !== 0) {
      const factor = f32x4.splat(scale / sum);
      for (let j = 0; j < classes; j += 4) {
        const count = classes - j;
        const e = loadUpTo4(gradient + ((<usize>j) << 2), count, 0);
        storeUpTo4(gradient + ((<usize>j) << 2), f32x4.mul(e, factor), count);
      }
      const target = gradient + ((<usize>label) << 2);
      store<f32>(target, load<f32>(target) - scale);
      gradient += (<usize>classes) << 2;
    }
    logits += (<usize>classes) << 2;
  }
  store<f64>(loss, total / <f64>samples);
  store<i32>(correct, hits);
}

/** Mean over all entries of (outputs − targets)²; gradient = 2·(outputs − targets)/count unless it is 0. */
export function squaredError(loss: usize, gradient: usize, outputs: usize, targets: usize, count: i32): void {
  const factor = f32x4.splat(<f32>(2.0 / <f64>count));
  let sum = f64x2.splat(0);
  for (let i = 0; i < count; i += 4) {
    const left = count - i;
    const difference = f32x4.sub(loadUpTo4(outputs, left, 0), loadUpTo4(targets, left, 0));
    const low = widenLow(difference);
    const high = widenHigh(difference);
    sum = f64x2.add(sum, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
    if (gradient !== 0) {
      storeUpTo4(gradient, f32x4.mul(difference, factor), left);
      gradient += 16;
    }
    outputs += 16;
    targets += 16;
  }
  store<f64>(loss, sumLanes64(sum) / <f64>count);
}
