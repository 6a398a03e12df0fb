/** Losses and their gradients with respect to the network's outputs. */

import { expLanes, logLanes } from './math';
import { bytesOf, LANES, loadUpTo, storeUpTo, sumLanes, sumWide, widenHigh, widenLow } from './simd';

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
  const scale = <real>(1.0 / <f64>samples);
  let total: f64 = 0;
  let hits = 0;
  for (let i = 0; i < samples; i++) {
    const label = load<i32>(labels + ((<usize>i) << 2));
    let largest = load<real>(logits);
    let best = 0;
    for (let j = 1; j < classes; j++) {
      const value = load<real>(logits + bytesOf(j));
      if (value > largest) {
        largest = value;
        best = j;
      }
    }
    if (best === label) hits++;
    const shift = v128.splat<real>(largest);
    let lanes = v128.splat<real>(0);
    for (let j = 0; j < classes; j += LANES) {
      const count = classes - j;
      const e = expLanes(v128.sub<real>(loadUpTo(logits + bytesOf(j), count, -Infinity), shift));
      if (gradient !== 0) storeUpTo(gradient + bytesOf(j), e, count);
      lanes = v128.add<real>(lanes, e);
    }
    const sum = <real>sumLanes(lanes);
    const logSum = v128.extract_lane<real>(logLanes(v128.splat<real>(sum)), 0);
    total += <f64>logSum + <f64>largest - <f64>load<real>(logits + bytesOf(label));
    if (gradient !== 0) {
      const factor = v128.splat<real>(scale / sum);
      for (let j = 0; j < classes; j += LANES) {
        const count = classes - j;
        const e = loadUpTo(gradient + bytesOf(j), count, 0);
        storeUpTo(gradient + bytesOf(j), v128.mul<real>(e, factor), count);
      }
      const target = gradient + bytesOf(label);
      store<real>(target, load<real>(target) - scale);
      gradient += bytesOf(classes);
    }
    logits += bytesOf(classes);
  }
  store<f64>(loss, total / <f64>samples);
  store<i32>(correct, hits);
}

/** Mean over all entries of (outputs − targets)²; gradient = 2·(outputs − targets)/count unless it is 0. */
export function squaredError(loss: usize, gradient: usize, outputs: usize, targets: usize, count: i32): void {
  const factor = v128.splat<real>(<real>(2.0 / <f64>count));
  let sum = f64x2.splat(0);
  for (let i = 0; i < count; i += LANES) {
    const left = count - i;
    const difference = v128.sub<real>(loadUpTo(outputs, left, 0), loadUpTo(targets, left, 0));
    const low = widenLow(difference);
    const high = widenHigh(difference);
    sum = f64x2.add(sum, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
    if (gradient !== 0) {
      storeUpTo(gradient, v128.mul<real>(difference, factor), left);
      gradient += 16;
    }
    outputs += 16;
    targets += 16;
  }
  store<f64>(loss, sumWide(sum) / <f64>count);
}
