/** The gradient check: every penalty of every kernel against central differences of its value in float64. */

import { findPenalty, type PenaltyDefinition } from '../kernel/catalogue.ts';
import { RIDGE } from '../kernel/catalogue-parameters.ts';
import type { Kernel, PenaltyOptions } from '../kernel/kernel.ts';
import type { Variant } from '../kernel/operations.ts';
import { centralDifferences, spreadIndices } from './differences.ts';
import { type CheckInput, checkInputs, type InputKind } from './inputs.ts';
import { judgeGradient } from './judgement.ts';

/** Largest errors that pass, relative to the largest entry of the gradient. */
export const GRADIENT_TOLERANCES: Readonly<Record<Kernel['precision'], number>> = { f32: 1e-4, f64: 1e-6 };

/** Entries of a gradient that are compared, evenly spread: fewer where each value costs a factorisation or all pairs. */
const MOST_ENTRIES = { plain: 100, costly: 24 } as const;
/** The same for large activations. */
const MOST_ENTRIES_OF_LARGE = { plain: 6, costly: 3 } as const;
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

/**
 * Options of a penalty on a check's input: the defaults, but for one case that central differences cannot see.
 *
 * Fewer samples than units make C singular: ε is all that holds its determinant away from zero. Beside variances of ten
 * thousand C is rounded by 1e-12, a billionth of log-det's ε of 1e-3, and the differences of its logarithm keep five digits
 * (3e-5 beside a bound of 1e-6, while every build agrees with the reference to 4e-8). A hundred times the ε gives seven.
 */
export function checkOptions(id: string, { kind, samples, units }: CheckInput): PenaltyOptions {
  const drowned = id === 'log-det' && kind === 'scaled' && samples <= units;
  return { samples, units, ...(drowned ? { epsilon: 100 * RIDGE.default } : {}) };
}

/** Derivatives of a penalty's value at some entries of the activations. */
export function differentiate(
  id: string,
  input: CheckInput,
  reference: Kernel,
): { readonly indices: readonly number[]; readonly truth: readonly number[] } {
  const { x, units } = input;
  const family = findPenalty(id)?.family;
  const cost = family === 'spectral' || family === 'information' ? 'costly' : 'plain';
  const most = x.length > LARGE ? MOST_ENTRIES_OF_LARGE : MOST_ENTRIES;
  const indices = spreadIndices(x.length, most[cost]);
  const options = checkOptions(id, input);
  const value = (at: Float64Array): number => reference.penalty(id, at, options).value;
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
    const { indices, truth } = differentiate(origin, input, reference);
    const options = checkOptions(id, input);
    for (const kernel of kernels) {
      const { gradient } = kernel.penalty(id, input.x, options);
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
