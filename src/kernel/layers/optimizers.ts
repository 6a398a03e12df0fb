/** The optimizers' operations: one step on an array of parameters, what clipping and layer-wise rates need, and all of them over a module. */

import { checkState } from '../arguments.ts';
import type { KernelArray } from '../operations.ts';
import type { KernelHost } from './host.ts';

/**
 * SGD as PyTorch defines it, with h = g + weightDecay·p: `v = momentum·v + h; p −= learningRate·(nesterov ? h + momentum·v : v)`.
 * The gradients g are not changed.
 */
export interface SgdSettings {
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly nesterov: boolean;
}

/**
 * Adam and AdamW as PyTorch defines them. Decoupled (AdamW): `p −= learningRate·weightDecay·p` first; else
 * h = g + weightDecay·p in place of g, which is not changed. Then `m = β₁m + (1−β₁)h`, `v = β₂v + (1−β₂)h²`,
 * `p −= learningRate/correction1 · m / (sqrt(v)/sqrt(correction2) + epsilon)`.
 */
export interface AdamSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly decoupled: boolean;
  /** `1 − β₁^t` and `1 − β₂^t` at step t, counted from 1. */
  readonly correction1: number;
  readonly correction2: number;
}

/**
 * RMSprop as PyTorch defines it, with h = g + weightDecay·p, which leaves g as it is: `s = alpha·s + (1−alpha)·h²`;
 * `a = alpha·a + (1−alpha)·h` and `d = max(s − a², 0)` where it is centered, else `d = s`; `u = h/(sqrt(d) + epsilon)`;
 * with momentum `v = momentum·v + u` in the place of u; `p −= learningRate·u`.
 */
export interface RmspropSettings {
  readonly learningRate: number;
  readonly alpha: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly centered: boolean;
}

/** What RMSprop remembers; zero before the first step. */
export interface RmspropState {
  readonly square: KernelArray;
  /** Null unless it is centered. */
  readonly mean: KernelArray | null;
  /** Null without momentum. */
  readonly velocity: KernelArray | null;
}

/**
 * Lion: `c = β₁v + (1−β₁)g`; `p −= learningRate·(sign(c) + weightDecay·p)`; `v = β₂v + (1−β₂)g`. The sign of 0 is 0.
 *
 * Source: Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023.
 */
export interface LionSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
}

/**
 * LARS: `v = momentum·v + rate·(g + weightDecay·p)`; `p −= v`, with rate = learningRate·(trust ratio of the array).
 *
 * Source: You, Gitman and Ginsburg, "Large Batch Training of Convolutional Networks", 2017.
 */
export interface LarsSettings {
  readonly rate: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/** Steps of the optimizers. Gradients are only read, but by `scale`. */
export interface OptimizerOperations {
  /** One step of SGD on `parameters`; `velocity` is not touched when momentum is 0 and may then be null. */
  sgd(
    parameters: KernelArray,
    gradients: KernelArray,
    velocity: KernelArray | null,
    count: number,
    settings: SgdSettings,
  ): void;
  /** One step of Adam or AdamW; `first` and `second` are the running moments, zero before step 1. */
  adam(
    parameters: KernelArray,
    gradients: KernelArray,
    first: KernelArray,
    second: KernelArray,
    count: number,
    settings: AdamSettings,
  ): void;
  /** One step of RMSprop. */
  rmsprop(
    parameters: KernelArray,
    gradients: KernelArray,
    state: RmspropState,
    count: number,
    settings: RmspropSettings,
  ): void;
  /** One step of Lion; `velocity` is zero before the first. */
  lion(
    parameters: KernelArray,
    gradients: KernelArray,
    velocity: KernelArray,
    count: number,
    settings: LionSettings,
  ): void;
  /** One step of LARS; `velocity` is zero before the first. */
  lars(
    parameters: KernelArray,
    gradients: KernelArray,
    velocity: KernelArray,
    count: number,
    settings: LarsSettings,
  ): void;
  /** Sum of the squares of the first `count` entries, in float64 whatever the precision of the kernel. */
  squaredNorm(x: KernelArray, count: number): number;
  /** The first `count` entries of `x` times `factor`, in place. */
  scale(x: KernelArray, count: number, factor: number): void;
}

/** Exports of assembly/exports/optimizers.ts. */
export interface OptimizerExports {
  sgd(...operands: number[]): number;
  adam(...operands: number[]): number;
  rmsprop(...operands: number[]): number;
  lion(...operands: number[]): number;
  lars(...operands: number[]): number;
  squaredNorm(norm: number, x: number, count: number): number;
  scale(x: number, count: number, factor: number): number;
}

export function optimizerOperations({ exports, result, at, need, check }: KernelHost): OptimizerOperations {
  return {
    sgd(parameters, gradients, velocity, count, { learningRate, momentum, weightDecay, nesterov }) {
      need('sgd', 'parameters', parameters, count);
      need('sgd', 'gradients', gradients, count);
      need('sgd', 'velocity', velocity, count);
      checkState('sgd', 'momentum', velocity, momentum !== 0);
      const status = exports.sgd(
        at(parameters),
        at(gradients),
        at(velocity),
        count,
        learningRate,
        momentum,
        weightDecay,
        +nesterov,
      );
      check('sgd', status);
    },
    adam(parameters, gradients, first, second, count, settings) {
      need('adam', 'parameters', parameters, count);
      need('adam', 'gradients', gradients, count);
      need('adam', 'first', first, count);
      need('adam', 'second', second, count);
      const status = exports.adam(
        at(parameters),
        at(gradients),
        at(first),
        at(second),
        count,
        settings.learningRate,
        settings.correction1,
        settings.correction2,
        settings.beta1,
        settings.beta2,
        settings.epsilon,
        settings.weightDecay,
        +settings.decoupled,
      );
      check('adam', status);
    },
    rmsprop(parameters, gradients, { square, mean, velocity }, count, settings) {
      const { learningRate, alpha, epsilon, momentum, weightDecay, centered } = settings;
      need('rmsprop', 'parameters', parameters, count);
      need('rmsprop', 'gradients', gradients, count);
      need('rmsprop', 'square', square, count);
      need('rmsprop', 'mean', mean, count);
      need('rmsprop', 'velocity', velocity, count);
      checkState('rmsprop', 'centered', mean, centered);
      checkState('rmsprop', 'momentum', velocity, momentum !== 0);
      const arrays = [at(parameters), at(gradients), at(square), at(mean), at(velocity)];
      const numbers = [learningRate, alpha, epsilon, momentum, weightDecay, +centered];
      check('rmsprop', exports.rmsprop(...arrays, count, ...numbers));
    },
    lion(parameters, gradients, velocity, count, { learningRate, beta1, beta2, weightDecay }) {
      need('lion', 'parameters', parameters, count);
      need('lion', 'gradients', gradients, count);
      need('lion', 'velocity', velocity, count);
      const arrays = [at(parameters), at(gradients), at(velocity)];
      check('lion', exports.lion(...arrays, count, learningRate, beta1, beta2, weightDecay));
    },
    lars(parameters, gradients, velocity, count, { rate, momentum, weightDecay }) {
      need('lars', 'parameters', parameters, count);
      need('lars', 'gradients', gradients, count);
      need('lars', 'velocity', velocity, count);
      const arrays = [at(parameters), at(gradients), at(velocity)];
      check('lars', exports.lars(...arrays, count, rate, momentum, weightDecay));
    },
    squaredNorm(x, count) {
      need('squaredNorm', 'x', x, count);
      check('squaredNorm', exports.squaredNorm(result.offsetBytes, at(x), count));
      return result.values[0]!;
    },
    scale(x, count, factor) {
      need('scale', 'x', x, count);
      check('scale', exports.scale(at(x), count, factor));
    },
  };
}
