/**
 * Three formulas that are taken for the gradient of mean|C|, as people write them, beside the gradient itself.
 *
 * In their notation A is units x samples, N the number of samples and C = A·Aᵀ/(N−1), not centred.
 */

import type { Kernel } from '../kernel/kernel.ts';
import { checkInputs } from './inputs.ts';
import { type Judgement, judgeGradient } from './judgement.ts';

/** A formula, what it gives and why it is not the gradient. */
export interface ClaimResult extends Judgement {
  readonly formula: string;
  readonly explanation: string;
}

interface Claim {
  readonly formula: string;
  readonly explanation: string;
  /** The claimed gradient for A [units x samples]. */
  readonly compute: (a: Float64Array, units: number, samples: number, kernel: Kernel) => ArrayLike<number>;
}

const CLAIMS: readonly Claim[] = [
  {
    formula: '(dA·Aᵀ + A·dAᵀ)/(N−1), dA = 1',
    explanation:
      'the directional derivative (JVP) of C: units x units, it says how C moves along dA; back-propagation needs the adjoint (VJP)',
    compute: (a, units, samples, kernel) =>
      kernel.covarianceJvp(a, new Float64Array(a.length).fill(1), {
        samples,
        units,
        centered: false,
        layout: 'units-first',
      }),
  },
  {
    formula: '2·a/N',
    explanation: 'the derivative of a mean of squares: each unit sees only itself, no other unit enters',
    compute: (a, _units, samples) => a.map((value) => (2 * value) / samples),
  },
  {
    formula: '2/(m²(N−1))·1·1ᵀ·A',
    explanation:
      'the gradient of mean(C): right only where every entry of C is positive; the sign of C is missing',
    compute: (a, units, samples, kernel) =>
      kernel.penalty('mean', a, { samples, units, layout: 'units-first' }).gradient,
  },
];

/** The gradient that the claims are measured against. */
export const TRUE_GRADIENT = '2/(m²(N−1))·sign(C)·A';

/**
 * Judge each claim on activations with as many samples as units, where even a units x units matrix
 * has the shape of the gradient.
 */
export function judgeClaims(reference: Kernel): ClaimResult[] {
  const wide = checkInputs().find(({ samples, units }) => samples > units)!;
  const units = wide.units;
  const samples = units;
  const a = new Float64Array(units * samples);
  for (let sample = 0; sample < samples; sample++) {
    for (let unit = 0; unit < units; unit++) a[unit * samples + sample] = wide.x[sample * units + unit]!;
  }
  const truth = reference.penalty('mean-abs', a, { samples, units, layout: 'units-first' }).gradient;
  return CLAIMS.map(({ formula, explanation, compute }) => ({
    formula,
    explanation,
    ...judgeGradient(compute(a, units, samples, reference), truth, 1e-9),
  }));
}
