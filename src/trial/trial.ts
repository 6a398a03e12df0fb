/** One trial: a network trained from its seed, and measured after every epoch. */
import { mixesSamples } from '../data/augmentation/augmentations.ts';
import { type Dataset, heldOut } from '../data/dataset.ts';
import { outputsOf } from '../data/task.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { ArrayScope } from '../network/array-scope.ts';
import { defaultLossOf } from '../network/loss.ts';
import { createNetwork, type Network } from '../network/network.ts';
import { withOutput } from '../network/output-layers.ts';
import { type EpochRecord, recordIdentity, type TrialRecord } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { targetOf } from '../schedule/schedules.ts';
import { classWeightsOf } from './class-weights.ts';
import { createEvaluator, EVALUATION_BATCH } from './evaluation.ts';
import { measureFinally } from './final-evaluation.ts';
import { createGradientProbe } from './gradient-probe.ts';
import { TrainingLoop, type TrialHooks } from './training-loop.ts';

export type { TrialHooks, TrialProgress } from './training-loop.ts';

/**
 * Train one trial from beginning to end.
 *
 * Everything in the record but its times depends on the specification, the data and the kernel's build alone, to the last
 * bit (of two metrics the last bit is the JavaScript engine's, see decorrelationMetrics). A loss, a penalty or a weight that
 * is not finite ends the trial as `diverged`; the epochs finished before are kept. The memory that the trial took from the
 * kernel is given back, whatever happens.
 *
 * Errors: ShapeError for a penalty that the batches are too small for, TrialError for a strength that no weight has,
 * KernelError when memory runs out.
 */
export function runTrial(
  kernel: Kernel,
  spec: TrialSpec,
  dataset: Dataset,
  hooks: TrialHooks = {},
): TrialRecord {
  const now = hooks.now ?? (() => performance.now());
  const startedAt = new Date().toISOString();
  const begunAt = now();
  // A batch is never larger than the data, whatever the file says.
  const largest = Math.min(spec.experiment.training.batch_size, dataset.train.samples);
  const batch = Math.max(largest, EVALUATION_BATCH);
  kernel.operations.resetPeak();
  const network = buildNetwork(kernel, spec, dataset, batch);
  const scope = new ArrayScope(kernel.operations);
  try {
    const probe = createGradientProbe(network, spec, dataset);
    const { strength } = spec.experiment.penalty;
    if (!spec.baseline && strength !== undefined) network.penaltyWeight = probe.weightFor(targetOf(strength));
    const { target } = dataset;
    const evaluation = { target, batch, probe };
    const split = heldOut(dataset);
    const evaluator = createEvaluator(kernel, scope, network, { split, ...evaluation });
    const loop = new TrainingLoop(network, evaluator, spec, dataset, hooks, now, begunAt);
    const initial = loop.measure();
    const start = initial.layers.flatMap(({ name, gradient }) =>
      gradient ? [[name, gradient] as const] : [],
    );
    const outcome = loop.run();
    const complete = outcome.status === 'complete';
    const ending = complete ? loop.finish() : undefined;
    const { seconds } = loop;
    if (complete) hooks.onTrained?.();
    let reported = evaluator;
    if (ending !== undefined && dataset.validation !== undefined) {
      // One split at a time: the activations of both need not fit beside each other.
      scope.release();
      reported = createEvaluator(kernel, scope, network, { split: dataset.test, ...evaluation });
      const test = reported.evaluate();
      const kept = loop.epochs[ending.final] as EpochRecord;
      loop.epochs[ending.final] = { ...kept, test, testLayers: reported.measureLayers(true) };
    }
    return {
      ...recordIdentity(spec),
      outcome,
      initial,
      epochs: loop.epochs,
      ...(loop.steps.length > 0 && { steps: loop.steps }),
      ...(ending?.earlyStopping && { earlyStopping: ending.earlyStopping }),
      timing: { startedAt, seconds, trainSeconds: loop.trainingMs / 1000 },
      peakKernelBytes: kernel.operations.peakBytes,
      ...(start.length > 0 && {
        penalty: { weight: network.penaltyWeight, start: Object.fromEntries(start) },
      }),
      ...(complete && measureFinally({ kernel, network, evaluator: reported, spec, dataset, batch })),
    };
  } finally {
    scope.release();
    network.dispose();
  }
}

/** The layers of the experiment and, above them, one output for each class or target. */
function buildNetwork(kernel: Kernel, spec: TrialSpec, dataset: Dataset, batch: number): Network {
  const { model, training } = spec.experiment;
  const { optimizer } = training;
  // A strength needs the penalty at work before its weight is known.
  const { strength, weight = strength === 0 ? 0 : 1, ...penalty } = spec.experiment.penalty;
  const inputShape = dataset.shape;
  return createNetwork(kernel, {
    inputShape,
    layers: withOutput(model, inputShape, outputsOf(dataset)),
    loss: training.loss ?? defaultLossOf(dataset.target),
    huberDelta: training.huber_delta,
    labelSmoothing: training.label_smoothing,
    mixesSamples: mixesSamples(training.augmentation),
    classWeights: classWeightsOf(training.class_weight, dataset),
    optimizer: { ...optimizer, learning_rate: targetOf(optimizer.learning_rate) },
    // The largest weight that is reached: a penalty whose weight begins at 0 is built, and measured, all the same.
    penalty: { ...penalty, weight: targetOf(weight) },
    seed: spec.seed,
    batch,
  });
}
