/** What a trial costs, counted: optimizer steps and operations. */
import { type Dataset, heldOut } from '../data/dataset.ts';
import { outputsOf } from '../data/task.ts';
import { findLayer, LABELS } from '../network/layer-names.ts';
import { stepsMeasured, trainingSteps } from '../network/steps.ts';
import type { TrialSpec } from '../record/trial-spec.ts';

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
export function samplesEvaluated(experiment: TrialSpec['experiment'], dataset: Dataset): number {
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
