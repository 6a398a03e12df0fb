/** What a network offers to a training loop and to users. */
import type { FloatArray, KernelArray } from '../kernel/operations.ts';
import type { KeptNonZeros } from './gather.ts';
import type { GradientSums } from './gradient-sums.ts';
import type { LossResult, Mixture } from './loss.ts';
import type { Parameter } from './parameter.ts';

/** A layer from the outside. */
export interface LayerInfo {
  readonly name: string;
  readonly units: number;
  readonly penalized: boolean;
  /** Rows of units that each sample shows to a penalty: 1 but for images. */
  readonly rows: number;
  /** Positions of its image that the rows are from; 1 for features, and where an image is one row. */
  readonly positions: number;
  /** Whether features that it shows are just what a dense layer takes in. */
  readonly feedsDense: boolean;
}

/** What a batch cost before the step that it led to. */
export interface StepResult {
  /** The loss alone, without the penalty. */
  readonly loss: number;
  /** Sum over the penalised layers, without the weight; 0 when there is none or the weight is 0. */
  readonly penalty: number;
}

/** What the gradients of loss and penalty are like at one penalised layer. */
export interface LayerProbe extends GradientSums {
  /** Counted from 0. */
  readonly layer: number;
}

/**
 * Samples to gather batches from; input j of a sample is `x = values[i] / divisor`, or `(x − mean[j]) / deviation[j]` where the
 * source is standardized.
 *
 * Shapes: values samples x inputs; targets one label a sample, or samples x outputs numbers; null where the targets are the
 * inputs. mean and deviation inputs each.
 */
export interface SampleSource {
  readonly samples: number;
  readonly values: Uint8Array<ArrayBufferLike> | Float32Array<ArrayBufferLike>;
  readonly divisor: number;
  readonly standardization?: {
    readonly mean: Float32Array<ArrayBufferLike>;
    readonly deviation: Float32Array<ArrayBufferLike>;
  };
  readonly targets: ArrayLike<number> | null;
  /** How the samples were mixed with others: by their positions in the batch, which begins with the first sample. */
  readonly mixture?: Mixture;
  /** The non-zeros of bytes of which most are zeros, once more. */
  readonly nonZeros?: KeptNonZeros;
}

/**
 * A network in training. Batches are row-major samples x inputs.
 *
 * Errors: ShapeError for lengths that do not fit and labels that are no class.
 */
export interface Network {
  readonly inputs: number;
  readonly layers: readonly LayerInfo[];
  readonly parameters: readonly Parameter[];
  /** Learning rate of the optimizer; assigning changes it for the steps to come. */
  learningRate: number;
  /** What layers keep from step to step without training it, in order: moving means and variances. */
  readonly buffers: readonly Parameter[];
  /** Factor of the penalty in the cost; assigning changes it for the steps to come. 0, and stays so, without a penalty. */
  penaltyWeight: number;
  /** Train on a batch. `targets`: a label from 0 for each sample, or samples x outputs numbers under the other losses. */
  step(x: ArrayLike<number>, targets: ArrayLike<number>): StepResult;
  /** Outputs of the last layer, samples x outputs: logits under the cross-entropies. */
  predict(x: ArrayLike<number>): FloatArray;
  /**
   * What a penalty on the layer sees, rows x units, each sample having as many rows as the layer shows: the values after its activation
   * function, or before it where the layer says `on: 'preactivation'`. `layer` counts from 0.
   */
  activations(x: ArrayLike<number>, layer: number): FloatArray;

  /** Gather a batch: samples `rows[first]`, `rows[first + 1]`… of the source, or `first`, `first + 1`… without rows. */
  load(source: SampleSource, rows: Uint32Array<ArrayBufferLike> | null, first: number, samples: number): void;
  /** `step` on the batch that was loaded, with the number of samples that were classified right. */
  stepLoaded(): StepResult & LossResult;
  /** Loss of the batch that was loaded, without training. */
  evaluateLoaded(): LossResult;
  /**
   * What the last `stepLoaded` or `evaluateLoaded` answered to the loaded batch, and what was right: live views.
   *
   * Shapes: outputs samples x outputs: logits of classes, probabilities under `binary-cross-entropy`, else as they are; targets a
   * label a sample, or samples x outputs numbers.
   */
  answersLoaded(): { readonly outputs: FloatArray; readonly targets: ArrayLike<number> };
  /**
   * Gradients of the loss alone, and of the penalty alone, at every layer that a penalty acts on, for the batch that was
   * loaded; nothing is trained.
   */
  probeLoaded(): LayerProbe[];
  /** Copy what the loaded batch left in a layer, as in `activations`, to `target` from row `firstRow` on. */
  copyActivations(target: KernelArray, firstRow: number, layer: number): void;
  /**
   * The same of chosen positions of each sample, for a layer that shows an image by its positions.
   *
   * Shapes: positions [samples x rows] counted row by row of the image.
   */
  copyPositions(
    target: KernelArray,
    firstRow: number,
    layer: number,
    positions: Uint32Array<ArrayBufferLike>,
  ): void;
  /** Whether every parameter is a finite number. */
  isFinite(): boolean;

  /** Give the memory back; the network must not be used afterwards. */
  dispose(): void;
}
