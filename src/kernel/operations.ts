/**
 * The operations that every kernel implements: the two WebAssembly builds (float32) and the readable
 * reference (float64). All matrices are dense and row-major; activations are samples x units.
 *
 * Those of a family are in layers/; here are the rest, each with its shapes and rules: this file is as long as their list.
 */

import type { ActivationOperations } from './layers/activations.ts';
import type { ConvolutionOperations } from './layers/convolution.ts';
import type { NormalizationOperations } from './layers/normalization.ts';
import type { OptimizerOperations } from './layers/optimizers.ts';
import type { PoolingOperations } from './layers/pooling.ts';
import type { RegularizationOperations } from './layers/regularization.ts';

export { ACTIVATIONS, type Activation, DERIVATIVE_FROM, LEAKY_RELU_SLOPE } from './layers/activations.ts';
export type {
  AdamSettings,
  LarsSettings,
  LionSettings,
  RmspropSettings,
  RmspropState,
  SgdSettings,
} from './layers/optimizers.ts';

/** Which implementation runs: the readable float64 reference, or one of the two WebAssembly builds. */
export type Variant = 'reference' | 'simd' | 'fma';

/** Element type of an array in a kernel's memory: float32 in the WebAssembly builds, float64 in the reference. */
export type FloatArray = Float32Array<ArrayBufferLike> | Float64Array<ArrayBufferLike>;

/**
 * Numbers in a kernel's memory.
 *
 * `values` is a live view made on demand: read it anew after anything was allocated, since growing the memory
 * detaches the views taken before.
 */
export interface KernelArray {
  readonly length: number;
  readonly values: FloatArray;
}

/** Class labels in a kernel's memory; `values` is a live view like {@link KernelArray}'s. */
export interface KernelIndices {
  readonly length: number;
  readonly values: Int32Array<ArrayBufferLike>;
}

/** Raw bytes (pixels) in a kernel's memory; `values` is a live view like {@link KernelArray}'s. */
export interface KernelBytes {
  readonly length: number;
  readonly values: Uint8Array<ArrayBufferLike>;
}

/** A batch of pixels of which only the non-zeros are kept; what it holds is the kernel's own business. */
export interface KernelCompressed {
  readonly length: number;
  readonly values: ArrayBufferView;
}

/** Share of non-zeros up to which a batch is compressed: above it the dense product is about as fast. */
export const LARGEST_COMPRESSED_SHARE: number = 0.4;

/** Shape and convention of a covariance: `C = Xᵀ·X / (samples − ddof)`, with X less its column means when centred. */
export interface CovarianceShape {
  readonly samples: number;
  readonly units: number;
  readonly centered: boolean;
  readonly ddof: number;
}

/** One evaluation of a penalty: everything resolved, no defaults left. */
export interface PenaltyCall extends CovarianceShape {
  readonly id: string;
  /** Values of the penalty's parameters in the order of its catalogue entry. */
  readonly parameters: readonly number[];
  /** Factor on the gradient (never on the value that is returned). */
  readonly weight: number;
  /** True: add to what the gradient buffer holds. False: overwrite it. */
  readonly accumulate: boolean;
}

/** One evaluation of a penalty on two activations of the same samples: X with `units`, Y with `otherUnits`. */
export interface CrossPenaltyCall extends PenaltyCall {
  readonly otherUnits: number;
}

export interface DenseShape {
  readonly samples: number;
  readonly inputs: number;
  readonly units: number;
}

/** Product form: which operand is read transposed. */
export type GemmForm = 'NN' | 'NT' | 'TN';

/** `C[rows x columns] = alpha · op(A)[rows x inner] · op(B)[inner x columns] + beta · C`. */
export interface GemmShape {
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** Default 1. */
  readonly alpha?: number;
  /** 0 (default, C is not read) or 1 (C is added to). */
  readonly beta?: 0 | 1;
}

/**
 * What a kernel can do, on arrays in its own memory. Outputs come first, then inputs, then sizes.
 *
 * Arrays may be longer than an operation needs (a batch smaller than its buffer); only the first elements are
 * used. An array that is too short, or of another kernel, raises a ShapeError. Outputs must not overlap inputs unless stated.
 */
export interface Operations
  extends ActivationOperations,
    ConvolutionOperations,
    NormalizationOperations,
    OptimizerOperations,
    PoolingOperations,
    RegularizationOperations {
  readonly variant: Variant;
  readonly precision: 'f32' | 'f64';
  /** Bytes that the kernel's memory takes at present; for the reference the sum of its live arrays. */
  readonly memoryBytes: number;
  /**
   * The most bytes that were in use at any time since `resetPeak`, those already in use then left out; with the room that
   * the operations took for themselves. It does not depend on what the kernel did before.
   */
  readonly peakBytes: number;
  resetPeak(): void;

  /** Zeroed memory for `length` numbers. */
  allocate(length: number): KernelArray;
  allocateIndices(length: number): KernelIndices;
  allocateBytes(length: number): KernelBytes;
  /** Memory for a compressed batch of samples x inputs. */
  allocateCompressed(samples: number, inputs: number): KernelCompressed;
  /** Give an array back. Using it afterwards is a mistake that is not detected. */
  free(array: KernelArray | KernelIndices | KernelBytes | KernelCompressed): void;
  /**
   * What reads an array of a caller again after the memory has grown: for a view of this kernel's memory a view anew, for
   * anything else the array itself. Errors: a ShapeError for a view of memory that was given back.
   */
  hold<Numbers extends ArrayLike<number>>(where: string, name: string, array: Numbers): () => Numbers;

  /** General matrix product. NN: A is rows x inner, B inner x columns. NT: B is columns x inner. TN: A is inner x rows. */
  gemm(form: GemmForm, c: KernelArray, a: KernelArray, b: KernelArray, shape: GemmShape): void;
  /** `C = alpha·A·Aᵀ` ('N': A is order x inner) or `alpha·Aᵀ·A` ('T': A is inner x order); the whole symmetric C is written. */
  syrk(
    form: 'N' | 'T',
    c: KernelArray,
    a: KernelArray,
    shape: { order: number; inner: number; alpha?: number },
  ): void;
  /** `out = x` less its column means; samples x units. `out` may be `x`. */
  center(out: KernelArray, x: KernelArray, samples: number, units: number): void;

  /** `c` [units x units] = covariance of `x` [samples x units]. */
  covariance(c: KernelArray, x: KernelArray, shape: CovarianceShape): void;
  /** Adjoint: `dx` [samples x units] = `X_c·(G + Gᵀ)/(samples − ddof)` for `upstream` G = ∂L/∂C [units x units]. */
  covarianceVjp(dx: KernelArray, x: KernelArray, upstream: KernelArray, shape: CovarianceShape): void;
  /** Directional derivative: `dc` [units x units] = `(T_cᵀ·X_c + X_cᵀ·T_c)/(samples − ddof)` along `tangent` T [samples x units]. */
  covarianceJvp(dc: KernelArray, x: KernelArray, tangent: KernelArray, shape: CovarianceShape): void;

  /**
   * Value of a penalty; `gradient` [samples x units], unless it is null, receives `weight · ∂penalty/∂x`, overwritten or added.
   */
  penalty(gradient: KernelArray | null, x: KernelArray, call: PenaltyCall): number;
  /**
   * Values of several penalties on the same activations, each to the last bit what `penalty` answers; their gradients in turn,
   * as the calls say. Those on the same covariance share it. `values` has one for each call.
   */
  penalties(
    values: Float64Array,
    gradient: KernelArray | null,
    x: KernelArray,
    calls: readonly PenaltyCall[],
  ): void;
  /** Take the room that `penalty` or `penalties` need for themselves now, so that the call does not grow the memory. */
  reservePenalty(...calls: readonly PenaltyCall[]): void;
  /** The same for `crossPenalty`. */
  reserveCrossPenalty(call: CrossPenaltyCall): void;
  /** The same for `covariance`. */
  reserveCovariance(shape: CovarianceShape): void;
  /**
   * Value of a penalty on two activations, `x` [samples x units] and `y` [samples x otherUnits]; `gradientX` and
   * `gradientY`, where they are not null, receive `weight · ∂penalty/∂x` and `weight · ∂penalty/∂y`, overwritten or added.
   */
  crossPenalty(
    gradientX: KernelArray | null,
    gradientY: KernelArray | null,
    x: KernelArray,
    y: KernelArray,
    call: CrossPenaltyCall,
  ): number;

  /** `z` [samples x units] = `x` [samples x inputs] · `weights` [inputs x units] + `biases` [units]. */
  denseForward(
    z: KernelArray,
    x: KernelArray,
    weights: KernelArray,
    biases: KernelArray,
    shape: DenseShape,
  ): void;
  /** Gradients of a dense layer from `dz` [samples x units]; all are overwritten. `dx` may be null when nothing lies below. */
  denseBackward(
    dWeights: KernelArray,
    dBiases: KernelArray,
    dx: KernelArray | null,
    dz: KernelArray,
    x: KernelArray,
    weights: KernelArray,
    shape: DenseShape,
  ): void;
  /**
   * `batch` = the non-zeros of `bytes / divisor` [samples x inputs]. False where they are more than LARGEST_COMPRESSED_SHARE of
   * all: the batch must not be used then.
   */
  compress(
    batch: KernelCompressed,
    bytes: KernelBytes,
    samples: number,
    inputs: number,
    divisor: number,
  ): boolean;
  /**
   * {@link compress} from non-zeros that are kept: the first `length` bytes of `rows` hold of each sample their number n
   * (uint16), their places (n of uint16, increasing) and their bytes (n), in little-endian order and up to a whole word of
   * 32 bits. The same batch comes of it.
   *
   * Errors: a ShapeError for rows that hold anything else.
   */
  compressRows(
    batch: KernelCompressed,
    rows: KernelBytes,
    length: number,
    samples: number,
    inputs: number,
    divisor: number,
  ): boolean;
  /** {@link denseForward} on a compressed batch of the same samples and inputs. */
  sparseForward(
    z: KernelArray,
    batch: KernelCompressed,
    weights: KernelArray,
    biases: KernelArray,
    shape: DenseShape,
  ): void;
  /** {@link denseBackward} on a compressed batch, without ∂/∂x. */
  sparseBackward(
    dWeights: KernelArray,
    dBiases: KernelArray,
    dz: KernelArray,
    batch: KernelCompressed,
    shape: DenseShape,
  ): void;

  /**
   * Mean cross-entropy (natural logarithm) over the samples and the number of samples whose largest logit is the label's
   * (the lowest index wins a tie). `gradient` [samples x classes] receives ∂loss/∂logits unless it is null.
   */
  softmaxCrossEntropy(
    gradient: KernelArray | null,
    logits: KernelArray,
    labels: KernelIndices,
    shape: { samples: number; classes: number },
  ): { loss: number; correct: number };
  /**
   * Mean over the samples of `Σ_k t_k·(−log softmax_k)` for rows of `targets` [samples x classes] of any sum, and the number of
   * samples whose largest logit is the label's. `gradient` [samples x classes] receives ∂loss/∂logits, (Σt·softmax − t)/samples,
   * unless it is null.
   */
  softCrossEntropy(
    gradient: KernelArray | null,
    logits: KernelArray,
    targets: KernelArray,
    labels: KernelIndices,
    shape: { samples: number; classes: number },
  ): { loss: number; correct: number };
  /** Mean over all `count` entries of `(outputs − targets)²`; `gradient` receives ∂loss/∂outputs unless it is null. */
  squaredError(
    gradient: KernelArray | null,
    outputs: KernelArray,
    targets: KernelArray,
    count: number,
  ): number;
  /**
   * Mean over all `count` entries of `−y·log p − (1 − y)·log(1 − p)` with p = 1/(1 + e^−z), z the logits and y the targets
   * from 0 to 1, natural logarithm; `gradient` receives ∂loss/∂logits unless it is null.
   *
   * Precision: computed as `max(z, 0) − z·y + log1p(e^−|z|)`, which does not overflow.
   */
  binaryCrossEntropy(
    gradient: KernelArray | null,
    logits: KernelArray,
    targets: KernelArray,
    count: number,
  ): number;
  /**
   * Mean over all `count` entries of `½d²` where |d| ≤ delta and `delta·(|d| − ½delta)` beyond, d = outputs − targets, as
   * PyTorch's HuberLoss; `gradient` receives ∂loss/∂outputs unless it is null. delta must be a number above 0.
   */
  huber(
    gradient: KernelArray | null,
    outputs: KernelArray,
    targets: KernelArray,
    count: number,
    delta: number,
  ): number;

  /** Element-wise functions, the same bits on every machine; `out` may be `x`. */
  exp(out: KernelArray, x: KernelArray, count: number): void;
  log(out: KernelArray, x: KernelArray, count: number): void;
  tanh(out: KernelArray, x: KernelArray, count: number): void;

  /** `out = bytes / divisor`: pixels to numbers. */
  scaleBytes(out: KernelArray, bytes: KernelBytes, count: number, divisor: number): void;
  /**
   * The centred covariance (ddof 1, units x units) of `x` [samples x units], every sum in float64 whatever the
   * precision of the kernel: the input of the decorrelation metrics.
   */
  covarianceFloat64(x: KernelArray, samples: number, units: number): Float64Array<ArrayBuffer>;
}
