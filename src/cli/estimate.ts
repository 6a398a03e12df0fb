/** What a sweep will take: seconds, extrapolated from a short measurement. */
import type { Dataset } from '../data/dataset.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { trainingSteps } from '../network/steps.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { type Cost, samplesEvaluated } from '../sweep/cost.ts';
import { runTrial } from '../trial/trial.ts';

/** Minibatches that a measurement trains on. */
const MEASURED_BATCHES = 10;
/** Kinds of trial that come after this are extrapolated from those before. */
const BUDGET_MS = 3000;

/**
 * Seconds that each trial will take on one thread, in the order of the trials; `costs` are those of {@link countCost}.
 *
 * A few minibatches of each kind of trial are trained and evaluated on this thread. Expect to be wrong by a third: other
 * programs, shared caches and the clock of the processor decide as well.
 */
export function estimateSeconds(
  trials: readonly TrialSpec[],
  costs: readonly Cost[],
  kernel: Kernel,
  datasetOf: (spec: TrialSpec) => Dataset,
): number[] {
  const measured = new Map<string, Measurement>();
  const deadline = performance.now() + BUDGET_MS;
  const seconds = trials.map((spec, index) => {
    const kind = kindOf(spec);
    let measurement = measured.get(kind);
    if (measurement === undefined) {
      if (measured.size > 0 && performance.now() > deadline) return undefined;
      // The first steps of all run in code that the host has not optimised yet.
      if (measured.size === 0) measure(spec, kernel, datasetOf(spec));
      measurement = measure(spec, kernel, datasetOf(spec));
      measured.set(kind, measurement);
    }
    const { perStep, perSample } = measurement;
    const evaluated = samplesEvaluated(spec.experiment, datasetOf(spec));
    return perStep * (costs[index]?.steps ?? 0) + perSample * evaluated;
  });
  let [knownSeconds, knownOperations] = [0, 0];
  for (const [index, known] of seconds.entries()) {
    if (known === undefined) continue;
    knownSeconds += known;
    knownOperations += costs[index]?.operations ?? 0;
  }
  const perOperation = knownSeconds / knownOperations;
  return seconds.map((known, index) => known ?? perOperation * (costs[index]?.operations ?? 0));
}

/** Seconds per optimizer step, and per evaluated sample for everything else. */
interface Measurement {
  readonly perStep: number;
  readonly perSample: number;
}

/** Trials of one kind take equally long for a step. */
function kindOf({ baseline, experiment: { data, task, model, training, penalty } }: TrialSpec): string {
  const { batch_size, loss, optimizer, augmentation } = training;
  return JSON.stringify([
    data,
    task,
    model,
    batch_size,
    loss,
    optimizer.type,
    augmentation,
    baseline ? 'none' : [penalty.type, penalty.against],
  ]);
}

/** Train one epoch on a small part of the training data, and evaluate it in full. */
function measure(spec: TrialSpec, kernel: Kernel, dataset: Dataset): Measurement {
  const { train } = dataset;
  const { evaluation: _, ...experiment } = spec.experiment;
  const { training } = experiment;
  const samples = Math.min(train.samples, MEASURED_BATCHES * training.batch_size);
  const part = {
    ...train,
    samples,
    values: train.values.subarray(0, samples * dataset.features),
    targets: train.targets?.subarray(0, (train.targets.length / train.samples) * samples) ?? null,
  };
  const short = { ...spec, experiment: { ...experiment, training: { ...training, epochs: 1 } } };
  const { timing } = runTrial(kernel, short, { ...dataset, train: part });
  return {
    perStep: timing.trainSeconds / trainingSteps(short.experiment, samples),
    perSample: (timing.seconds - timing.trainSeconds) / samplesEvaluated(short.experiment, dataset),
  };
}
