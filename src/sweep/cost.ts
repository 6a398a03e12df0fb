/** What a trial costs, counted: optimizer steps and operations. */
import { type Dataset, heldOut } from '../data/dataset.ts';
import { outputsOf } from '../data/task.ts';
import type { ModelPlan } from '../network/chain-plan.ts';
import { sampleCost } from '../network/cost.ts';
import { LABELS } from '../network/layer-names.ts';
import { planModel } from '../network/model-plan.ts';
import { heldOutRows, observedShape } from '../network/observed-shape.ts';
import { withOutput } from '../network/output-layers.ts';
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
  const plan = planModel(withOutput(model, dataset.shape, outputsOf(dataset)), dataset.shape);
  const cost = sampleCost(plan);
  const [forward, backward] = [2 * cost.forward, 2 * cost.backward];
  const observed = plan.layers.filter(({ penalized }) => penalized).map(observedShape);
  const held = heldOut(dataset).samples;
  const squares = sum(observed.map((shape) => heldOutRows(shape, held) * shape.units ** 2));
  const penalised = spec.baseline ? 0 : penaltyOperations(experiment, plan);
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

/** Operations of the penalty for one sample. */
function penaltyOperations({ penalty }: TrialSpec['experiment'], { layers }: ModelPlan): number {
  const { against } = penalty;
  const penalized = layers.filter((layer) => layer.penalized).map(observedShape);
  if (against === undefined) return sum(penalized.map(({ rows, units }) => 4 * rows * units ** 2));
  const other = layers.find(({ name }) => name === against) ?? layers.at(-1)!;
  // The cross-covariance and the gradient of the layer; another layer computes both once more for its own gradient.
  const factor = (against === LABELS ? 4 : 8) * observedShape(other).units;
  return sum(penalized.map(({ rows, units }) => factor * rows * units));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
