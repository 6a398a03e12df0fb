/** Activation functions in plain float64. */

import { checkSizes } from '../arguments.ts';
import type { KernelArray } from '../operations.ts';
import { numbers } from '../reference-arguments.ts';
import { type Activation, type ActivationOperations, LEAKY_RELU_SLOPE } from './activations.ts';
import { normalDensity, normalDistribution } from './reference-normal.ts';

/** f(z). A NaN stays a NaN, so that a diverged network is seen in its loss. */
export function activate(kind: Activation, z: number): number {
  switch (kind) {
    case 'identity':
      return z;
    case 'relu':
      return Math.max(z, 0);
    case 'leaky-relu':
      return z > 0 ? z : LEAKY_RELU_SLOPE * z;
    case 'tanh':
      return Math.tanh(z);
    case 'sigmoid':
      return 1 / (1 + Math.exp(-z));
    case 'elu':
      return z > 0 ? z : Math.expm1(z);
    case 'gelu':
      return z * normalDistribution(z);
    case 'silu':
      return z * activate('sigmoid', z);
    case 'softplus':
      return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
  }
}

/** f′(z) in terms of what DERIVATIVE_FROM says: a = f(z), or z itself. */
export function activationSlope(kind: Activation, saved: number): number {
  switch (kind) {
    case 'identity':
      return 1;
    case 'relu':
      return saved > 0 ? 1 : 0;
    case 'leaky-relu':
      return saved > 0 ? 1 : LEAKY_RELU_SLOPE;
    case 'tanh':
      return 1 - saved * saved;
    case 'sigmoid':
      return saved * (1 - saved);
    case 'elu':
      return saved > 0 ? 1 : 1 + saved;
    case 'gelu':
      return normalDistribution(saved) + saved * normalDensity(saved);
    case 'silu': {
      const share = activate('sigmoid', saved);
      return share * (1 + saved * (1 - share));
    }
    case 'softplus':
      return activate('sigmoid', saved);
  }
}

/** `out_i = f(x_i, i)`. */
export function elementwise(
  where: string,
  out: KernelArray,
  x: KernelArray,
  count: number,
  f: (value: number, index: number) => number,
): void {
  checkSizes(where, { count });
  const source = numbers(where, 'input', x, count);
  const target = numbers(where, 'out', out, count);
  for (let i = 0; i < count; i++) target[i] = f(source[i]!, i);
}

export const referenceActivations: ActivationOperations = {
  activationForward(kind, out, z, count) {
    elementwise('activationForward', out, z, count, (value) => activate(kind, value));
  },
  activationBackward(kind, dz, da, saved, count) {
    const kept = numbers('activationBackward', 'saved', saved, count);
    elementwise('activationBackward', dz, da, count, (value, i) => value * activationSlope(kind, kept[i]!));
  },
};
