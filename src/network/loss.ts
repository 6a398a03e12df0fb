/** The losses of a network, each with a buffer for the targets of a batch. */
import type { TargetKind } from '../data/task.ts';
import { ShapeError } from '../errors.ts';
import type { FloatArray, KernelArray, KernelIndices, Operations } from '../kernel/operations.ts';
import type { ArrayScope } from './array-scope.ts';

/** Losses by their names in a sweep file. */
export const LOSSES = ['cross-entropy', 'squared-error', 'binary-cross-entropy', 'huber'] as const;

export type LossKind = (typeof LOSSES)[number];

/** Distance at which `huber` turns from squared to absolute, unless another is given. */
export const HUBER_DELTA = 1;
/** Limits of it. */
export const HUBER_DELTAS = { from: 1e-6, to: 1e6 } as const;

/** A loss and its settings. */
export interface LossOptions {
  readonly kind: LossKind;
  /** Of `huber`. */
  readonly delta?: number | undefined;
}

/** Loss for targets of a kind, unless another is chosen. */
export function defaultLossOf({ kind }: Pick<TargetKind, 'kind'>): LossKind {
  return kind === 'classes' ? 'cross-entropy' : 'squared-error';
}

/** Whether a loss is for classes, as opposed to numbers. */
export function isForClasses(kind: LossKind): boolean {
  return kind === 'cross-entropy';
}

/** Loss of one batch, and how many samples were classified right (0 where there are no classes). */
export interface LossResult {
  readonly loss: number;
  readonly correct: number;
}

/**
 * Samples of a batch that were mixed with others.
 *
 * Shapes: shares [samples], of the sample itself; targets as those of the batch, of what was mixed in.
 */
export interface Mixture {
  readonly shares: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
}

/** Compares the outputs of a network with the targets of the batch in its buffer. */
export interface Loss {
  /** Targets that a sample has: one label, or one number for each output. */
  readonly targetsPerSample: number;
  /** Labels of the batch in the buffer; null where the targets are no classes. */
  readonly labels: KernelIndices | null;
  /** The buffer: a label a sample, or samples x outputs numbers. */
  readonly targets: KernelIndices | KernelArray;
  /**
   * Copy the targets of the samples `rowAt(0)` to `rowAt(samples − 1)` of `targets`, mixed with those of others where a `mixture` is given.
   *
   * Errors: ShapeError for a label that is not a class, and for a number that is not from 0 to 1 under `binary-cross-entropy`.
   */
  gather(
    targets: ArrayLike<number>,
    rowAt: (sample: number) => number,
    samples: number,
    mixture?: Mixture,
  ): void;
  /** Loss of the batch; `gradient` receives ∂loss/∂outputs unless it is null. Shapes: both samples x outputs. */
  evaluate(gradient: KernelArray | null, outputs: KernelArray, samples: number): LossResult;
  /**
   * What the outputs say of the targets: the outputs themselves, logits of classes, and probabilities under
   * `binary-cross-entropy`. A live view. Shapes: samples x outputs.
   */
  answers(outputs: KernelArray, samples: number): FloatArray;
}

/** A loss over `outputs` units for batches of up to `samples`. */
export function createLoss(
  { kind, delta = HUBER_DELTA }: LossOptions,
  operations: Operations,
  scope: ArrayScope,
  samples: number,
  outputs: number,
): Loss {
  switch (kind) {
    case 'cross-entropy':
      return createCrossEntropy(operations, scope, samples, outputs);
    case 'squared-error':
      return createNumberLoss(scope, samples, outputs, (...batch) => operations.squaredError(...batch));
    case 'huber':
      return createNumberLoss(scope, samples, outputs, (...batch) => operations.huber(...batch, delta));
    case 'binary-cross-entropy':
      return createBinaryCrossEntropy(operations, scope, samples, outputs);
  }
}

/** Mean over the samples of −log softmax(outputs)[label], natural logarithm; labels count from 0. */
function createCrossEntropy(
  operations: Operations,
  scope: ArrayScope,
  capacity: number,
  classes: number,
): Loss {
  const labels = scope.indices(capacity);
  return {
    targetsPerSample: 1,
    labels,
    targets: labels,
    gather(targets, rowAt, samples) {
      const buffer = labels.values;
      for (let s = 0; s < samples; s++) {
        const label = targets[rowAt(s)]!;
        if (!Number.isInteger(label) || label < 0 || label >= classes) throw notAClass(label, classes);
        buffer[s] = label;
      }
    },
    evaluate(gradient, outputs, samples) {
      return operations.softmaxCrossEntropy(gradient, outputs, labels, { samples, classes });
    },
    answers: (logits, samples) => logits.values.subarray(0, samples * classes),
  };
}

/** Mean of a loss over samples and outputs. */
type NumberLoss = (
  gradient: KernelArray | null,
  outputs: KernelArray,
  targets: KernelArray,
  count: number,
) => number;

/** A loss of the distance between outputs and targets: (output − target)², or what `evaluate` makes of it. */
function createNumberLoss(
  scope: ArrayScope,
  capacity: number,
  outputs: number,
  evaluate: NumberLoss,
  check: (target: number) => void = () => {},
): Loss & { readonly targets: KernelArray } {
  const targets = scope.numbers(capacity * outputs);
  return {
    targetsPerSample: outputs,
    labels: null,
    targets,
    gather(source, rowAt, samples, mixture) {
      const buffer = targets.values;
      for (let s = 0; s < samples; s++) {
        const from = rowAt(s) * outputs;
        for (let k = 0; k < outputs; k++) {
          const target = source[from + k]!;
          check(target);
          const share = mixture?.shares[s] ?? 1;
          const other = share === 1 ? 0 : (1 - share) * mixture!.targets[s * outputs + k]!;
          buffer[s * outputs + k] = share === 1 ? target : share * target + other;
        }
      }
    },
    evaluate(gradient, predictions, samples) {
      return { loss: evaluate(gradient, predictions, targets, samples * outputs), correct: 0 };
    },
    answers: (predictions, samples) => predictions.values.subarray(0, samples * outputs),
  };
}

/** Mean over samples and outputs of −y·log p − (1 − y)·log(1 − p), p = 1/(1 + e^−output), y the target. */
function createBinaryCrossEntropy(
  operations: Operations,
  scope: ArrayScope,
  capacity: number,
  outputs: number,
): Loss {
  const probabilities = scope.numbers(capacity * outputs);
  return {
    ...createNumberLoss(
      scope,
      capacity,
      outputs,
      (...batch) => operations.binaryCrossEntropy(...batch),
      checkProbability,
    ),
    answers(logits, samples) {
      const count = samples * outputs;
      // The kernel's own function: Math.exp has other bits on other engines.
      operations.activationForward('sigmoid', probabilities, logits, count);
      return probabilities.values.subarray(0, count);
    },
  };
}

/** Whether a number can be a target of `binary-cross-entropy`. */
export function isProbability(target: number): boolean {
  return target >= 0 && target <= 1;
}

function checkProbability(target: number): void {
  if (isProbability(target)) return;
  throw new ShapeError(
    'TARGET_OUT_OF_RANGE',
    `targets: each must be from 0 to 1 under binary-cross-entropy, got ${target}. Scale the targets, or use another loss.`,
    { target },
  );
}

function notAClass(label: number, classes: number): ShapeError {
  return new ShapeError(
    'LABEL_OUT_OF_RANGE',
    `targets: each label must be a whole number from 0 to ${classes - 1}, got ${label}. Check the labels and the units of the last layer.`,
    { label, classes },
  );
}
