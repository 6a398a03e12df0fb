/** Losses and their gradients with respect to the network's outputs. */

import { expLanes, log1pLanes, logLanes } from './math';
import {
  bytesOf,
  firstLanes,
  LANES,
  loadPart,
  storePart,
  sumLanes,
  sumWide,
  widenHigh,
  widenLow,
} from './simd';

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
      const e = expLanes(v128.sub<real>(loadPart(logits + bytesOf(j), count, -Infinity), shift));
      if (gradient !== 0) storePart(gradient + bytesOf(j), e, count);
      lanes = v128.add<real>(lanes, e);
    }
    const sum = <real>sumLanes(lanes);
    const logSum = v128.extract_lane<real>(logLanes(v128.splat<real>(sum)), 0);
    total += <f64>logSum + <f64>largest - <f64>load<real>(logits + bytesOf(label));
    if (gradient !== 0) {
      const factor = v128.splat<real>(scale / sum);
      for (let j = 0; j < classes; j += LANES) {
        const count = classes - j;
        const e = loadPart(gradient + bytesOf(j), count, 0);
        storePart(gradient + bytesOf(j), v128.mul<real>(e, factor), count);
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

/**
 * Mean over the samples of Σ_k t_k·(−log softmax(logits)_k), natural logarithm, for rows of targets t of any sum.
 *
 * loss [1, float64], correct [1, int32]: samples whose largest logit is the label's, the lowest index winning a tie.
 * gradient [samples x classes] = (Σt·softmax − t)/samples unless it is 0.
 */
export function softCrossEntropy(
  loss: usize,
  correct: usize,
  gradient: usize,
  logits: usize,
  targets: usize,
  labels: usize,
  samples: i32,
  classes: i32,
): void {
  const share = 1.0 / <f64>samples;
  const negative = v128.splat<real>(<real>-share);
  let total: f64 = 0;
  let hits = 0;
  for (let i = 0; i < samples; i++) {
    let largest = load<real>(logits);
    let best = 0;
    for (let j = 1; j < classes; j++) {
      const value = load<real>(logits + bytesOf(j));
      if (value > largest) {
        largest = value;
        best = j;
      }
    }
    if (best === load<i32>(labels + ((<usize>i) << 2))) hits++;
    const shift = v128.splat<real>(largest);
    let lanes = v128.splat<real>(0);
    let mass: f64 = 0;
    let inner: f64 = 0;
    for (let j = 0; j < classes; j++) {
      const t = <f64>load<real>(targets + bytesOf(j));
      mass += t;
      // A target of 0 takes nothing, also of a logit that is not finite beside others.
      if (t !== 0) inner += t * (<f64>load<real>(logits + bytesOf(j)) - <f64>largest);
    }
    for (let j = 0; j < classes; j += LANES) {
      const count = classes - j;
      const e = expLanes(v128.sub<real>(loadPart(logits + bytesOf(j), count, -Infinity), shift));
      if (gradient !== 0) storePart(gradient + bytesOf(j), e, count);
      lanes = v128.add<real>(lanes, e);
    }
    const sum = <real>sumLanes(lanes);
    total += mass * <f64>v128.extract_lane<real>(logLanes(v128.splat<real>(sum)), 0) - inner;
    if (gradient !== 0) {
      const factor = v128.splat<real>(<real>((mass * share) / <f64>sum));
      for (let j = 0; j < classes; j += LANES) {
        const count = classes - j;
        const e = v128.mul<real>(loadPart(gradient + bytesOf(j), count, 0), factor);
        const t = v128.mul<real>(loadPart(targets + bytesOf(j), count, 0), negative);
        storePart(gradient + bytesOf(j), v128.add<real>(e, t), count);
      }
      gradient += bytesOf(classes);
    }
    logits += bytesOf(classes);
    targets += bytesOf(classes);
  }
  store<f64>(loss, total / <f64>samples);
  store<i32>(correct, hits);
}

/** The losses of numbers: {@link meanLoss}. */
export const SQUARED_ERROR: i32 = 0;
export const BINARY_CROSS_ENTROPY: i32 = 1;
export const HUBER: i32 = 2;

/**
 * Mean over all entries of a loss of outputs z and targets y; gradient = ∂loss/∂z unless it is 0. With d = z − y:
 *
 * - SQUARED_ERROR: d²; gradient 2d/count.
 * - BINARY_CROSS_ENTROPY: max(z, 0) − z·y + log1p(e^−|z|), which is −y·log p − (1 − y)·log(1 − p) with p = 1/(1 + e^−z), without
 *   overflow; gradient (p − y)/count.
 * - HUBER: ½d² where |d| ≤ delta and delta·(|d| − ½delta) beyond; gradient d cut to −delta … delta, divided by count.
 *
 * Entries are summed in float64, in the order of the lanes (0 + 2) and (1 + 3) of each vector, and the two at the end.
 * One loop for all three keeps the module small.
 */
export function meanLoss(
  kind: i32,
  loss: usize,
  gradient: usize,
  outputs: usize,
  targets: usize,
  count: i32,
  delta: real,
): void {
  const factor = v128.splat<real>(<real>((kind === SQUARED_ERROR ? 2.0 : 1.0) / <f64>count));
  const zero = v128.splat<real>(0);
  const one = v128.splat<real>(1);
  const most = v128.splat<real>(delta);
  const least = v128.splat<real>(-delta);
  let sum = f64x2.splat(0);
  for (let i = 0; i < count; i += LANES) {
    const left = count - i;
    const z = loadPart(outputs, left, 0);
    const y = loadPart(targets, left, 0);
    // `slope` is the derivative of an entry's loss but for the factor, a, b and c what the loss is made of in float64.
    let slope = v128.sub<real>(z, y);
    let a = slope;
    let b = slope;
    let c = zero;
    if (kind === HUBER) {
      // cut·(d − ½cut) is both branches in one, since beyond delta cut is ±delta.
      slope = v128.max<real>(v128.min<real>(slope, most), least);
      b = slope;
    } else if (kind === BINARY_CROSS_ENTROPY) {
      const e = expLanes(v128.neg<real>(v128.abs<real>(z)));
      const numerator = v128.bitselect(e, one, v128.lt<real>(z, zero));
      slope = v128.sub<real>(v128.div<real>(numerator, v128.add<real>(one, e)), y);
      // A logit of 0 has a loss of its own: the lanes past the end are taken out.
      c = firstLanes(log1pLanes(e), left);
      a = z;
      b = y;
    }
    sum = f64x2.add(
      sum,
      f64x2.add(
        lossOfTwo(kind, widenLow(a), widenLow(b), widenLow(c)),
        lossOfTwo(kind, widenHigh(a), widenHigh(b), widenHigh(c)),
      ),
    );
    if (gradient !== 0) {
      storePart(gradient, v128.mul<real>(slope, factor), left);
      gradient += 16;
    }
    outputs += 16;
    targets += 16;
  }
  store<f64>(loss, sumWide(sum) / <f64>count);
}

/** The loss of two entries: of (d, d), (d, cut) or (z, y) and log1p(e^−|z|). */
function lossOfTwo(kind: i32, a: v128, b: v128, c: v128): v128 {
  if (kind === SQUARED_ERROR) return f64x2.mul(a, b);
  if (kind === HUBER) return f64x2.mul(b, f64x2.sub(a, f64x2.mul(f64x2.splat(0.5), b)));
  return f64x2.add(f64x2.sub(f64x2.max(a, f64x2.splat(0)), f64x2.mul(a, b)), c);
}
