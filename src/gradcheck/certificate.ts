/** The gradient certificate: every check of every penalty on every kernel, shape and kind of input, as data. */

import type { CrossPenaltyDefinition, PenaltyDefinition } from '../kernel/catalogue.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Variant } from '../kernel/operations.ts';
import { uniformStream } from '../random.ts';
import { VERSION } from '../version.ts';
import { differentiate, GRADIENT_TOLERANCES } from './check.ts';
import { type CheckInput, checkInputs, type InputKind } from './inputs.ts';
import { judgeGradient } from './judgement.ts';
import { type Evaluation, type Subject, subjectOf } from './subject.ts';

/** A kernel to certify, with the digest of its module (null for the reference, which has none). */
export interface CertifiedKernel {
  readonly kernel: Kernel;
  readonly sha256: string | null;
}

/**
 * The errors of one case; null where a check does not apply.
 *
 * Units: relative to the largest entry of the gradient or to the value (differences, reference, shift, scale), or to the size
 * of the terms that cancel (euler, adjoint).
 */
export interface CaseErrors {
  /** Gradient against central differences of the value in float64. */
  readonly differences: number;
  /** Value and gradient against the float64 reference. */
  readonly reference: number;
  /** Euler: ⟨x, ∂/∂x⟩ = degree · value, for homogeneous penalties; x centred where the penalty centres it. */
  readonly euler: number | null;
  /** Value and gradient when every unit is moved by a constant, for centred penalties. */
  readonly shift: number | null;
  /** The value when the activations are tripled, and three times the gradient, for penalties of degree 0. */
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
  readonly centered: boolean;
  readonly error: number;
  readonly passed: boolean;
}

export interface Certificate {
  readonly schemaVersion: 1;
  /** Of covgrad. */
  readonly version: string;
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

/** How much larger the activations are made that must leave a penalty of degree 0 as it is. */
const SCALE = 3;

/** Run every check. */
export function certify(
  penalties: readonly (PenaltyDefinition | CrossPenaltyDefinition)[],
  certified: readonly CertifiedKernel[],
  reference: Kernel,
): Certificate {
  const inputs = checkInputs();
  const cases = penalties
    .map(subjectOf)
    .flatMap((subject) => inputs.flatMap((input) => certifyCase(subject, input, certified, reference)));
  const adjoints = certified.flatMap(({ kernel }) =>
    inputs.flatMap((input) => [true, false].map((centered) => certifyAdjoint(kernel, input, centered))),
  );
  return {
    schemaVersion: 1,
    version: VERSION,
    kernels: certified.map(({ kernel: { variant, precision }, sha256 }) => ({ variant, precision, sha256 })),
    tolerances: GRADIENT_TOLERANCES,
    cases,
    adjoints,
    passed: [...cases, ...adjoints].every(({ passed }) => passed),
  };
}

function certifyCase(
  subject: Subject,
  input: CheckInput,
  certified: readonly CertifiedKernel[],
  reference: Kernel,
): CertificateCase[] {
  const { x, kind, samples, units } = input;
  const { indices, truth } = differentiate(subject, input, reference);
  const expected = subject.evaluate(reference, x, input);
  return certified.map(({ kernel }): CertificateCase => {
    const { variant, precision } = kernel;
    const tolerance = GRADIENT_TOLERANCES[precision];
    const actual = subject.evaluate(kernel, x, input);
    const entries = indices.map((index) => actual.gradient[index]!);
    const errors: CaseErrors = {
      differences: judgeGradient(entries, truth, tolerance).error,
      reference: disagreement(actual, expected),
      ...identities(subject, kernel, input),
    };
    const passed = Object.values(errors).every((error) => error === null || error <= tolerance);
    return { penalty: subject.id, variant, precision, kind, samples, units, errors, passed };
  });
}

/** What must hold for a penalty whatever the activations are. */
function identities(
  { degree, centered, exact, evaluate, evaluateUnsmoothed }: Subject,
  kernel: Kernel,
  input: CheckInput,
): Pick<CaseErrors, 'euler' | 'shift' | 'scale'> {
  const { x, units } = input;
  // The smoothing of variances is no part of the claim that scale does not matter. Both sides of a shift, and of a scaling,
  // are numbers of float32.
  const coarse = x.map(roundTo22Bits);
  const plain = evaluateUnsmoothed(kernel, coarse, input);
  const dot = inner(centered ? lessMeans(coarse, units) : coarse, plain.gradient);
  const shifted = x.map((entry) => Math.fround(entry + 1));
  const scaled = evaluateUnsmoothed(
    kernel,
    coarse.map((entry) => SCALE * entry),
    input,
  );
  return {
    euler: exact && degree !== null ? Math.abs(dot.sum - degree * plain.value) / (dot.size || 1) : null,
    shift: centered
      ? disagreement(
          evaluate(kernel, shifted, input),
          evaluate(
            kernel,
            shifted.map((entry) => entry - 1),
            input,
          ),
        )
      : null,
    scale:
      degree === 0
        ? disagreement(
            { value: scaled.value, gradient: scaled.gradient.map((entry) => SCALE * entry) },
            plain,
          )
        : null,
  };
}

/** A number of float32 without its last two bits, so that three times as much is one too. Source: Dekker 1971, splitting. */
function roundTo22Bits(x: number): number {
  const multiple = Math.fround(5 * x);
  return Math.fround(multiple - Math.fround(multiple - x));
}

function certifyAdjoint(
  kernel: Kernel,
  { x, kind, samples, units }: CheckInput,
  centered: boolean,
): AdjointCase {
  const { variant, precision } = kernel;
  const next = uniformStream(1, 'check', samples * units);
  const random = (length: number): Float64Array =>
    Float64Array.from({ length }, () => Math.fround(2 * next() - 1));
  const [cotangent, tangent] = [random(units * units), random(samples * units)];
  const options = { samples, units, centered };
  const left = inner(cotangent, kernel.covarianceJvp(x, tangent, options));
  const right = inner(kernel.covarianceVjp(x, cotangent, options), tangent);
  const error = Math.abs(left.sum - right.sum) / (Math.max(left.size, right.size) || 1);
  const passed = error <= GRADIENT_TOLERANCES[precision];
  return { variant, precision, kind, samples, units, centered, error, passed };
}

/** The larger of the errors of value and gradient, each relative to what it should be. */
function disagreement(actual: Evaluation, expected: Evaluation): number {
  const value = Math.abs(actual.value - expected.value) / (Math.abs(expected.value) || 1);
  return Math.max(value, judgeGradient(actual.gradient, expected.gradient, 0).error);
}

/** `x` less the mean of each unit. */
function lessMeans(x: Float64Array, units: number): Float64Array {
  const means = new Float64Array(units);
  for (let i = 0; i < x.length; i++) means[i % units]! += (x[i]! * units) / x.length;
  return x.map((entry, i) => entry - means[i % units]!);
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
