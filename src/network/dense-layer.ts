/** One dense layer of a network: its parameters, its place for a batch, and its two passes. */
import type { Activation, KernelArray, KernelCompressed, Operations } from '../kernel/operations.ts';
import type { ArrayScope } from './array-scope.ts';
import type { CrossPenalty } from './cross-penalty.ts';
import { type GradientSums, sumGradients } from './gradient-sums.ts';
import type { LayerOptions, PenaltySide } from './network-options.ts';
import type { TrainedArray } from './optimizer.ts';
import type { PenaltyTerm } from './penalty-term.ts';

/** What the first layer of a network is given: a batch of numbers, or only the non-zeros of one. */
export type LayerInput =
  | { readonly dense: KernelArray; readonly compressed?: undefined }
  | { readonly compressed: KernelCompressed };

/** Where a layer keeps a batch. Shapes: all samples x units. */
interface BatchArrays {
  /** Before the activation function; the same array as `a` where nobody needs it afterwards. */
  readonly z: KernelArray;
  readonly a: KernelArray;
  /** ∂cost/∂a on the way down, turned into ∂cost/∂z in place. */
  readonly gradient: KernelArray;
}

/** `a = f(x·W + b)`. Shapes: W inputs x units, b units. */
export class DenseLayer {
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  readonly penalized: boolean;
  readonly weights: TrainedArray;
  readonly biases: TrainedArray;
  /** The penalty on this layer; null where none acts. */
  penalty: PenaltyTerm | null = null;
  /** Penalties on other layers that are set against this one. */
  readonly opposing: CrossPenalty[] = [];
  readonly #operations: Operations;
  readonly #activation: Activation;
  readonly #on: PenaltySide;
  #batch: BatchArrays | null = null;

  constructor(
    operations: Operations,
    scope: ArrayScope,
    name: string,
    inputs: number,
    { units, activation, penalized = false, on = 'activation' }: LayerOptions,
  ) {
    this.name = name;
    this.inputs = inputs;
    this.units = units;
    this.penalized = penalized;
    this.weights = { values: scope.numbers(inputs * units), gradient: scope.numbers(inputs * units) };
    this.biases = { values: scope.numbers(units), gradient: scope.numbers(units) };
    this.#operations = operations;
    this.#activation = activation;
    this.#on = on;
  }

  /** Glorot's uniform weights, or He's below a rectifier; biases 0. `next` yields uniforms in [0, 1). */
  initialize(next: () => number): void {
    const rectified = this.#activation === 'relu' || this.#activation === 'leaky-relu';
    const limit = Math.sqrt(6 / (rectified ? this.inputs : this.inputs + this.units));
    const { values } = this.weights.values;
    for (let i = 0; i < values.length; i++) values[i] = (2 * next() - 1) * limit;
  }

  /** Make place for batches of up to `samples`. */
  reserve(scope: ArrayScope, samples: number): void {
    const length = samples * this.units;
    const a = scope.numbers(length);
    const keepsBoth = this.#on === 'preactivation' && this.#activation !== 'identity';
    this.#batch = { a, z: keepsBoth ? scope.numbers(length) : a, gradient: scope.numbers(length) };
  }

  get output(): KernelArray {
    return this.#arrays.a;
  }

  /** ∂cost/∂output, to be filled by what lies above before `backward`. */
  get gradient(): KernelArray {
    return this.#arrays.gradient;
  }

  /** What a penalty on this layer sees. */
  get observed(): KernelArray {
    return this.#on === 'preactivation' ? this.#arrays.z : this.#arrays.a;
  }

  forward(x: LayerInput, samples: number): void {
    const { z, a } = this.#arrays;
    const { inputs, units } = this;
    const shape = { samples, inputs, units };
    const [weights, biases] = [this.weights.values, this.biases.values];
    if (x.compressed === undefined) this.#operations.denseForward(z, x.dense, weights, biases, shape);
    else this.#operations.sparseForward(z, x.compressed, weights, biases, shape);
    if (this.#activation !== 'identity') {
      this.#operations.activationForward(this.#activation, a, z, samples * units);
    }
  }

  /**
   * From ∂cost/∂output to the gradients of the parameters, and to `below` = ∂cost/∂x unless it is null; it must be null where
   * x is compressed.
   *
   * Returns the value of the penalty on this layer, without its weight; 0 when there is none.
   */
  backward(x: LayerInput, below: KernelArray | null, samples: number): number {
    const { a, gradient } = this.#arrays;
    const { inputs, units } = this;
    let penalty = 0;
    if (this.#on === 'activation') penalty = this.#addPenalties(samples);
    if (this.#activation !== 'identity') {
      this.#operations.activationBackward(this.#activation, gradient, gradient, a, samples * units);
    }
    if (this.#on === 'preactivation') penalty = this.#addPenalties(samples);
    const shape = { samples, inputs, units };
    const [dWeights, dBiases] = [this.weights.gradient, this.biases.gradient];
    if (x.compressed === undefined) {
      const weights = this.weights.values;
      this.#operations.denseBackward(dWeights, dBiases, below, gradient, x.dense, weights, shape);
    } else {
      this.#operations.sparseBackward(dWeights, dBiases, gradient, x.compressed, shape);
    }
    return penalty;
  }

  /**
   * The way of `backward` without training: from ∂loss/∂output to `below` = ∂loss/∂x unless it is null, with no penalty added.
   *
   * Returns what the gradients of loss and penalty are like where the penalty acts, or null where none does. `scratch`
   * receives the penalty's.
   */
  probe(below: KernelArray | null, scratch: KernelArray, samples: number): GradientSums | null {
    const { a, gradient } = this.#arrays;
    const { inputs, units, penalty } = this;
    const measure = (): GradientSums | null => {
      if (penalty === null) return null;
      const value = penalty.evaluate(scratch, this.observed, samples);
      return sumGradients(scratch.values, gradient.values, this.observed.values, { samples, units, value });
    };
    const above = this.#on === 'activation' ? measure() : null;
    if (this.#activation !== 'identity') {
      this.#operations.activationBackward(this.#activation, gradient, gradient, a, samples * units);
    }
    const sums = this.#on === 'preactivation' ? measure() : above;
    if (below !== null) {
      const shape = { rows: samples, columns: inputs, inner: units };
      this.#operations.gemm('NT', below, gradient, this.weights.values, shape);
    }
    return sums;
  }

  /** Add the gradients of all penalties that see this layer; returns the value of its own. */
  #addPenalties(samples: number): number {
    for (const penalty of this.opposing) penalty.addToOther(this.gradient, samples);
    return this.penalty?.add(this.gradient, this.observed, samples) ?? 0;
  }

  get #arrays(): BatchArrays {
    if (this.#batch === null) throw new Error(`${this.name}: no batch was reserved`);
    return this.#batch;
  }
}
