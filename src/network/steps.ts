/** How the samples of a training become optimizer steps. */
import type { ExperimentConfig } from '../config/experiment.ts';

/** A last batch of one sample has no covariance: it is left out of the epoch. */
export const SMALLEST_BATCH: number = 2;

/** Optimizer steps in one epoch: the full batches, and the rest as a smaller one where it has at least two samples. */
export function stepsPerEpoch(samples: number, batchSize: number): number {
  const rest = samples % batchSize;
  return Math.floor(samples / batchSize) + (rest >= SMALLEST_BATCH ? 1 : 0);
}

/** Optimizer steps of a whole training. */
export function trainingSteps({ training }: Pick<ExperimentConfig, 'training'>, samples: number): number {
  return training.epochs * stepsPerEpoch(samples, training.batch_size);
}
