/** Activation functions: their names, and their operations over a module. */

import { lookUp } from '../arguments.ts';
import type { KernelArray } from '../operations.ts';
import type { KernelHost } from './host.ts';

/** The functions between layers, by the names that a sweep file has for them. */
export const ACTIVATIONS = ['identity', 'relu', 'leaky-relu', 'tanh', 'sigmoid'] as const;

export type Activation = (typeof ACTIVATIONS)[number];

/** Slope of `leaky-relu` for negative inputs, as in PyTorch. */
export const LEAKY_RELU_SLOPE: number = 0.01;

/** The module's number for each activation: assembly/layer/activation.ts. */
export const ACTIVATION_KINDS: Readonly<Record<Activation, number>> = {
  identity: 0,
  relu: 1,
  'leaky-relu': 2,
  tanh: 3,
  sigmoid: 4,
};

export interface ActivationOperations {
  /** `out = f(z)`, element by element; `out` may be `z`. */
  activationForward(kind: Activation, out: KernelArray, z: KernelArray, count: number): void;
  /** `dz = da · f′`, with f′ taken from the activation's output `a`; `dz` may be `da`. */
  activationBackward(kind: Activation, dz: KernelArray, da: KernelArray, a: KernelArray, count: number): void;
}

/** Exports of assembly/exports/activations.ts. */
export interface ActivationExports {
  activationForward(out: number, z: number, kind: number, count: number): number;
  activationBackward(dz: number, da: number, a: number, kind: number, count: number): number;
}

export function activationOperations({ exports, at, need, check }: KernelHost): ActivationOperations {
  return {
    activationForward(kind, out, z, count) {
      need('activationForward', 'out', out, count);
      need('activationForward', 'z', z, count);
      const number = lookUp('activationForward', 'activation', ACTIVATION_KINDS, kind);
      check('activationForward', exports.activationForward(at(out), at(z), number, count));
    },
    activationBackward(kind, dz, da, a, count) {
      need('activationBackward', 'dz', dz, count);
      need('activationBackward', 'da', da, count);
      need('activationBackward', 'a', a, count);
      const number = lookUp('activationBackward', 'activation', ACTIVATION_KINDS, kind);
      check('activationBackward', exports.activationBackward(at(dz), at(da), at(a), number, count));
    },
  };
}
