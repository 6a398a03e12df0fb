/**
 * The cross-entropy of classes with label smoothing, class weights and mixed samples, in training; evaluated, it is the plain one, so
 * that points with other settings can be compared.
 */
import { ConfigError } from '../errors.ts';
import type { Operations } from '../kernel/operations.ts';
import type { ArrayScope } from './array-scope.ts';
import { createLoss, isForClasses, type Loss, type LossKind, type LossOptions } from './loss.ts';

/** What training makes of the labels of a batch. */
export interface TargetOptions {
  /** Share of a target that is spread over all classes alike. Default 0. */
  readonly labelSmoothing?: number | undefined;
  /** Factor of the loss of a sample by its class. Default 1 each. */
  readonly classWeights?: readonly number[] | undefined;
  /** Whether batches may have mixed samples. Default false. */
  readonly mixesSamples?: boolean | undefined;
}

/** A loss for batches of up to `samples`, with what its targets become in training. */
export function createTrainingLoss(
  { labelSmoothing = 0, classWeights, mixesSamples = false, ...options }: LossOptions & TargetOptions,
  operations: Operations,
  scope: ArrayScope,
  samples: number,
  outputs: number,
): Loss {
  const plain = createLoss(options, operations, scope, samples, outputs);
  const isPlain = labelSmoothing === 0 && classWeights === undefined && !mixesSamples;
  if (isPlain || !isForClasses(options.kind)) return plain;
  return withSoftTargets(plain, { labelSmoothing, classWeights }, operations, scope, samples, outputs);
}

/**
 * Turns the plain cross-entropy into one against distributions in training: with ε the smoothing, c the classes, y the label and
 * w_y its weight, t_k = w_y·((1 − ε)·[k = y] + ε/c), loss = mean over the samples of Σ_k t_k·(−log softmax_k). A mixed sample has the
 * mean of both targets, by their shares.
 */
function withSoftTargets(
  plain: Loss,
  { labelSmoothing: smoothing = 0, classWeights }: TargetOptions,
  operations: Operations,
  scope: ArrayScope,
  capacity: number,
  classes: number,
): Loss {
  const { labels } = plain;
  if (labels === null) throw new Error('withSoftTargets: the loss must have labels');
  const soft = scope.numbers(capacity * classes);
  const add = (sample: number, label: number, share: number): void => {
    const weight = share * (classWeights?.[label] ?? 1);
    const row = soft.values.subarray(sample * classes, (sample + 1) * classes);
    const spread = (weight * smoothing) / classes;
    for (let k = 0; k < classes; k++) row[k]! += spread;
    row[label]! += weight * (1 - smoothing);
  };
  return {
    ...plain,
    gather(targets, rowAt, samples, mixture) {
      plain.gather(targets, rowAt, samples);
      soft.values.fill(0, 0, samples * classes);
      for (let s = 0; s < samples; s++) {
        const share = mixture?.shares[s] ?? 1;
        const own = labels.values[s]!;
        add(s, own, share);
        if (mixture === undefined || share === 1) continue;
        const other = mixture.targets[s]!;
        add(s, other, 1 - share);
        // What counts as right is the class with the larger share.
        if (share < 0.5) labels.values[s] = other;
      }
    },
    evaluate(gradient, outputs, samples) {
      if (gradient === null) return plain.evaluate(null, outputs, samples);
      return operations.softCrossEntropy(gradient, outputs, soft, labels, { samples, classes });
    },
  };
}

/** Refuses settings of targets that a network with this loss and so many outputs cannot have. Errors: ConfigError. */
export function checkTargetOptions(
  { labelSmoothing, classWeights }: TargetOptions,
  loss: LossKind,
  outputs: number,
): void {
  const problem = (name: string, rule: string, got: unknown): ConfigError =>
    new ConfigError('NETWORK_INVALID', `createNetwork: ${name}: it must ${rule}, got ${String(got)}.`);
  for (const [name, value] of Object.entries({ labelSmoothing, classWeights })) {
    if (value !== undefined && !isForClasses(loss)) throw problem(name, 'go with the cross-entropy', loss);
  }
  if (labelSmoothing !== undefined && !(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw problem('labelSmoothing', 'be a number of at least 0 and below 1', labelSmoothing);
  }
  const rule = classWeights === undefined ? undefined : classWeightProblem(classWeights, outputs);
  if (rule !== undefined) throw new ConfigError('NETWORK_INVALID', `createNetwork: classWeights: ${rule}.`);
}

/** The broken rule of a list of class weights, or undefined. */
export function classWeightProblem(weights: readonly number[], classes: number): string | undefined {
  if (weights.length !== classes) {
    return `there must be one weight for each of the ${classes} classes, got ${weights.length}`;
  }
  const wrong = weights.find((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (wrong !== undefined) return `each must be a number of at least 0, got ${wrong}`;
  return weights.some((weight) => weight > 0) ? undefined : 'one must be above 0, got 0 for all';
}
