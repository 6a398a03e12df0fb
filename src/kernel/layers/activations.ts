/** Activation functions: their names, and their operations over a module. */

import { lookUp } from '../arguments.ts';
import type { KernelArray } from '../operations.ts';
import type { KernelHost } from './host.ts';

/** The functions between layers, by the names that a sweep file has for them. */
export const ACTIVATIONS = [
  'identity',
  'relu',
  'leaky-relu',
  'tanh',
  'sigmoid',
  'elu',
  'gelu',
  'silu',
  'softplus',
] as const;

export type Activation = (typeof ACTIVATIONS)[number];

/** Slope of `leaky-relu` for negative inputs, as in PyTorch. */
export const LEAKY_RELU_SLOPE: number = 0.01;

/**
 * What an activation's derivative is computed from: its output, which a layer may write over its input, or its input, which it must keep
 * then. `gelu` and `silu` fall and rise, so their output does not tell; `softplus` would lose digits.
 */
export const DERIVATIVE_FROM: Readonly<Record<Activation, 'output' | 'input'>> = {
  identity: 'output',
  relu: 'output',
  'leaky-relu': 'output',
  tanh: 'output',
  sigmoid: 'output',
  elu: 'output',
  gelu: 'input',
  silu: 'input',
  softplus: 'input',
};

/** The module's number for each activation: assembly/layer/activation.ts. */
export const ACTIVATION_KINDS: Readonly<Record<Activation, number>> = {
  identity: 0,
  relu: 1,
  'leaky-relu': 2,
  tanh: 3,
  sigmoid: 4,
  elu: 5,
  gelu: 6,
  silu: 7,
  softplus: 8,
};

export interface ActivationOperations {
  /**
   * `out = f(z)`, element by element; `out` may be `z`. `elu` is e^z − 1 below 0, `gelu` z·Φ(z) with the normal distribution function
   * (exact, not by tanh), `silu` z/(1 + e^−z), `softplus` log(1 + e^z).
   */
  activationForward(kind: Activation, out: KernelArray, z: KernelArray, count: number): void;
  /** `dz = da · f′`, with f′ from what was `saved`: see {@link DERIVATIVE_FROM}; `dz` may be `da`. */
  activationBackward(
    kind: Activation,
    dz: KernelArray,
    da: KernelArray,
    saved: KernelArray,
    count: number,
  ): void;
}

/** Exports of assembly/exports/activations.ts. */
export interface ActivationExports {
  activationForward(out: number, z: number, kind: number, count: number): number;
  activationBackward(dz: number, da: number, saved: number, kind: number, count: number): number;
}

export function activationOperations({ exports, at, need, check }: KernelHost): ActivationOperations {
  return {
    activationForward(kind, out, z, count) {
      need('activationForward', 'out', out, count);
      need('activationForward', 'z', z, count);
      const number = lookUp('activationForward', 'activation', ACTIVATION_KINDS, kind);
      check('activationForward', exports.activationForward(at(out), at(z), number, count));
    },
    activationBackward(kind, dz, da, saved, count) {
      need('activationBackward', 'dz', dz, count);
      need('activationBackward', 'da', da, count);
      need('activationBackward', 'saved', saved, count);
      const number = lookUp('activationBackward', 'activation', ACTIVATION_KINDS, kind);
      check('activationBackward', exports.activationBackward(at(dz), at(da), at(saved), number, count));
    },
  };
}
