/** Turns an optimizer's settings into steps on the arrays of a network. */

import { ConfigError } from '../errors.ts';
import type { KernelArray, Operations } from '../kernel/operations.ts';
import type { ArrayScope } from './array-scope.ts';
import { ADAM_DEFAULTS, SGD_DEFAULTS } from './optimizer-defaults.ts';

/** Stochastic gradient descent; defaults: no momentum, no weight decay. */
export interface SgdOptions {
  readonly type: 'sgd';
  readonly learning_rate: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly weight_decay?: number;
}

/** Adam, or AdamW with decoupled weight decay; defaults: betas 0.9 and 0.999, epsilon 1e-8, no weight decay. */
export interface AdamOptions {
  readonly type: 'adam' | 'adamw';
  readonly learning_rate: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly weight_decay?: number;
}

/** An optimizer as in the sweep file; what is left out means the same here as there. */
export type OptimizerOptions = SgdOptions | AdamOptions;

/** What an optimizer trains: numbers and the gradient of the cost with respect to each. */
export interface TrainedArray {
  readonly values: KernelArray;
  readonly gradient: KernelArray;
}

/** Moves every array one step along its gradient; weight decay acts on biases as well, as in PyTorch. */
export type OptimizerStep = () => void;

/** An optimizer with nothing left out. */
export type ResolvedOptimizer = Required<SgdOptions> | Required<AdamOptions>;

/** The options with every default filled in. */
export function resolveOptimizer(options: OptimizerOptions): ResolvedOptimizer {
  return options.type === 'sgd' ? { ...SGD_DEFAULTS, ...options } : { ...ADAM_DEFAULTS, ...options };
}

/**
 * An optimizer with its state (velocities, moments) allocated in `scope`.
 *
 * Errors: ConfigError for a setting out of range.
 */
export function createOptimizer(
  operations: Operations,
  scope: ArrayScope,
  options: OptimizerOptions,
  arrays: readonly TrainedArray[],
): OptimizerStep {
  const resolved = resolveOptimizer(options);
  checkOptimizer(resolved);
  return resolved.type === 'sgd'
    ? createSgd(operations, scope, resolved, arrays)
    : createAdam(operations, scope, resolved, arrays);
}

function createSgd(
  operations: Operations,
  scope: ArrayScope,
  options: Required<SgdOptions>,
  arrays: readonly TrainedArray[],
): OptimizerStep {
  const { learning_rate, momentum, nesterov, weight_decay } = options;
  const settings = { learningRate: learning_rate, momentum, nesterov, weightDecay: weight_decay };
  const trained = arrays.map(({ values, gradient }) => ({
    values,
    gradient,
    velocity: momentum === 0 ? null : scope.numbers(values.length),
  }));
  return () => {
    for (const { values, gradient, velocity } of trained) {
      operations.sgd(values, gradient, velocity, values.length, settings);
    }
  };
}

function createAdam(
  operations: Operations,
  scope: ArrayScope,
  options: Required<AdamOptions>,
  arrays: readonly TrainedArray[],
): OptimizerStep {
  const { type, learning_rate, beta1, beta2, epsilon, weight_decay } = options;
  const fixed = {
    learningRate: learning_rate,
    beta1,
    beta2,
    epsilon,
    weightDecay: weight_decay,
    decoupled: type === 'adamw',
  };
  const trained = arrays.map(({ values, gradient }) => ({
    values,
    gradient,
    first: scope.numbers(values.length),
    second: scope.numbers(values.length),
  }));
  // Multiplied up: how a power is rounded is the host's business, and training must not depend on it.
  let [power1, power2] = [1, 1];
  return () => {
    power1 *= beta1;
    power2 *= beta2;
    const settings = { ...fixed, correction1: 1 - power1, correction2: 1 - power2 };
    for (const { values, gradient, first, second } of trained) {
      operations.adam(values, gradient, first, second, values.length, settings);
    }
  };
}

function checkOptimizer(resolved: ResolvedOptimizer): void {
  if (!['sgd', 'adam', 'adamw'].includes(resolved.type)) {
    throw refuse('type', 'must be sgd, adam or adamw', resolved.type);
  }
  checkRange('learning_rate', resolved.learning_rate, 0, Number.POSITIVE_INFINITY);
  checkRange('weight_decay', resolved.weight_decay, 0, Number.POSITIVE_INFINITY);
  if (resolved.type === 'sgd') {
    checkRange('momentum', resolved.momentum, 0, 1);
    if (resolved.nesterov && resolved.momentum === 0) {
      throw refuse('nesterov', 'must go with a momentum above 0', resolved.momentum);
    }
  } else {
    checkRange('beta1', resolved.beta1, 0, 1);
    checkRange('beta2', resolved.beta2, 0, 1);
    checkRange('epsilon', resolved.epsilon, 0, Number.POSITIVE_INFINITY);
  }
}

function checkRange(name: string, value: number, from: number, below: number): void {
  if (value >= from && value < below) return;
  const limit = Number.isFinite(below) ? ` and below ${below}` : '';
  throw refuse(name, `must be a finite number of at least ${from}${limit}`, value);
}

function refuse(name: string, rule: string, value: unknown): ConfigError {
  return new ConfigError('OPTIMIZER_INVALID', `optimizer.${name}: it ${rule}, got ${String(value)}.`);
}
