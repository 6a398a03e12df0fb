/** What a sweep will cost: steps and operations are counted, seconds extrapolated from a short measurement. */
import { type Dataset, heldOut } from '../data/dataset.ts';
import { outputsOf } from '../data/task.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { findLayer, LABELS } from '../network/layer-names.ts';
import { stepsMeasured, trainingSteps } from '../network/steps.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { runTrial } from '../trial/trial.ts';

/** The cost of one trial or of many. */
export interface Cost {
  /** Optimizer steps. */
  readonly steps: number;
  /** Floating-point operations of the matrix products as written down, before any shortcut of the kernel. */
  readonly operations: number;
}

/** Count what a trial takes: a multiplication and an addition are two operations. */
export function countCost({ experiment, ...spec }: TrialSpec, dataset: Dataset): Cost {
  const { model, training } = experiment;
  const units = [dataset.features, ...model.map(({ dense }) => dense), outputsOf(dataset)];
  const products = units.slice(1).map((outputs, layer) => (units[layer] ?? 0) * outputs);
  const forward = 2 * products.reduce((sum, product) => sum + product, 0);
  // Backwards every product comes twice, for the weights and for the inputs, but the data needs no gradient.
  const backward = 2 * forward - 2 * (products[0] ?? 0);
  const squares = model.reduce((sum, { dense, penalized }) => sum + (penalized ? dense ** 2 : 0), 0);
  const penalised = spec.baseline ? 0 : penaltyOperations(experiment, units.slice(1));
  const { samples } = dataset.train;
  return {
    steps: trainingSteps(experiment, samples),
    operations:
      training.epochs * samples * (forward + backward + penalised) +
      samplesEvaluated(experiment, dataset) * (forward + 2 * squares),
  };
}

/**
 * Samples that a trial evaluates: the held-out split before the first step, at the end of every epoch, and inside them where
 * that is asked for; and the test split once at the end, where another one is held out.
 */
function samplesEvaluated(experiment: TrialSpec['experiment'], dataset: Dataset): number {
  const { train, validation, test } = dataset;
  const times = 1 + experiment.training.epochs + stepsMeasured(experiment, train.samples);
  return times * heldOut(dataset).samples + (validation === undefined ? 0 : test.samples);
}

/** Operations of the penalty for one sample; `units` are those of the layers, the output included. */
function penaltyOperations({ model, penalty }: TrialSpec['experiment'], units: readonly number[]): number {
  const { against } = penalty;
  const penalized = model.filter((layer) => layer.penalized).map(({ dense }) => dense);
  if (against === undefined) return sum(penalized.map((own) => 4 * own ** 2));
  const other = units[findLayer(against, units.length) ?? units.length - 1] ?? 0;
  // The cross-covariance and the gradient of the layer; another layer computes both once more for its own gradient.
  return sum(penalized.map((own) => (against === LABELS ? 4 : 8) * own * other));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

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
  const { batch_size, loss, optimizer } = training;
  return JSON.stringify([
    data,
    task,
    model,
    batch_size,
    loss,
    optimizer.type,
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
