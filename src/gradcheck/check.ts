/** The gradient check: every penalty of every kernel against central differences of its value in float64. */

import type { PenaltyDefinition } from '../kernel/catalogue.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Variant } from '../kernel/operations.ts';
import { centralDifferences, spreadIndices } from './differences.ts';
import { type CheckInput, checkInputs, type InputKind } from './inputs.ts';
import { judgeGradient } from './judgement.ts';

/** Largest errors that pass, relative to the largest entry of the gradient. */
export const GRADIENT_TOLERANCES: Readonly<Record<Kernel['precision'], number>> = { f32: 1e-4, f64: 1e-6 };

/** Entries of a gradient that are compared: all of a small one, evenly spread ones of others. */
const MOST_ENTRIES = 200;
const MOST_ENTRIES_OF_LARGE = 12;
const LARGE = 1000;

/** The worst case of one penalty on one kernel. */
export interface KernelResult {
  readonly variant: Variant;
  readonly precision: Kernel['precision'];
  /** Largest error, relative to the largest entry of the gradient. */
  readonly error: number;
  readonly tolerance: number;
  readonly worst: { readonly kind: InputKind; readonly samples: number; readonly units: number };
  readonly passed: boolean;
}

/** One penalty on all kernels. */
export interface PenaltyResult {
  readonly id: string;
  /** False where the catalogue declares the gradient inexact: it is then checked against the value that it belongs to. */
  readonly exact: boolean;
  /** The penalty whose value the gradient must be the derivative of. */
  readonly derivativeOf: string;
  readonly cases: number;
  readonly kernels: readonly KernelResult[];
  readonly passed: boolean;
}

/** Whose derivative an inexact gradient really is. */
const DERIVATIVE_OF: Readonly<Record<string, string>> = { 'mean-abs-signed': 'mean' };

/** Check penalties on kernels; the reference supplies the values that are differenced. */
export function checkPenalties(
  penalties: readonly PenaltyDefinition[],
  kernels: readonly Kernel[],
  reference: Kernel,
): PenaltyResult[] {
  const inputs = checkInputs();
  return penalties.map((penalty) => checkPenalty(penalty, inputs, kernels, reference));
}

/** The penalty whose derivative the gradient of `id` is: itself, unless the catalogue declares it inexact. */
export function derivativeOf(id: string): string {
  return DERIVATIVE_OF[id] ?? id;
}

/** Derivatives of a penalty's value at some entries of the activations. */
export function differentiate(
  id: string,
  { x, samples, units }: CheckInput,
  reference: Kernel,
): { readonly indices: readonly number[]; readonly truth: readonly number[] } {
  const indices = spreadIndices(x.length, x.length > LARGE ? MOST_ENTRIES_OF_LARGE : MOST_ENTRIES);
  const value = (at: Float64Array): number => reference.penalty(id, at, { samples, units }).value;
  return { indices, truth: centralDifferences(value, x, units, indices) };
}

function checkPenalty(
  { id, exact }: PenaltyDefinition,
  inputs: readonly CheckInput[],
  kernels: readonly Kernel[],
  reference: Kernel,
): PenaltyResult {
  const origin = derivativeOf(id);
  const worst = new Map<Kernel, { error: number; input: CheckInput }>();
  for (const input of inputs) {
    const { x, samples, units } = input;
    const { indices, truth } = differentiate(origin, input, reference);
    for (const kernel of kernels) {
      const { gradient } = kernel.penalty(id, x, { samples, units });
      const entries = indices.map((index) => gradient[index]!);
      const { error } = judgeGradient(entries, truth, GRADIENT_TOLERANCES[kernel.precision]);
      const before = worst.get(kernel);
      if (before === undefined || error > before.error) worst.set(kernel, { error, input });
    }
  }
  const results = kernels.map((kernel): KernelResult => {
    const { error, input } = worst.get(kernel)!;
    const tolerance = GRADIENT_TOLERANCES[kernel.precision];
    const { kind, samples, units } = input;
    return {
      variant: kernel.variant,
      precision: kernel.precision,
      error,
      tolerance,
      worst: { kind, samples, units },
      passed: error <= tolerance,
    };
  });
  const passed = results.every((result) => result.passed);
  return { id, exact, derivativeOf: origin, cases: inputs.length, kernels: results, passed };
}
