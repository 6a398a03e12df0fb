/**
 * A multilayer perceptron whose layers can carry a penalty: forward, backward and optimizer step, on any kernel.
 *
 * One class for the three uses of a batch, to train, to evaluate and to look at its gradients: this file is as long as they are.
 */

import { CovgradError, ShapeError } from '../errors.ts';
import { largestOf } from '../extremes.ts';
import type { Kernel } from '../kernel/kernel.ts';
import {
  type FloatArray,
  type KernelArray,
  type KernelBytes,
  type KernelCompressed,
  LARGEST_COMPRESSED_SHARE,
  type Operations,
} from '../kernel/operations.ts';
import { uniformStream } from '../random.ts';
import { ArrayScope } from './array-scope.ts';
import { DenseLayer, type LayerInput } from './dense-layer.ts';
import { countNonZeroWords, gatherNonZeros, gatherRows, type RowAt } from './gather.ts';
import { layerName } from './layer-names.ts';
import { createLoss, type Loss, type LossOptions, type LossResult } from './loss.ts';
import type { LayerProbe, Network, SampleSource, StepResult } from './network-api.ts';
import { checkNetworkOptions, type NetworkOptions } from './network-options.ts';
import { attachPenalty } from './network-penalty.ts';
import type { OneHotLabels } from './one-hot-labels.ts';
import type { Optimizer, TrainedArray } from './optimizer.ts';
import { createOptimizer } from './optimizers.ts';
import { createParameter, type Parameter } from './parameter.ts';

export type { LayerInfo, LayerProbe, Network, SampleSource, StepResult } from './network-api.ts';
export type { LayerOptions, NetworkOptions, NetworkPenalty } from './network-options.ts';
export type { Parameter } from './parameter.ts';

/** The unit of kept non-zeros. */
const WORD_BYTES = 4;

/** Memory of a batch beside that of the layers. */
interface Batch {
  readonly capacity: number;
  /** Shapes: capacity x inputs. */
  readonly x: KernelArray;
  readonly bytes: KernelBytes;
  readonly compressed: KernelCompressed;
  readonly loss: Loss;
  /** For the gradient of one penalty; null where none acts. Shapes: capacity x units of the widest such layer. */
  readonly scratch: KernelArray | null;
  /** What the first layer reads: `x`, or `compressed` where most pixels of the batch are zero. */
  input: LayerInput;
}

/**
 * A network with weights drawn from its seed: He's uniform below rectifiers, Glorot's elsewhere, biases 0.
 *
 * Errors: ConfigError for options that make no network, ShapeError for an unknown penalty, a parameter that it does not
 * have or units that it cannot pair, KernelError when memory runs out.
 */
export function createNetwork(kernel: Kernel, options: NetworkOptions): Network {
  checkNetworkOptions(options);
  const lasting = new ArrayScope(kernel.operations);
  const perBatch = new ArrayScope(kernel.operations);
  try {
    return new Perceptron(kernel.operations, lasting, perBatch, options);
  } catch (error) {
    perBatch.release();
    lasting.release();
    throw error;
  }
}

class Perceptron implements Network {
  readonly inputs: number;
  readonly layers: readonly DenseLayer[];
  readonly parameters: readonly Parameter[];
  readonly #operations: Operations;
  readonly #lossOptions: LossOptions;
  /** For the penalty, where it looks at them. */
  readonly #labels: OneHotLabels | null;
  readonly #optimizer: Optimizer;
  readonly #trained: readonly TrainedArray[];
  /** Parameters, their gradients and the optimizer's state. */
  readonly #lasting: ArrayScope;
  readonly #perBatch: ArrayScope;
  #batch: Batch | null = null;
  /** Samples of the batch in memory whose targets are there as well. */
  #loaded = 0;
  #disposed = false;

  constructor(operations: Operations, lasting: ArrayScope, perBatch: ArrayScope, options: NetworkOptions) {
    const { inputs, layers, seed = 0, batch, penalty } = options;
    this.#operations = operations;
    this.#lasting = lasting;
    this.#perBatch = perBatch;
    this.#lossOptions = { kind: options.loss, delta: options.huberDelta };
    this.inputs = inputs;
    this.layers = layers.map((layer, i) => {
      const below = layers[i - 1]?.units ?? inputs;
      return new DenseLayer(operations, lasting, layerName(i), below, layer);
    });
    this.#labels = attachPenalty(operations, this.layers, penalty);
    // A random stream for each layer: changing one layer leaves the initial weights of the others.
    for (const [i, layer] of this.layers.entries()) layer.initialize(uniformStream(seed, 'weights', i));
    const checkAlive = (): void => this.#checkAlive();
    this.parameters = this.layers.flatMap(({ name, inputs, units, weights, biases }) => [
      createParameter(`${name}.weights`, [inputs, units], weights.values, checkAlive),
      createParameter(`${name}.biases`, [units], biases.values, checkAlive),
    ]);
    this.#trained = this.layers.flatMap(({ weights, biases }) => [weights, biases]);
    this.#optimizer = createOptimizer(operations, lasting, options.optimizer, this.#trained);
    if (batch !== undefined) this.#reserve(batch);
  }

  step(x: ArrayLike<number>, targets: ArrayLike<number>): StepResult {
    const samples = this.#write(x);
    const { loss: output } = this.#reserve(samples);
    if (targets.length !== samples * output.targetsPerSample) {
      throw new ShapeError(
        'LENGTH_MISMATCH',
        `step: targets must hold ${output.targetsPerSample} for each of ${samples} samples, got ${targets.length}. Check the targets against the loss and the units of the last layer.`,
        { samples, expected: samples * output.targetsPerSample, got: targets.length },
      );
    }
    output.gather(targets, (s) => s, samples);
    this.#loaded = samples;
    const { loss, penalty } = this.stepLoaded();
    return { loss, penalty };
  }

  predict(x: ArrayLike<number>): FloatArray {
    const samples = this.#write(x);
    this.#forward(samples);
    const { output, units } = this.#last;
    return output.values.slice(0, samples * units);
  }

  activations(x: ArrayLike<number>, layer: number): FloatArray {
    const chosen = this.#layer(layer);
    const samples = this.#write(x);
    this.#forward(samples);
    const { observed, units } = chosen;
    return observed.values.slice(0, samples * units);
  }

  load(
    source: SampleSource,
    rows: Uint32Array<ArrayBufferLike> | null,
    first: number,
    samples: number,
  ): void {
    this.#loaded = 0;
    const batch = this.#reserve(samples);
    const { x, bytes, loss } = batch;
    const { inputs } = this;
    const { values, targets, divisor, standardization } = source;
    const rowAt: RowAt = (s) => (rows === null ? first + s : rows[first + s]!);
    for (let s = 0; s < samples; s++)
      if (!(rowAt(s) < source.samples)) throw missingSample(rowAt(s), source.samples);
    const scaled = values instanceof Uint8Array;
    const kept = this.#compressKept(batch, source, rowAt, samples);
    // Who learns to give its inputs needs them in full.
    if (!kept || targets === null) {
      gatherRows(scaled ? bytes.values : x.values, values, rowAt, samples, inputs);
    }
    const sparse = kept || this.#compress(batch, source, samples);
    batch.input = sparse ? { compressed: batch.compressed } : { dense: x };
    const count = samples * inputs;
    if (scaled && (!sparse || targets === null)) this.#operations.scaleBytes(x, bytes, count, divisor);
    else if (!scaled && divisor !== 1) {
      for (let i = 0; i < count; i++) x.values[i]! /= divisor;
    }
    if (standardization !== undefined) standardize(x.values, standardization, count);
    if (targets === null) loss.gather(x.values, (s) => s, samples);
    else loss.gather(targets, rowAt, samples);
    this.#loaded = samples;
  }

  stepLoaded(): StepResult & LossResult {
    const samples = this.#loadedSamples();
    this.#forward(samples);
    const { input, loss: output } = this.#reserve(samples);
    const { loss, correct } = output.evaluate(this.#last.gradient, this.#last.output, samples);
    if (output.labels !== null) this.#labels?.write(output.labels, samples);
    let penalty = 0;
    for (let i = this.layers.length - 1; i >= 0; i--) {
      const below = this.layers[i - 1];
      const x = below === undefined ? input : { dense: below.output };
      penalty += this.layers[i]!.backward(x, below?.gradient ?? null, samples);
    }
    this.#optimizer.step();
    return { loss, penalty, correct };
  }

  evaluateLoaded(): LossResult {
    const samples = this.#loadedSamples();
    this.#forward(samples);
    return this.#reserve(samples).loss.evaluate(null, this.#last.output, samples);
  }

  answersLoaded(): { outputs: FloatArray; targets: ArrayLike<number> } {
    const samples = this.#loadedSamples();
    const { loss } = this.#reserve(samples);
    const outputs = loss.answers(this.#last.output, samples);
    return {
      outputs,
      targets: loss.targets.values.subarray(0, samples * loss.targetsPerSample),
    };
  }

  probeLoaded(): LayerProbe[] {
    const samples = this.#loadedSamples();
    const { loss, scratch } = this.#reserve(samples);
    if (scratch === null) return [];
    this.#forward(samples);
    loss.evaluate(this.#last.gradient, this.#last.output, samples);
    if (loss.labels !== null) this.#labels?.write(loss.labels, samples);
    const lowest = this.layers.findIndex(({ penalty }) => penalty !== null);
    const probes: LayerProbe[] = [];
    for (let i = this.layers.length - 1; i >= lowest; i--) {
      const below = i > lowest ? this.layers[i - 1]!.gradient : null;
      const sums = this.layers[i]!.probe(below, scratch, samples);
      if (sums !== null) probes.unshift({ layer: i, ...sums });
    }
    return probes;
  }

  get learningRate(): number {
    return this.#optimizer.learningRate;
  }

  set learningRate(rate: number) {
    this.#optimizer.learningRate = rate;
  }

  get penaltyWeight(): number {
    return this.layers.find(({ penalty }) => penalty !== null)?.penalty?.weight ?? 0;
  }

  set penaltyWeight(weight: number) {
    for (const { penalty } of this.layers) if (penalty !== null) penalty.weight = weight;
  }

  copyActivations(target: KernelArray, firstRow: number, layer: number): void {
    const { observed, units } = this.#layer(layer);
    const activations = observed.values.subarray(0, this.#loadedSamples() * units);
    target.values.set(activations, firstRow * units);
  }

  isFinite(): boolean {
    return this.#trained.every(({ values }) => values.values.every(Number.isFinite));
  }

  dispose(): void {
    this.#disposed = true;
    this.#perBatch.release();
    this.#lasting.release();
  }

  #loadedSamples(): number {
    if (this.#loaded > 0) return this.#loaded;
    throw new ShapeError('NOTHING_LOADED', 'network: a batch must be loaded first, got none. Call load().');
  }

  /** Copy a batch without targets into the network; returns its samples. */
  #write(x: ArrayLike<number>): number {
    const samples = x.length / this.inputs;
    if (!Number.isInteger(samples) || samples < 1) {
      throw new ShapeError(
        'LENGTH_MISMATCH',
        `network: x must hold ${this.inputs} numbers for each sample, got ${x.length}. Check the inputs of the network.`,
        { inputs: this.inputs, got: x.length },
      );
    }
    this.#loaded = 0;
    const batch = this.#reserve(samples);
    batch.x.values.set(x);
    batch.input = { dense: batch.x };
    return samples;
  }

  /** Compress a batch from the non-zeros that its source keeps. False where it keeps none, or these are too many. */
  #compressKept(
    { bytes, compressed }: Batch,
    { nonZeros, divisor }: SampleSource,
    rowAt: RowAt,
    samples: number,
  ): boolean {
    if (nonZeros === undefined) return false;
    const length = WORD_BYTES * countNonZeroWords(nonZeros, rowAt, samples);
    if (length > bytes.length) return false;
    const { buffer, byteOffset } = bytes.values;
    gatherNonZeros(new Uint32Array(buffer, byteOffset, length / WORD_BYTES), nonZeros, rowAt, samples);
    return this.#operations.compressRows(compressed, bytes, length, samples, this.inputs, divisor);
  }

  /** Compress a batch from its bytes. False for numbers, and where too few of them are zero. */
  #compress({ bytes, compressed }: Batch, source: SampleSource, samples: number): boolean {
    if (!(source.values instanceof Uint8Array) || source.standardization !== undefined) return false;
    return this.#operations.compress(compressed, bytes, samples, this.inputs, source.divisor);
  }

  #forward(samples: number): void {
    let { input } = this.#reserve(samples);
    for (const layer of this.layers) {
      layer.forward(input, samples);
      input = { dense: layer.output };
    }
  }

  /** The memory of a batch, made anew when it is too small for `samples`. */
  #reserve(samples: number): Batch {
    this.#checkAlive();
    if (this.#batch !== null && this.#batch.capacity >= samples) return this.#batch;
    this.#batch = null;
    this.#perBatch.release();
    const scope = this.#perBatch;
    for (const layer of this.layers) layer.reserve(scope, samples);
    this.#labels?.reserve(scope, samples);
    const x = scope.numbers(samples * this.inputs);
    const widest = largestOf(
      this.layers.map(({ penalty, units }) => (penalty === null ? 0 : units)),
      0,
    );
    this.#batch = {
      capacity: samples,
      scratch: widest === 0 ? null : scope.numbers(samples * widest),
      x,
      input: { dense: x },
      bytes: scope.bytes(Math.max(samples * this.inputs, mostKeptBytes(samples, this.inputs))),
      compressed: scope.compressed(samples, this.inputs),
      loss: createLoss(this.#lossOptions, this.#operations, scope, samples, this.#last.units),
    };
    return this.#batch;
  }

  #checkAlive(): void {
    if (!this.#disposed) return;
    throw new CovgradError(
      'NETWORK_DISPOSED',
      'network: it must not be used after dispose(). Create another.',
    );
  }

  get #last(): DenseLayer {
    return this.layers.at(-1)!;
  }

  #layer(index: number): DenseLayer {
    const layer = this.layers[index];
    if (layer !== undefined) return layer;
    throw new ShapeError(
      'LAYER_OUT_OF_RANGE',
      `network: layer must be a whole number from 0 to ${this.layers.length - 1}, got ${index}.`,
      { layer: index, layers: this.layers.length },
    );
  }
}

/** Bytes that the kept non-zeros of a batch take at most, where they are not too many to be compressed. */
function mostKeptBytes(samples: number, inputs: number): number {
  // A count, and what fills up the last word of each sample.
  return 5 * samples + 3 * Math.floor(LARGEST_COMPRESSED_SHARE * samples * inputs);
}

function standardize(
  x: FloatArray,
  { mean, deviation }: NonNullable<SampleSource['standardization']>,
  count: number,
): void {
  const inputs = mean.length;
  for (let row = 0; row < count; row += inputs) {
    for (let j = 0; j < inputs; j++) x[row + j] = (x[row + j]! - mean[j]!) / deviation[j]!;
  }
}

function missingSample(row: number, samples: number): ShapeError {
  return new ShapeError(
    'SAMPLE_OUT_OF_RANGE',
    `load: rows must be from 0 to ${samples - 1}, got ${row}. Check the rows against the samples of the source.`,
    { row, samples },
  );
}
