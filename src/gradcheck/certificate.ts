/** The gradient certificate: every check of every penalty on every kernel, shape and kind of input, as data. */

import type { PenaltyDefinition } from '../kernel/catalogue.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { FloatArray, Variant } from '../kernel/operations.ts';
import { uniformStream } from '../random.ts';
import { derivativeOf, differentiate, GRADIENT_TOLERANCES } from './check.ts';
import { type CheckInput, checkInputs, type InputKind } from './inputs.ts';
import { judgeGradient } from './judgement.ts';

/** A kernel to certify, with the digest of its module (null for the reference, which has none). */
export interface CertifiedKernel {
  readonly kernel: Kernel;
  readonly sha256: string | null;
}

/**
 * The errors of one case; null where a check does not apply.
 *
 * Units: relative to the largest entry of the gradient (differences, reference), to the size of the terms that cancel
 * (euler, adjoint), or to the value (shift, scale).
 */
export interface CaseErrors {
  /** Against central differences of the value in float64. */
  readonly differences: number;
  /** Value and gradient against the float64 reference. */
  readonly reference: number;
  /** Euler: ⟨x, ∂/∂x⟩ = degree · value, for homogeneous penalties. */
  readonly euler: number | null;
  /** The value when every unit is moved by a constant, for centred penalties. */
  readonly shift: number | null;
  /** The value when the activations are doubled, for penalties of degree 0. */
  readonly scale: number | null;
}

export interface CertificateCase {
  readonly penalty: string;
  readonly variant: Variant;
  readonly precision: 'f32' | 'f64';
  readonly kind: InputKind;
  readonly samples: number;
  readonly units: number;
  readonly errors: CaseErrors;
  readonly passed: boolean;
}

/** ⟨G, JVP(T)⟩ = ⟨VJP(G), T⟩ for random G and T: that the covariance's two derivatives belong together. */
export interface AdjointCase {
  readonly variant: Variant;
  readonly precision: 'f32' | 'f64';
  readonly kind: InputKind;
  readonly samples: number;
  readonly units: number;
  readonly error: number;
  readonly passed: boolean;
}

export interface Certificate {
  readonly schemaVersion: 1;
  readonly kernels: readonly {
    readonly variant: Variant;
    readonly precision: 'f32' | 'f64';
    readonly sha256: string | null;
  }[];
  /** Largest errors that pass, by precision. */
  readonly tolerances: { readonly f32: number; readonly f64: number };
  readonly cases: readonly CertificateCase[];
  readonly adjoints: readonly AdjointCase[];
  readonly passed: boolean;
}

/** Small beside any variance of the inputs, and still a number that float32 can add to one. */
const NO_SMOOTHING = 1e-14;

/** Run every check. */
export function certify(
  penalties: readonly PenaltyDefinition[],
  certified: readonly CertifiedKernel[],
  reference: Kernel,
): Certificate {
  const inputs = checkInputs();
  const cases = penalties.flatMap((penalty) =>
    inputs.flatMap((input) => certifyCase(penalty, input, certified, reference)),
  );
  const adjoints = certified.flatMap(({ kernel }) => inputs.map((input) => certifyAdjoint(kernel, input)));
  return {
    schemaVersion: 1,
    kernels: certified.map(({ kernel: { variant, precision }, sha256 }) => ({ variant, precision, sha256 })),
    tolerances: GRADIENT_TOLERANCES,
    cases,
    adjoints,
    passed: [...cases, ...adjoints].every(({ passed }) => passed),
  };
}

function certifyCase(
  penalty: PenaltyDefinition,
  input: CheckInput,
  certified: readonly CertifiedKernel[],
  reference: Kernel,
): CertificateCase[] {
  const { id } = penalty;
  const { x, kind, samples, units } = input;
  const { indices, truth } = differentiate(derivativeOf(id), input, reference);
  const expected = reference.penalty(id, x, { samples, units });
  return certified.map(({ kernel }): CertificateCase => {
    const { variant, precision } = kernel;
    const tolerance = GRADIENT_TOLERANCES[precision];
    const actual = kernel.penalty(id, x, { samples, units });
    const entries = indices.map((index) => actual.gradient[index]!);
    const errors: CaseErrors = {
      differences: judgeGradient(entries, truth, tolerance).error,
      reference: Math.max(
        judgeGradient(actual.gradient, expected.gradient, tolerance).error,
        relative(actual.value, expected.value),
      ),
      ...identities(penalty, kernel, input, actual),
    };
    const passed = Object.values(errors).every((error) => error === null || error <= tolerance);
    return { penalty: id, variant, precision, kind, samples, units, errors, passed };
  });
}

/** What must hold for a penalty whatever the activations are. */
function identities(
  { id, degree, centered, exact, parameters }: PenaltyDefinition,
  kernel: Kernel,
  { x, kind, samples, units }: CheckInput,
  { value, gradient }: { readonly value: number; readonly gradient: FloatArray },
): Pick<CaseErrors, 'euler' | 'shift' | 'scale'> {
  // The smoothing of variances is no part of the claim that scale does not matter.
  const smoothed = degree === 0 && parameters.some(({ name }) => name === 'epsilon');
  const options = { samples, units, ...(smoothed ? { epsilon: NO_SMOOTHING } : {}) };
  const evaluate = (at: Float64Array): number => kernel.penalty(id, at, options).value;
  const dot = inner(x, gradient);
  // Around a large offset the activations themselves carry too few digits for a statement on the centred ones.
  const euler = exact && degree !== null && degree > 0 && kind !== 'offset';
  const shifted = x.map((entry) => Math.fround(entry + 1));
  return {
    euler: euler ? Math.abs(dot.sum - degree * value) / (dot.size || 1) : null,
    shift: centered ? relative(evaluate(shifted), evaluate(shifted.map((entry) => entry - 1))) : null,
    scale: degree === 0 ? relative(evaluate(x.map((entry) => 2 * entry)), evaluate(x)) : null,
  };
}

function certifyAdjoint(kernel: Kernel, { x, kind, samples, units }: CheckInput): AdjointCase {
  const { variant, precision } = kernel;
  const next = uniformStream(1, 'check', samples * units);
  const random = (length: number): Float64Array =>
    Float64Array.from({ length }, () => Math.fround(2 * next() - 1));
  const [cotangent, tangent] = [random(units * units), random(samples * units)];
  const options = { samples, units };
  const left = inner(cotangent, kernel.covarianceJvp(x, tangent, options));
  const right = inner(kernel.covarianceVjp(x, cotangent, options), tangent);
  const error = Math.abs(left.sum - right.sum) / (Math.max(left.size, right.size) || 1);
  return { variant, precision, kind, samples, units, error, passed: error <= GRADIENT_TOLERANCES[precision] };
}

function relative(actual: number, expected: number): number {
  return Math.abs(actual - expected) / (Math.abs(expected) || 1);
}

/** ⟨a, b⟩, and Σ |a·b| as the size of its rounding. */
function inner(a: ArrayLike<number>, b: ArrayLike<number>): { sum: number; size: number } {
  let sum = 0;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    sum += a[i]! * b[i]!;
    size += Math.abs(a[i]! * b[i]!);
  }
  return { sum, size };
}
