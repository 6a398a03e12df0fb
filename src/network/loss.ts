/** The losses of a network, each with a buffer for the targets of a batch. */
import type { TargetKind } from '../data/task.ts';
import { ShapeError } from '../errors.ts';
import type { KernelArray, KernelIndices, Operations } from '../kernel/operations.ts';
import type { ArrayScope } from './array-scope.ts';

/** Losses by their names in a sweep file. */
export const LOSSES = ['cross-entropy', 'squared-error'] as const;

export type LossKind = (typeof LOSSES)[number];

/** Loss for targets of a kind, unless another is chosen. */
export function defaultLossOf({ kind }: Pick<TargetKind, 'kind'>): LossKind {
  return kind === 'classes' ? 'cross-entropy' : 'squared-error';
}

/** Loss of one batch, and how many samples were classified right (0 where there are no classes). */
export interface LossResult {
  readonly loss: number;
  readonly correct: number;
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
   * Copy the targets of the samples `rowAt(0)` to `rowAt(samples − 1)` of `targets`.
   *
   * Errors: ShapeError for a label that is not a class.
   */
  gather(targets: ArrayLike<number>, rowAt: (sample: number) => number, samples: number): void;
  /** Loss of the batch; `gradient` receives ∂loss/∂outputs unless it is null. Shapes: both samples x outputs. */
  evaluate(gradient: KernelArray | null, outputs: KernelArray, samples: number): LossResult;
}

/** A loss over `outputs` units for batches of up to `samples`. */
export function createLoss(
  kind: LossKind,
  operations: Operations,
  scope: ArrayScope,
  samples: number,
  outputs: number,
): Loss {
  return kind === 'cross-entropy'
    ? createCrossEntropy(operations, scope, samples, outputs)
    : createSquaredError(operations, scope, samples, outputs);
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
  };
}

/** Mean over samples and outputs of (output − target)². */
function createSquaredError(
  operations: Operations,
  scope: ArrayScope,
  capacity: number,
  outputs: number,
): Loss {
  const targets = scope.numbers(capacity * outputs);
  return {
    targetsPerSample: outputs,
    labels: null,
    targets,
    gather(source, rowAt, samples) {
      const buffer = targets.values;
      for (let s = 0; s < samples; s++) {
        for (let k = 0; k < outputs; k++) buffer[s * outputs + k] = source[rowAt(s) * outputs + k]!;
      }
    },
    evaluate(gradient, predictions, samples) {
      const loss = operations.squaredError(gradient, predictions, targets, samples * outputs);
      return { loss, correct: 0 };
    },
  };
}

function notAClass(label: number, classes: number): ShapeError {
  return new ShapeError(
    'LABEL_OUT_OF_RANGE',
    `targets: each label must be a whole number from 0 to ${classes - 1}, got ${label}. Check the labels and the units of the last layer.`,
    { label, classes },
  );
}
