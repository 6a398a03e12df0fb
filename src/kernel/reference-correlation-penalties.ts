/**
 * The correlation family in plain float64: every member is `Σ_{i≠j} f(R_ij) / (m(m−1))` of the correlations
 * `R_ij = C_ij/(s_i·s_j)`, `s_i = sqrt(C_ii + ε)`; all of them are 0 for a single unit.
 *
 * Source: the formulas and papers named in the catalogue.
 */

import { absolute, type PenaltyOfCovariance, type ScalarFunction, square } from './reference-derivatives.ts';
import { type Matrix, squareMatrix } from './reference-matrix.ts';

/**
 * −½ log(1 − r²): the mutual information of two Gaussian units.
 *
 * Precision: 1 − r² is kept at 2⁻⁵² or more, so that two copies of a unit have a finite value even where ε is lost
 * beside their variance. The logarithm of a small r² keeps its digits.
 */
const gaussianInformation: ScalarFunction = (r) => {
  const rest = Math.max((1 - r) * (1 + r), Number.EPSILON);
  const log = r * r < 0.5 ? Math.log1p(-r * r) : Math.log(rest);
  return [-0.5 * log, r / rest, (1 + r * r) / rest ** 2];
};

/** The members of the family by their ids. */
export const CORRELATION_PENALTIES: Readonly<Record<string, PenaltyOfCovariance>> = {
  'squared-correlation': (c, _m, [epsilon]) => ofCorrelations(c, epsilon!, square),
  'mean-abs-correlation': (c, _m, [epsilon]) => ofCorrelations(c, epsilon!, absolute),
  'gaussian-mutual-information': (c, _m, [epsilon]) => ofCorrelations(c, epsilon!, gaussianInformation),
};

/**
 * The chain rule through R. With `p_ij = f′(R_ij)/(m(m−1))`:
 * `G_ij = p_ij/(s_i·s_j)` off the diagonal and, through both deviations, `G_ii = −Σ_{j≠i} p_ij·R_ij/s_i²`.
 */
function ofCorrelations(c: Matrix, epsilon: number, f: ScalarFunction): ReturnType<PenaltyOfCovariance> {
  const m = c.rows;
  const pairs = m * (m - 1);
  const s = Array.from({ length: m }, (_, i) => Math.sqrt(c.get(i, i) + epsilon));
  const offDiagonal = (entry: (i: number, j: number) => number): Matrix =>
    squareMatrix(m, (i, j) => (i === j ? 0 : entry(i, j)));
  const sumOverUnits = (entry: (k: number) => number): number => s.reduce((sum, _, k) => sum + entry(k), 0);

  const r = offDiagonal((i, j) => c.get(i, j) / (s[i]! * s[j]!));
  let value = 0;
  const p = offDiagonal((i, j) => {
    const [term, slope] = f(r.get(i, j));
    value += term / pairs;
    return slope / pairs;
  });
  const g = squareMatrix(m, (i, j) =>
    i === j ? -sumOverUnits((k) => (p.get(i, k) * r.get(i, k)) / s[i]! ** 2) : p.get(i, j) / (s[i]! * s[j]!),
  );
  return {
    value,
    g,
    along(dc) {
      // ṡ_i/s_i, then Ṙ and ṗ by the product rule.
      const growth = s.map((deviation, i) => dc.get(i, i) / (2 * deviation ** 2));
      const dr = offDiagonal(
        (i, j) => dc.get(i, j) / (s[i]! * s[j]!) - r.get(i, j) * (growth[i]! + growth[j]!),
      );
      const dp = offDiagonal((i, j) => (f(r.get(i, j))[2] * dr.get(i, j)) / pairs);
      return squareMatrix(m, (i, j) => {
        if (i !== j) return dp.get(i, j) / (s[i]! * s[j]!) - g.get(i, j) * (growth[i]! + growth[j]!);
        const moved = sumOverUnits((k) => dp.get(i, k) * r.get(i, k) + p.get(i, k) * dr.get(i, k));
        return -moved / s[i]! ** 2 - 2 * growth[i]! * g.get(i, i);
      });
    },
  };
}
