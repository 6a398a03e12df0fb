/** Losses in plain float64. */

import { activate } from './layers/reference-activations.ts';
import type { Matrix } from './reference-matrix.ts';

type Numbers = Float64Array<ArrayBufferLike>;

/**
 * Mean over the samples of `log Σ_k exp(z_k) − z_label`; the gradient of a logit is `(softmax_k − [k = label])/n`.
 *
 * Precision: the largest logit is subtracted before exp, which cannot overflow then.
 */
export function crossEntropy(
  gradient: Matrix | null,
  logits: Matrix,
  labels: Int32Array<ArrayBufferLike>,
): { loss: number; correct: number } {
  const n = logits.rows;
  const classes = logits.columns;
  let loss = 0;
  let correct = 0;
  for (let s = 0; s < n; s++) {
    const label = labels[s]!;
    let best = 0;
    for (let k = 1; k < classes; k++) if (logits.get(s, k) > logits.get(s, best)) best = k;
    if (best === label) correct++;

    const largest = logits.get(s, best);
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += Math.exp(logits.get(s, k) - largest);
    loss += Math.log(sum) + largest - logits.get(s, label);
    if (gradient === null) continue;
    for (let k = 0; k < classes; k++) {
      const softmax = Math.exp(logits.get(s, k) - largest) / sum;
      gradient.set(s, k, (softmax - (k === label ? 1 : 0)) / n);
    }
  }
  return { loss: loss / n, correct };
}

/**
 * Mean over the samples of `Σ_k t_k·(log Σ_j exp(z_j) − z_k)`; the gradient of a logit is `(Σt·softmax_k − t_k)/n`.
 *
 * Precision: as of {@link crossEntropy}.
 */
export function softCrossEntropy(
  gradient: Matrix | null,
  logits: Matrix,
  targets: Matrix,
  labels: Int32Array<ArrayBufferLike>,
): { loss: number; correct: number } {
  const n = logits.rows;
  const classes = logits.columns;
  let loss = 0;
  let correct = 0;
  for (let s = 0; s < n; s++) {
    let best = 0;
    for (let k = 1; k < classes; k++) if (logits.get(s, k) > logits.get(s, best)) best = k;
    if (best === labels[s]!) correct++;

    const largest = logits.get(s, best);
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += Math.exp(logits.get(s, k) - largest);
    let mass = 0;
    for (let k = 0; k < classes; k++) {
      const target = targets.get(s, k);
      mass += target;
      if (target !== 0) loss += target * (Math.log(sum) + largest - logits.get(s, k));
    }
    if (gradient === null) continue;
    for (let k = 0; k < classes; k++) {
      const softmax = Math.exp(logits.get(s, k) - largest) / sum;
      gradient.set(s, k, (mass * softmax - targets.get(s, k)) / n);
    }
  }
  return { loss: loss / n, correct };
}

/** Mean of `(y − t)²` over all entries; the gradient of an entry is `2(y − t)/count`. */
export function meanSquaredError(
  gradient: Numbers | null,
  outputs: Numbers,
  targets: Numbers,
  count: number,
): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const error = outputs[i]! - targets[i]!;
    sum += error * error;
    if (gradient !== null) gradient[i] = (2 * error) / count;
  }
  return sum / count;
}

/** Mean of `max(z, 0) − z·y + log1p(e^−|z|)` over all entries; the gradient of a logit z is `(1/(1 + e^−z) − y)/count`. */
export function meanBinaryCrossEntropy(
  gradient: Numbers | null,
  logits: Numbers,
  targets: Numbers,
  count: number,
): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const [z, y] = [logits[i]!, targets[i]!];
    sum += Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)));
    if (gradient !== null) gradient[i] = (activate('sigmoid', z) - y) / count;
  }
  return sum / count;
}

/** Mean of `½d²` where |d| ≤ delta, else `delta·(|d| − ½delta)`, over all entries d = y − t; the gradient is d cut to ±delta, over count. */
export function meanHuber(
  gradient: Numbers | null,
  outputs: Numbers,
  targets: Numbers,
  count: number,
  delta: number,
): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const error = outputs[i]! - targets[i]!;
    const distance = Math.abs(error);
    sum += distance <= delta ? 0.5 * error * error : delta * (distance - 0.5 * delta);
    if (gradient !== null) gradient[i] = Math.max(-delta, Math.min(error, delta)) / count;
  }
  return sum / count;
}
