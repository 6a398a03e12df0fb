/**
 * Value and gradient of the penalties that add ε to the eigenvalues of C, in plain float64, from the singular values of X_c: their
 * squares over ν are the eigenvalues, with all their digits. With λ_i and v_i those of C, `∂L/∂X = (2/ν)·X_c·V·diag(∂L/∂λ)·Vᵀ`.
 *
 * reference-spectral-penalties has the same formulas in terms of C, for second derivatives.
 * Source: the formulas and papers named in the catalogue.
 */

import type { PenaltyCall } from './operations.ts';
import { Matrix, transposed } from './reference-matrix.ts';
import { checkCondition, singularVectors } from './reference-singular-values.ts';

/** A function of the eigenvalues of C, `missing` more of which are 0, for m units. */
type OfEigenvalues = (
  lambda: readonly number[],
  missing: number,
  m: number,
  epsilon: number,
) => { value: number; slopes: number[] };

const sum = (terms: readonly number[]): number => terms.reduce((total, term) => total + term, 0);

/** `Σ log(λ + ε)`, each times `factor`. */
const logarithms =
  (factor: (m: number) => number): OfEigenvalues =>
  (lambda, missing, m, epsilon) => ({
    value: factor(m) * (sum(lambda.map((each) => Math.log(each + epsilon))) + missing * Math.log(epsilon)),
    slopes: lambda.map((each) => factor(m) / (each + epsilon)),
  });

/** log(1 + a/b). */
function logOfOnePlus(a: number, b: number): number {
  return Number.isFinite(a / b) ? Math.log1p(a / b) : Math.log(a) - Math.log(b);
}

/** `−½ Σ log(1 + aλ)`, a = m/ε². */
const codingRate: OfEigenvalues = (lambda, _missing, m, epsilon) => ({
  value: -0.5 * sum(lambda.map((each) => logOfOnePlus(each, epsilon ** 2 / m))),
  slopes: lambda.map((each) => -0.5 / (each + epsilon ** 2 / m)),
});

/** `Σ q log q`, q = (λ + ε)/t; its slopes are log(1 + λ/ε) less their mean under q, over t, so that nothing cancels beside a large ε. */
const vonNeumannEntropy: OfEigenvalues = (lambda, missing, m, epsilon) => {
  const t = sum(lambda) + m * epsilon;
  const shares = [...lambda, ...Array.from({ length: missing }, () => 0)].map((each) => (each + epsilon) / t);
  const heights = lambda.map((each) => logOfOnePlus(each, epsilon));
  const mean = sum(heights.map((height, i) => height * shares[i]!));
  return {
    value: sum(shares.map((q) => q * Math.log(q))),
    slopes: heights.map((height) => (height - mean) / t),
  };
};

const OF_EIGENVALUES: Readonly<Record<string, OfEigenvalues>> = {
  'total-correlation': logarithms(() => -0.5),
  'log-det': logarithms((m) => -1 / m),
  'coding-rate': codingRate,
  'von-neumann-entropy': vonNeumannEntropy,
};

/** Whether the penalty is one of those that add ε to the eigenvalues. */
export function isOfSpectrum(id: string): boolean {
  return Object.hasOwn(OF_EIGENVALUES, id);
}

/**
 * Value of such a penalty; `gradient` receives its derivative.
 *
 * Shapes: `xc` and `gradient` [n x m], `xc` centred where it should be.
 * Errors: a KernelError where ε drowns in rounding.
 */
export function evaluateOfSpectrum(gradient: Matrix, xc: Matrix, call: PenaltyCall): number {
  const { id, samples, units, ddof, parameters } = call;
  const [epsilon] = parameters as [number];
  const divisor = samples - ddof;
  // With no more samples than units X_c has a singular value of 0 that rounding would hide: its contrasts do not.
  const byContrasts = call.centered && samples > 1 && samples <= units;
  const rows = byContrasts ? contrasts(xc) : xc;
  // With fewer samples than units the transpose has the same singular values, but for zeros, and is smaller.
  const turn = rows.rows < units ? transposed : (a: Matrix) => a;
  const { values, turned, vectors } = singularVectors(turn(rows));
  const roots = values.map((value) => value / Math.sqrt(divisor));
  if (id !== 'von-neumann-entropy') {
    checkCondition(id, roots, id === 'coding-rate' ? epsilon ** 2 / units : epsilon);
  }
  const lambda = roots.map((root) => root * root);
  const { value, slopes } = OF_EIGENVALUES[id]!(lambda, units - lambda.length, units, epsilon);
  const d = new Matrix(turned.rows, turned.columns);
  for (let s = 0; s < d.rows; s++) {
    for (let j = 0; j < d.columns; j++) {
      let total = 0;
      for (let i = 0; i < d.columns; i++) {
        if (values[i] !== 0) total += turned.get(s, i) * slopes[i]! * vectors.get(j, i);
      }
      d.set(s, j, (2 / divisor) * total);
    }
  }
  const plain = turn(d);
  gradient.values.set((byContrasts ? contrastsAdjoint(plain) : plain).values);
  return id === 'total-correlation' ? value + addVariances(gradient, xc, divisor, epsilon) : value;
}

/** Helmert's contrasts of the rows: y_k = sqrt(k/(k+1))·(x_k − (x_0 + … + x_{k−1})/k), k from 1, with YᵀY = X_cᵀX_c. */
function contrasts(x: Matrix): Matrix {
  const y = new Matrix(x.rows - 1, x.columns);
  for (let j = 0; j < x.columns; j++) {
    let mean = x.get(0, j);
    for (let k = 1; k < x.rows; k++) {
      y.set(k - 1, j, Math.sqrt(k / (k + 1)) * (x.get(k, j) - mean));
      mean += (x.get(k, j) - mean) / (k + 1);
    }
  }
  return y;
}

/** From ∂L/∂Y to ∂L/∂X. */
function contrastsAdjoint(dy: Matrix): Matrix {
  const dx = new Matrix(dy.rows + 1, dy.columns);
  for (let j = 0; j < dy.columns; j++) {
    let later = 0;
    for (let k = dy.rows; k > 0; k--) {
      const own = Math.sqrt(k / (k + 1)) * dy.get(k - 1, j);
      dx.set(k, j, own - later);
      later += own / k;
    }
    dx.set(0, j, -later);
  }
  return dx;
}

/** `½ Σ_i log(C_ii + ε)` and its gradient `x_i/(ν·(C_ii + ε))`, which is added. */
function addVariances(gradient: Matrix, xc: Matrix, divisor: number, epsilon: number): number {
  let value = 0;
  for (let i = 0; i < xc.columns; i++) {
    let squares = 0;
    for (let s = 0; s < xc.rows; s++) squares += xc.get(s, i) ** 2;
    const variance = squares / divisor + epsilon;
    value += 0.5 * Math.log(variance);
    for (let s = 0; s < xc.rows; s++) gradient.add(s, i, xc.get(s, i) / (divisor * variance));
  }
  return value;
}
