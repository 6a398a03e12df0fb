/**
 * What is checked: a penalty on one activation or on two, as a function of one matrix of activations.
 *
 * A penalty on two sees the first half of the units as one and the second half as the other; where they come in pairs, the
 * last of an odd number of units belongs to neither.
 */

import type { CrossPenaltyDefinition, PenaltyDefinition, PenaltyId } from '../kernel/catalogue.ts';
import { RIDGE } from '../kernel/catalogue-parameters.ts';
import type { Kernel, PenaltyOptions } from '../kernel/kernel.ts';
import type { FloatArray } from '../kernel/operations.ts';
import type { CheckInput } from './inputs.ts';

/** A value with its gradient, the shape of the activations. */
export interface Evaluation {
  readonly value: number;
  readonly gradient: FloatArray;
}

/** Where a penalty is evaluated: activations, and the input that says their shape and kind. */
type Evaluate = (kernel: Kernel, x: Float64Array, input: CheckInput) => Evaluation;

/** A penalty of the catalogue with what its checks need to know. */
export interface Subject {
  readonly id: string;
  /** False where the catalogue declares the gradient inexact: it is then checked against the value that it belongs to. */
  readonly exact: boolean;
  readonly degree: number | null;
  readonly centered: boolean;
  /** The penalty whose value the gradient must be the derivative of. */
  readonly derivativeOf: string;
  /** Whether each value costs a factorisation or a look at all pairs. */
  readonly costly: boolean;
  readonly evaluate: Evaluate;
  /** The same without the ε that keeps a penalty of degree 0 from being exactly so. */
  readonly evaluateUnsmoothed: Evaluate;
  /** The value that the gradient is the derivative of. */
  readonly antiderivative: (kernel: Kernel, x: Float64Array, input: CheckInput) => number;
}

/** Whose derivative an inexact gradient really is. */
const DERIVATIVE_OF: Readonly<Record<string, PenaltyId>> = { 'mean-abs-signed': 'mean' };
/** Small beside any variance of the inputs, and still a number that float32 can add to one. */
const NO_SMOOTHING = 1e-14;

/** A penalty of either kind, ready to be checked. */
export function subjectOf(penalty: PenaltyDefinition | CrossPenaltyDefinition): Subject {
  return 'paired' in penalty ? onTwo(penalty) : onOne(penalty);
}

function onOne({ id, family, exact, degree, centered, parameters }: PenaltyDefinition): Subject {
  const smoothed = degree === 0 && parameters.some(({ name }) => name === 'epsilon');
  const derivativeOf = DERIVATIVE_OF[id] ?? id;
  const evaluate: Evaluate = (kernel, x, input) => kernel.penalty(id, x, checkOptions(id, input));
  return {
    id,
    exact,
    degree,
    centered,
    derivativeOf,
    costly: family === 'spectral' || family === 'information',
    evaluate,
    evaluateUnsmoothed: smoothed
      ? (kernel, x, input) => kernel.penalty(id, x, { ...checkOptions(id, input), epsilon: NO_SMOOTHING })
      : evaluate,
    antiderivative: (kernel, x, input) => kernel.penalty(derivativeOf, x, checkOptions(id, input)).value,
  };
}

function onTwo({ id, degree, centered, paired }: CrossPenaltyDefinition): Subject {
  const evaluate: Evaluate = (kernel, z, { samples, units: all }) => {
    const units = Math.floor(all / 2);
    const otherUnits = paired ? units : all - units;
    const x = columns(z, all, 0, units);
    const y = columns(z, all, units, otherUnits);
    const found = kernel.crossPenalty(id, x, y, { samples, units, otherUnits });
    const gradient = new Float64Array(z.length);
    putColumns(gradient, all, 0, units, found.gradientX);
    putColumns(gradient, all, units, otherUnits, found.gradientY);
    return { value: found.value, gradient };
  };
  return {
    id,
    exact: true,
    degree,
    centered,
    derivativeOf: id,
    costly: false,
    evaluate,
    evaluateUnsmoothed: evaluate,
    antiderivative: (kernel, z, input) => evaluate(kernel, z, input).value,
  };
}

/**
 * Options of a penalty on a check's input: the defaults, but for one case that central differences cannot see.
 *
 * Fewer samples than units make C singular: ε is all that holds its determinant away from zero. Beside variances of ten
 * thousand C is rounded by 1e-12, a billionth of log-det's ε of 1e-3, and the differences of its logarithm keep five digits
 * (3e-5 beside a bound of 1e-6, while every build agrees with the reference to 4e-8). A hundred times the ε gives seven.
 */
function checkOptions(id: string, { kind, samples, units }: CheckInput): PenaltyOptions {
  const drowned = id === 'log-det' && kind === 'scaled' && samples <= units;
  return { samples, units, ...(drowned ? { epsilon: 100 * RIDGE.default } : {}) };
}

/** `count` columns of `z` from column `first` on; `z` has `all` columns. */
function columns(z: Float64Array, all: number, first: number, count: number): Float64Array {
  const samples = z.length / all;
  return Float64Array.from(
    { length: samples * count },
    (_, i) => z[Math.floor(i / count) * all + first + (i % count)]!,
  );
}

function putColumns(
  z: Float64Array,
  all: number,
  first: number,
  count: number,
  values: ArrayLike<number>,
): void {
  for (let i = 0; i < values.length; i++) z[Math.floor(i / count) * all + first + (i % count)] = values[i]!;
}
