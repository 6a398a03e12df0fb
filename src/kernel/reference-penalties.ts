/**
 * The penalties in plain float64, each as a function of the covariance C: it returns its value and fills
 * `G = ∂value/∂C`, every entry taken as independent of its symmetric twin. One shared product,
 * `∂value/∂X = X_c·(G + Gᵀ)/(n − ddof)`, turns G into the gradient.
 *
 * Source: the formulas and papers named in the catalogue.
 */

import { ShapeError } from '../errors.ts';
import type { PenaltyCall } from './operations.ts';
import { addCovarianceAdjoint, centeredIf, covarianceOf } from './reference-covariance.ts';
import { Matrix } from './reference-matrix.ts';

/** Value from `c` [m x m]; fills `g` [m x m], which comes as zeros. `parameters` in the order of the catalogue. */
type PenaltyOfCovariance = (g: Matrix, c: Matrix, m: number, parameters: readonly number[]) => number;

/** Σ_ij C_ij / m²; ∂/∂C_ij = 1/m². */
const mean: PenaltyOfCovariance = (g, c, m) =>
  sumOverEntries(m, (i, j) => {
    g.set(i, j, 1 / m ** 2);
    return c.get(i, j) / m ** 2;
  });

/** Σ_ij |C_ij| / m²; ∂/∂C_ij = sign(C_ij)/m², sign(0) = 0. */
const meanAbs: PenaltyOfCovariance = (g, c, m) =>
  sumOverEntries(m, (i, j) => {
    g.set(i, j, Math.sign(c.get(i, j)) / m ** 2);
    return Math.abs(c.get(i, j)) / m ** 2;
  });

/** The value of mean-abs with the gradient of mean: inexact on purpose. */
const meanAbsSigned: PenaltyOfCovariance = (g, c, m) =>
  sumOverEntries(m, (i, j) => {
    g.set(i, j, 1 / m ** 2);
    return Math.abs(c.get(i, j)) / m ** 2;
  });

/** Σ_ij sqrt(C_ij² + ε²) / m²; ∂/∂C_ij = C_ij/sqrt(C_ij² + ε²)/m². */
const smoothAbs: PenaltyOfCovariance = (g, c, m, [epsilon]) =>
  sumOverEntries(m, (i, j) => {
    const root = Math.sqrt(c.get(i, j) ** 2 + epsilon! ** 2);
    g.set(i, j, c.get(i, j) / root / m ** 2);
    return root / m ** 2;
  });

/** ½(‖C‖²_F − ‖diag C‖²) = ½ Σ_{i≠j} C_ij²; ∂/∂C_ij = C_ij off the diagonal. */
const decov: PenaltyOfCovariance = (g, c, m) =>
  sumOverPairs(m, (i, j) => {
    g.set(i, j, c.get(i, j));
    return 0.5 * c.get(i, j) ** 2;
  });

/** Σ_{i≠j} R_ij² / (m(m−1)); ∂/∂R_ij = 2R_ij/(m(m−1)). */
const squaredCorrelation: PenaltyOfCovariance = (g, c, m, [epsilon]) =>
  ofCorrelation(g, c, m, epsilon!, (gr, r) =>
    sumOverPairs(m, (i, j) => {
      gr.set(i, j, (2 * r.get(i, j)) / (m * (m - 1)));
      return r.get(i, j) ** 2 / (m * (m - 1));
    }),
  );

const PENALTY_OF_COVARIANCE: Readonly<Record<string, PenaltyOfCovariance>> = {
  mean,
  'mean-abs': meanAbs,
  'mean-abs-signed': meanAbsSigned,
  'smooth-abs': smoothAbs,
  decov,
  'squared-correlation': squaredCorrelation,
};

/** Value of the penalty `call.id` at `x`; `gradient` receives `call.weight` times its gradient, set or added. */
export function evaluatePenalty(gradient: Matrix, x: Matrix, call: PenaltyCall): number {
  const ofCovariance = PENALTY_OF_COVARIANCE[call.id];
  if (ofCovariance === undefined) {
    throw new ShapeError('UNKNOWN_PENALTY', `penalty: the id must be in the catalogue, got '${call.id}'.`, {
      id: call.id,
    });
  }
  const m = x.columns;
  const divisor = x.rows - call.ddof;
  const xc = centeredIf(call.centered, x);
  const c = new Matrix(m, m);
  covarianceOf(c, xc, divisor);
  const g = new Matrix(m, m);
  const value = ofCovariance(g, c, m, call.parameters);
  if (!call.accumulate) gradient.values.fill(0, 0, x.rows * m);
  addCovarianceAdjoint(gradient, xc, g, divisor, call.weight);
  return value;
}

/**
 * A function of the off-diagonal correlations `R_ij = C_ij/(s_i·s_j)`, `s_i = sqrt(C_ii + ε)`, as a function of C.
 *
 * With G_R = ∂value/∂R the chain rule gives `G_ij = G_R_ij/(s_i·s_j)` off the diagonal and, through both s,
 * `G_ii = −Σ_{j≠i} (G_R_ij + G_R_ji)·R_ij / (2·s_i²)`.
 */
function ofCorrelation(
  g: Matrix,
  c: Matrix,
  m: number,
  epsilon: number,
  evaluate: (gr: Matrix, r: Matrix) => number,
): number {
  const s = (i: number): number => Math.sqrt(c.get(i, i) + epsilon);
  const r = new Matrix(m, m);
  sumOverPairs(m, (i, j) => {
    r.set(i, j, c.get(i, j) / (s(i) * s(j)));
    return 0;
  });
  const gr = new Matrix(m, m);
  const value = evaluate(gr, r);
  sumOverPairs(m, (i, j) => {
    g.set(i, j, gr.get(i, j) / (s(i) * s(j)));
    g.add(i, i, -((gr.get(i, j) + gr.get(j, i)) * r.get(i, j)) / (2 * s(i) ** 2));
    return 0;
  });
  return value;
}

/** Σ_ij term(i, j). */
function sumOverEntries(m: number, term: (i: number, j: number) => number): number {
  let sum = 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) sum += term(i, j);
  }
  return sum;
}

/** Σ_{i≠j} term(i, j): no term at all for a single unit. */
function sumOverPairs(m: number, term: (i: number, j: number) => number): number {
  return sumOverEntries(m, (i, j) => (i === j ? 0 : term(i, j)));
}
