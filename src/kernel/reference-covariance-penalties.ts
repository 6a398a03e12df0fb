/**
 * The covariance family in plain float64: every member is `Σ_ij f(C_ij) / divisor`, with one f on the diagonal and one
 * elsewhere, so that `G_ij = f′(C_ij)/divisor` and `Ġ_ij = f″(C_ij)·Ċ_ij/divisor`.
 *
 * Source: the formulas and papers named in the catalogue.
 */

import { ShapeError } from '../errors.ts';
import { absolute, type PenaltyOfCovariance, type ScalarFunction, square } from './reference-derivatives.ts';
import { type Matrix, squareMatrix } from './reference-matrix.ts';

interface Terms {
  readonly diagonal: ScalarFunction;
  readonly others: ScalarFunction;
  readonly divisor: number;
}

const nothing: ScalarFunction = () => [0, 0, 0];

const identity: ScalarFunction = (c) => [c, 1, 0];

/** |c| with the slope of c: inexact on purpose. */
const absoluteWithSlopeOne: ScalarFunction = (c) => [Math.abs(c), 1, 0];

/** sqrt(c² + ε²). */
const smoothed =
  (epsilon: number): ScalarFunction =>
  (c) => {
    const root = Math.hypot(c, epsilon);
    return [root, c / root, (epsilon / root) ** 2 / root];
  };

/** ½c² for |c| ≤ δ, else δ(|c| − ½δ). */
const huber =
  (delta: number): ScalarFunction =>
  (c) => {
    const size = Math.abs(c);
    if (size === delta) return [0.5 * c * c, c, Number.NaN];
    return size < delta ? [0.5 * c * c, c, 1] : [delta * (size - 0.5 * delta), delta * Math.sign(c), 0];
  };

/** max(0, γ − s) of the deviation s = sqrt(c + ε). */
const hinge =
  (gamma: number, epsilon: number): ScalarFunction =>
  (c) => {
    const s = Math.sqrt(c + epsilon);
    if (s === gamma) return [0, 0, Number.NaN];
    return s > gamma ? [0, 0, 0] : [gamma - s, -1 / (2 * s), 1 / (4 * s ** 3)];
  };

/** (c − target)². */
const squareAround =
  (target: number): ScalarFunction =>
  (c) =>
    square(c - target);

const scaled =
  (factor: number, f: ScalarFunction): ScalarFunction =>
  (c) => {
    const [value, slope, curvature] = f(c);
    return [factor * value, factor * slope, factor * curvature];
  };

const everywhere = (f: ScalarFunction, divisor: number): Terms => ({ diagonal: f, others: f, divisor });

const offDiagonal = (f: ScalarFunction, divisor: number): Terms => ({
  diagonal: nothing,
  others: f,
  divisor,
});

/** The terms of each penalty for m units; a mean over pairs has m(m−1) of them, and none at all for a single unit. */
const TERMS: Readonly<Record<string, (m: number, parameters: readonly number[]) => Terms>> = {
  mean: (m) => everywhere(identity, m * m),
  'mean-abs': (m) => everywhere(absolute, m * m),
  'mean-abs-signed': (m) => everywhere(absoluteWithSlopeOne, m * m),
  'smooth-abs': (m, [epsilon]) => everywhere(smoothed(epsilon!), m * m),
  huber: (m, [delta]) => offDiagonal(huber(delta!), m * (m - 1)),
  'off-diagonal-abs': (m) => offDiagonal(absolute, m * (m - 1)),
  'off-diagonal-squared': (m) => offDiagonal(square, m * (m - 1)),
  decov: () => offDiagonal(square, 2),
  'vicreg-covariance': (m) => offDiagonal(square, m),
  vicreg: (m, [varianceWeight, covarianceWeight, gamma, epsilon]) => ({
    diagonal: scaled(varianceWeight!, hinge(gamma!, epsilon!)),
    others: scaled(covarianceWeight!, square),
    divisor: m,
  }),
  // The target is 1 but for scaled activations: see reference-range.
  whitening: (m, [target = 1]) => ({ diagonal: squareAround(target), others: square, divisor: m }),
};

/** The members of the family by their ids. */
export const COVARIANCE_PENALTIES: Readonly<Record<string, PenaltyOfCovariance>> = Object.fromEntries(
  Object.entries(TERMS).map(([id, terms]) => [
    id,
    (c, m, parameters) => ofEntries(id, c, terms(m, parameters)),
  ]),
);

function ofEntries(
  id: string,
  c: Matrix,
  { diagonal, others, divisor }: Terms,
): ReturnType<PenaltyOfCovariance> {
  const m = c.rows;
  // A divisor of 0, a mean over no pairs, has no terms to divide.
  const share = divisor === 0 ? 0 : 1 / divisor;
  const at = (i: number, j: number) => (i === j ? diagonal : others)(c.get(i, j));
  let sum = 0;
  const g = squareMatrix(m, (i, j) => {
    const [value, slope] = at(i, j);
    sum += value;
    return slope * share;
  });
  return {
    value: sum * share,
    g,
    along: (dc) =>
      squareMatrix(m, (i, j) => {
        const [, , curvature] = at(i, j);
        if (Number.isNaN(curvature) && Number.isFinite(c.get(i, j))) throw atKink(id, i, j, c.get(i, j));
        return curvature * dc.get(i, j) * share;
      }),
  };
}

function atKink(id: string, i: number, j: number, c: number): ShapeError {
  return new ShapeError(
    'NO_SECOND_DERIVATIVE',
    `${id}: the second derivative needs covariances off the kink of the penalty, got C[${i}][${j}] = ${c} on it. Move the activations or the parameter a little.`,
    { id, i, j, c },
  );
}
