/** The ABI of the losses against distributions over the classes; see index.ts for its rules. */

import * as losses from '../loss';
import { BAD_KIND, OK, operands, positive, reals } from '../status';

/**
 * loss [1, float64] = mean of Σ_k targets_k·(−log softmax(logits)_k), correct [1, int32] = samples whose largest logit is the
 * label's, gradient [samples x classes] unless 0. targets [samples x classes]; labels [samples, int32] in 0 … classes − 1, else
 * BAD_KIND.
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
): i32 {
  let status = positive(samples, classes, 1);
  if (status) return status;
  const bytes = reals(samples, classes);
  const gradientBytes = gradient !== 0 ? bytes : 0;
  const labelBytes = <i64>samples * 4;
  status = operands(
    loss,
    8,
    correct,
    4,
    gradient,
    gradientBytes,
    0,
    0,
    logits,
    bytes,
    targets,
    bytes,
    labels,
    labelBytes,
  );
  if (status) return status;
  for (let i = 0; i < samples; i++) {
    if (load<u32>(labels + ((<usize>i) << 2)) >= <u32>classes) return BAD_KIND;
  }
  losses.softCrossEntropy(loss, correct, gradient, logits, targets, labels, samples, classes);
  return OK;
}
