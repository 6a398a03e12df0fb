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

/** What decides when a training is measured. */
type Measuring = Pick<ExperimentConfig, 'training'> & Partial<Pick<ExperimentConfig, 'evaluation'>>;

/** Whether a training is measured inside an epoch after `step`, counted from 1 over all epochs. */
export function isMeasured({ training, evaluation }: Measuring, samples: number, step: number): boolean {
  const every = evaluation?.every_steps;
  // The end of an epoch is measured anyway.
  return (
    every !== undefined && step % every === 0 && step % stepsPerEpoch(samples, training.batch_size) !== 0
  );
}

/** How often a training is measured between the ends of its epochs. */
export function stepsMeasured(experiment: Measuring, samples: number): number {
  const every = experiment.evaluation?.every_steps;
  if (every === undefined) return 0;
  const all = trainingSteps(experiment, samples);
  const perEpoch = stepsPerEpoch(samples, experiment.training.batch_size);
  return Math.floor(all / every) - Math.floor(all / leastCommonMultiple(every, perEpoch));
}

function leastCommonMultiple(a: number, b: number): number {
  let [divisor, rest] = [a, b];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return (a / divisor) * b;
}
