/**
 * A network whose layers can carry penalties: forward, backward and optimizer step, on any kernel.
 *
 * Batches, chains of layers and parameters are elsewhere; here is every method of the public interface, hence the length.
 */

import { CovgradError, ShapeError } from '../errors.ts';
import { largestOf } from '../extremes.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { FloatArray, KernelArray, Operations } from '../kernel/operations.ts';
import { ArrayScope } from './array-scope.ts';
import { Batch } from './batch.ts';
import { Chain } from './chain.ts';
import type { ChainPlan, ListedLayer, ModelPlan } from './chain-plan.ts';
import { GradientPool } from './gradient-pool.ts';
import { countOf, type Pass } from './layer.ts';
import type { LossOptions, LossResult } from './loss.ts';
import { planModel } from './model-plan.ts';
import type { LayerInfo, LayerProbe, Network, SampleSource, StepResult } from './network-api.ts';
import { checkNetworkOptions, type NetworkOptions } from './network-options.ts';
import { NetworkParameters } from './network-parameters.ts';
import { attachPenalty } from './network-penalty.ts';
import type { OneHotLabels } from './one-hot-labels.ts';
import type { Optimizer } from './optimizer.ts';
import { createOptimizer } from './optimizers.ts';
import type { Parameter } from './parameter.ts';
import { checkTargetOptions, createTrainingLoss, type TargetOptions } from './soft-cross-entropy.ts';
import type { Tap } from './tap.ts';

export type { LayerInfo, LayerProbe, Network, SampleSource, StepResult } from './network-api.ts';
export type { LayerOptions, NetworkLayer, NetworkOptions, NetworkPenalty } from './network-options.ts';
export type { Parameter } from './parameter.ts';

/** Memory for batches. */
interface Room {
  readonly batch: Batch;
  /** For the gradient of one penalty; null where none acts. */
  readonly scratch: KernelArray | null;
}

/**
 * A network with weights drawn from its seed: He's uniform below rectifiers, Glorot's elsewhere, biases 0.
 *
 * Errors: ConfigError for options that make no network, ShapeError for layers that do not fit onto each other, an unknown penalty, a
 * parameter that it does not have or units that it cannot pair, KernelError when memory runs out.
 */
export function createNetwork(kernel: Kernel, options: NetworkOptions): Network {
  const { layers, inputShape } = checkNetworkOptions(options);
  const plan = planModel(layers, inputShape);
  const lasting = new ArrayScope(kernel.operations);
  const perBatch = new ArrayScope(kernel.operations);
  try {
    return new LayeredNetwork(kernel.operations, lasting, perBatch, plan, options);
  } catch (error) {
    perBatch.release();
    lasting.release();
    throw error;
  }
}

class LayeredNetwork implements Network {
  readonly inputs: number;
  readonly layers: readonly LayerInfo[];
  readonly parameters: readonly Parameter[];
  readonly buffers: readonly Parameter[];
  readonly #operations: Operations;
  readonly #chain: Chain;
  readonly #outputs: number;
  readonly #taps: readonly Tap[];
  readonly #gradients: GradientPool;
  readonly #held: NetworkParameters;
  readonly #lossOptions: LossOptions & TargetOptions;
  /** For the penalty, where it looks at them. */
  readonly #labels: OneHotLabels | null;
  readonly #optimizer: Optimizer;
  readonly #seed: number;
  /** Parameters, their gradients and the optimizer's state. */
  readonly #lasting: ArrayScope;
  readonly #perBatch: ArrayScope;
  #room: Room | null = null;
  #steps = 0;
  /** What a backward pass does with the gradient of a tensor that is observed. */
  #visit: (tap: Tap, gradient: KernelArray, pass: Pass) => number = addPenalties;
  #disposed = false;

  constructor(
    operations: Operations,
    lasting: ArrayScope,
    perBatch: ArrayScope,
    plan: ModelPlan,
    options: NetworkOptions,
  ) {
    const { seed = 0, batch, penalty } = options;
    this.#operations = operations;
    this.#lasting = lasting;
    this.#perBatch = perBatch;
    this.#seed = seed;
    const { labelSmoothing, classWeights, mixesSamples } = options;
    const targets = { labelSmoothing, classWeights, mixesSamples };
    this.#lossOptions = { kind: options.loss, delta: options.huberDelta, ...targets };
    checkTargetOptions(targets, options.loss, countOf(plan.chain.output));
    this.inputs = countOf(plan.chain.input);
    this.#outputs = countOf(plan.chain.output);
    this.#held = new NetworkParameters(operations, lasting, plan.chain, seed, () => this.#checkAlive());
    this.parameters = this.#held.parameters;
    this.buffers = this.#held.buffers;
    this.#gradients = new GradientPool(plan.chain);
    const taps: Tap[] = [];
    this.#chain = new Chain(
      {
        operations,
        gradients: this.#gradients,
        arraysOf: (node) => this.#held.of(node),
        onTap: (tap) => taps.push(tap),
        visit: (...observed) => this.#visit(...observed),
      },
      plan.chain,
    );
    this.#taps = taps;
    const feeding = feedsDense(plan.chain);
    this.layers = taps.map(({ listed, shape }) => {
      const { name, penalized } = listed;
      return { name, penalized, ...shape, feedsDense: feeding.has(listed) };
    });
    this.#labels = attachPenalty(operations, taps, this.#outputs, penalty);
    this.#optimizer = createOptimizer(operations, lasting, options.optimizer, this.#held.trained);
    if (batch !== undefined) this.#reserve(batch);
  }

  step(x: ArrayLike<number>, targets: ArrayLike<number>): StepResult {
    const samples = this.#write(x);
    const { batch } = this.#reserve(samples);
    const { targetsPerSample } = batch.loss;
    if (targets.length !== samples * targetsPerSample) {
      throw new ShapeError(
        'LENGTH_MISMATCH',
        `step: targets must hold ${targetsPerSample} for each of ${samples} samples, got ${targets.length}. Check the targets against the loss and the units of the last layer.`,
        { samples, expected: samples * targetsPerSample, got: targets.length },
      );
    }
    batch.loss.gather(targets, (s) => s, samples);
    batch.loaded = samples;
    const { loss, penalty } = this.stepLoaded();
    return { loss, penalty };
  }

  predict(x: ArrayLike<number>): FloatArray {
    const samples = this.#write(x);
    this.#forward(this.#pass(samples, 'evaluation', false));
    return this.#chain.output.values.slice(0, samples * this.#outputs);
  }

  activations(x: ArrayLike<number>, layer: number): FloatArray {
    const chosen = this.#tap(layer);
    const samples = this.#write(x);
    this.#forward(this.#pass(samples, 'evaluation', false));
    return chosen.observed.values.slice(0, chosen.rowsOf(samples) * chosen.units);
  }

  load(
    source: SampleSource,
    rows: Uint32Array<ArrayBufferLike> | null,
    first: number,
    samples: number,
  ): void {
    this.#reserve(samples).batch.load(source, rows, first, samples);
  }

  stepLoaded(): StepResult & LossResult {
    const pass = this.#pass(this.#loadedSamples(), 'training', true);
    const { loss, correct } = this.#towardsLoss(pass);
    this.#visit = addPenalties;
    const penalty = this.#chain.backward(false, pass);
    this.#held.regularize();
    this.#optimizer.step();
    this.#held.constrain();
    this.#steps += 1;
    return { loss, penalty, correct };
  }

  evaluateLoaded(): LossResult {
    const samples = this.#loadedSamples();
    this.#forward(this.#pass(samples, 'evaluation', false));
    return this.#reserve(samples).batch.loss.evaluate(null, this.#chain.output, samples);
  }

  answersLoaded(): { outputs: FloatArray; targets: ArrayLike<number> } {
    const samples = this.#loadedSamples();
    const { loss } = this.#reserve(samples).batch;
    return {
      outputs: loss.answers(this.#chain.output, samples),
      targets: loss.targets.values.subarray(0, samples * loss.targetsPerSample),
    };
  }

  probeLoaded(): LayerProbe[] {
    const samples = this.#loadedSamples();
    const { scratch } = this.#reserve(samples);
    if (scratch === null) return [];
    const pass = this.#pass(samples, 'training', false);
    this.#towardsLoss(pass);
    const probes: LayerProbe[] = [];
    this.#visit = (tap, gradient) => {
      const sums = tap.probe(gradient, scratch, pass);
      if (sums !== null) probes.push({ layer: tap.listed.position, ...sums });
      return 0;
    };
    this.#chain.backward(false, pass);
    return probes.sort((a, b) => a.layer - b.layer);
  }

  get learningRate(): number {
    return this.#optimizer.learningRate;
  }

  set learningRate(rate: number) {
    this.#optimizer.learningRate = rate;
  }

  get penaltyWeight(): number {
    return this.#taps.find(({ penalty }) => penalty !== null)?.penalty?.weight ?? 0;
  }

  set penaltyWeight(weight: number) {
    for (const { penalty } of this.#taps) if (penalty !== null) penalty.weight = weight;
  }

  copyActivations(target: KernelArray, firstRow: number, layer: number): void {
    const tap = this.#tap(layer);
    const activations = tap.observed.values.subarray(0, tap.rowsOf(this.#loadedSamples()) * tap.units);
    target.values.set(activations, firstRow * tap.units);
  }

  copyPositions(
    target: KernelArray,
    firstRow: number,
    layer: number,
    positions: Uint32Array<ArrayBufferLike>,
  ): void {
    const tap = this.#tap(layer);
    const [{ units, shape }, from, to] = [tap, tap.tensor.values, target.values];
    const count = positions.length / this.#loadedSamples();
    for (const [row, position] of positions.entries()) {
      const first = (Math.floor(row / count) * shape.positions + position) * units;
      for (let unit = 0; unit < units; unit++) to[(firstRow + row) * units + unit] = from[first + unit]!;
    }
  }

  isFinite(): boolean {
    return this.#held.isFinite();
  }

  dispose(): void {
    this.#disposed = true;
    this.#perBatch.release();
    this.#lasting.release();
  }

  #pass(samples: number, mode: Pass['mode'], learns: boolean): Pass {
    return { samples, mode, learns, step: this.#steps, seed: this.#seed };
  }

  #loadedSamples(): number {
    const loaded = this.#room?.batch.loaded ?? 0;
    if (loaded > 0) return loaded;
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
    this.#reserve(samples).batch.write(x);
    return samples;
  }

  #forward(pass: Pass): void {
    this.#chain.forward(this.#reserve(pass.samples).batch.input, pass);
  }

  /** The way of a batch up to the loss, whose gradient is left where the backward pass begins. */
  #towardsLoss(pass: Pass): LossResult {
    this.#forward(pass);
    const { loss } = this.#reserve(pass.samples).batch;
    const result = loss.evaluate(this.#chain.outputGradient, this.#chain.output, pass.samples);
    if (loss.labels !== null) this.#labels?.write(loss.labels, pass.samples);
    return result;
  }

  /** The memory of a batch, made anew when it is too small for `samples`. */
  #reserve(samples: number): Room {
    this.#checkAlive();
    if (this.#room !== null && this.#room.batch.capacity >= samples) return this.#room;
    this.#room = null;
    this.#perBatch.release();
    const scope = this.#perBatch;
    this.#gradients.reserve(scope, samples);
    this.#chain.reserve(scope, samples);
    this.#labels?.reserve(scope, samples);
    const widest = largestOf(
      this.#taps.map((tap) => tap.probeCount(samples)),
      0,
    );
    this.#room = {
      scratch: widest === 0 ? null : scope.numbers(widest),
      batch: new Batch(this.#operations, scope, {
        capacity: samples,
        inputs: this.inputs,
        takesCompressed: this.#chain.takesCompressed,
        loss: createTrainingLoss(this.#lossOptions, this.#operations, scope, samples, this.#outputs),
      }),
    };
    return this.#room;
  }

  #checkAlive(): void {
    if (!this.#disposed) return;
    throw new CovgradError(
      'NETWORK_DISPOSED',
      'network: it must not be used after dispose(). Create another.',
    );
  }

  #tap(index: number): Tap {
    const tap = this.#taps[index];
    if (tap !== undefined) return tap;
    throw new ShapeError(
      'LAYER_OUT_OF_RANGE',
      `network: layer must be a whole number from 0 to ${this.#taps.length - 1}, got ${index}.`,
      { layer: index, layers: this.#taps.length },
    );
  }
}

/** The layers of which features that are shown are just what a dense layer takes in. */
function feedsDense({ nodes }: ChainPlan): Set<ListedLayer> {
  const found = new Set<ListedLayer>();
  for (const [i, { plan, listed, observed }] of nodes.entries()) {
    for (const inside of plan.inside ?? []) for (const layer of feedsDense(inside)) found.add(layer);
    const above = nodes[i + 1]?.listed;
    if (observed && above !== listed && above?.kind === 'dense' && plan.output.length === 1)
      found.add(listed);
  }
  return found;
}

function addPenalties(tap: Tap, gradient: KernelArray, pass: Pass): number {
  return tap.addPenalties(gradient, pass);
}
