/** Activation functions in plain float64. */

import { checkSizes } from '../arguments.ts';
import type { KernelArray } from '../operations.ts';
import { numbers } from '../reference-arguments.ts';
import { type Activation, type ActivationOperations, LEAKY_RELU_SLOPE } from './activations.ts';

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
  }
}

/** f′(z) in terms of a = f(z). */
export function activationSlope(kind: Activation, a: number): number {
  switch (kind) {
    case 'identity':
      return 1;
    case 'relu':
      return a > 0 ? 1 : 0;
    case 'leaky-relu':
      return a > 0 ? 1 : LEAKY_RELU_SLOPE;
    case 'tanh':
      return 1 - a * a;
    case 'sigmoid':
      return a * (1 - a);
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
  activationBackward(kind, dz, da, a, count) {
    const output = numbers('activationBackward', 'a', a, count);
    elementwise('activationBackward', dz, da, count, (value, i) => value * activationSlope(kind, output[i]!));
  },
};
