/** The gradient check: every penalty of every kernel against central differences of its value in float64. */

import type { CrossPenaltyDefinition, PenaltyDefinition } from '../kernel/catalogue.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Variant } from '../kernel/operations.ts';
import { centralDifferences, spreadIndices } from './differences.ts';
import { type CheckInput, checkInputs, type InputKind } from './inputs.ts';
import { judgeGradient } from './judgement.ts';
import { type Subject, subjectOf } from './subject.ts';

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

/** Check penalties on kernels; the reference supplies the values that are differenced. */
export function checkPenalties(
  penalties: readonly (PenaltyDefinition | CrossPenaltyDefinition)[],
  kernels: readonly Kernel[],
  reference: Kernel,
): PenaltyResult[] {
  const inputs = checkInputs();
  return penalties.map((penalty) => checkSubject(subjectOf(penalty), inputs, kernels, reference));
}

/** Derivatives of what the gradient of a penalty belongs to, at some entries of the activations. */
export function differentiate(
  { antiderivative, costly }: Subject,
  input: CheckInput,
  reference: Kernel,
): { readonly indices: readonly number[]; readonly truth: readonly number[] } {
  const { x, units } = input;
  const most = x.length > LARGE ? MOST_ENTRIES_OF_LARGE : MOST_ENTRIES;
  const indices = spreadIndices(x.length, most[costly ? 'costly' : 'plain']);
  const value = (at: Float64Array): number => antiderivative(reference, at, input);
  return { indices, truth: centralDifferences(value, x, units, indices) };
}

function checkSubject(
  subject: Subject,
  inputs: readonly CheckInput[],
  kernels: readonly Kernel[],
  reference: Kernel,
): PenaltyResult {
  const { id, exact, derivativeOf } = subject;
  const worst = new Map<Kernel, { error: number; input: CheckInput }>();
  for (const input of inputs) {
    const { indices, truth } = differentiate(subject, input, reference);
    for (const kernel of kernels) {
      const { gradient } = subject.evaluate(kernel, input.x, input);
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
  return { id, exact, derivativeOf, cases: inputs.length, kernels: results, passed };
}
