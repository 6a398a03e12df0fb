/** Losses and optimizer steps in plain float64. */

import { activate } from './layers/reference-activations.ts';
import type { AdamSettings, SgdSettings } from './operations.ts';
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

/** One step of SGD; see SgdSettings for the formula. */
export function sgdStep(
  parameters: Numbers,
  gradients: Numbers,
  velocity: Numbers | null,
  count: number,
  settings: SgdSettings,
): void {
  const { learningRate, momentum, weightDecay, nesterov } = settings;
  for (let i = 0; i < count; i++) {
    const g = gradients[i]! + weightDecay * parameters[i]!;
    let update = g;
    if (velocity !== null && momentum !== 0) {
      const v = momentum * velocity[i]! + g;
      velocity[i] = v;
      update = nesterov ? g + momentum * v : v;
    }
    parameters[i]! -= learningRate * update;
  }
}

/** One step of Adam or AdamW; see AdamSettings for the formula. */
export function adamStep(
  parameters: Numbers,
  gradients: Numbers,
  first: Numbers,
  second: Numbers,
  count: number,
  settings: AdamSettings,
): void {
  const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled, correction1, correction2 } = settings;
  for (let i = 0; i < count; i++) {
    let p = parameters[i]!;
    let g = gradients[i]!;
    if (decoupled) p -= learningRate * weightDecay * p;
    else g += weightDecay * p;
    const m = beta1 * first[i]! + (1 - beta1) * g;
    const v = beta2 * second[i]! + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    parameters[i] =
      p - ((learningRate / correction1) * m) / (Math.sqrt(v) / Math.sqrt(correction2) + epsilon);
  }
}
