/**
 * The spectral family in plain float64: log-determinants by Cholesky, the entropy by eigenvectors.
 *
 * Source: the formulas and papers named in the catalogue.
 */

import { multiply } from './reference-covariance.ts';
import type { OfCovariance, PenaltyOfCovariance } from './reference-derivatives.ts';
import { eigenvectors, invertPositiveDefinite } from './reference-factorization.ts';
import { innerProduct, Matrix, squareMatrix, trace, transposed } from './reference-matrix.ts';

/** `½(Σ_i log S_ii − log det S)`, S = C + εI; `G = ½(diag(1/S_ii) − S⁻¹)`, `Ġ = ½(S⁻¹ĊS⁻¹ − diag(Ċ_ii/S_ii²))`. */
const totalCorrelation: PenaltyOfCovariance = (c, m, [epsilon]) => {
  const s = squareMatrix(m, (i, j) => c.get(i, j) + (i === j ? epsilon! : 0));
  const { logDet, inverse } = invertPositiveDefinite('total-correlation', s);
  let logs = 0;
  for (let i = 0; i < m; i++) logs += Math.log(s.get(i, i));
  return {
    value: 0.5 * (logs - logDet),
    g: squareMatrix(m, (i, j) => 0.5 * ((i === j ? 1 / s.get(i, i) : 0) - inverse.get(i, j))),
    along(dc) {
      const moved = product(inverse, product(dc, inverse));
      return squareMatrix(
        m,
        (i, j) => 0.5 * (moved.get(i, j) - (i === j ? dc.get(i, i) / s.get(i, i) ** 2 : 0)),
      );
    },
  };
};

/** `−log det(C + εI) / m`; each missing eigenvalue of 0 adds `log ε` to the logarithm. */
const logDet: PenaltyOfCovariance = (c, m, [epsilon]) => {
  const s = squareMatrix(c.rows, (i, j) => c.get(i, j) + (i === j ? epsilon! : 0));
  const missing = (m - c.rows) * Math.log(epsilon!);
  const found = ofLogDet('log-det', s, -1 / m, 1);
  return { ...found, value: found.value - missing / m };
};

/** `−½ log det(I + aC)`, a = m/ε². */
const codingRate: PenaltyOfCovariance = (c, m, [epsilon]) => {
  const a = m / epsilon! ** 2;
  const s = squareMatrix(c.rows, (i, j) => a * c.get(i, j) + (i === j ? 1 : 0));
  return ofLogDet('coding-rate', s, -0.5, a);
};

/** `factor·log det S` with Ṡ = slope·Ċ: `G = factor·slope·S⁻¹`, `Ġ = −factor·slope²·S⁻¹ĊS⁻¹`. */
function ofLogDet(id: string, s: Matrix, factor: number, slope: number): OfCovariance {
  const { logDet: value, inverse } = invertPositiveDefinite(id, s);
  return {
    value: factor * value,
    g: squareMatrix(s.rows, (i, j) => factor * slope * inverse.get(i, j)),
    along(dc) {
      const moved = product(inverse, product(dc, inverse));
      return squareMatrix(s.rows, (i, j) => -factor * slope ** 2 * moved.get(i, j));
    },
  };
}

/**
 * `log ‖Q‖²_F` of Q = C/tr C, so that large and tiny activations neither overflow nor vanish;
 * `G = 2(Q/‖Q‖² − I)/tr C`. Where C is 0 there is nothing to share: value and gradient are 0, as for a single unit.
 */
const participationRatio: PenaltyOfCovariance = (c) => {
  const t = trace(c);
  if (t === 0) {
    const zero = new Matrix(c.rows, c.rows);
    return { value: 0, g: zero, along: () => zero };
  }
  const q = squareMatrix(c.rows, (i, j) => c.get(i, j) / t);
  const norm = innerProduct(q, q);
  const g = squareMatrix(c.rows, (i, j) => (2 * (q.get(i, j) / norm - (i === j ? 1 : 0))) / t);
  return {
    value: Math.log(norm),
    g,
    along(dc) {
      const growth = trace(dc) / t;
      const dq = squareMatrix(c.rows, (i, j) => dc.get(i, j) / t - q.get(i, j) * growth);
      const dnorm = 2 * innerProduct(q, dq);
      return squareMatrix(c.rows, (i, j) => {
        const moved = dq.get(i, j) / norm - (q.get(i, j) * dnorm) / norm ** 2;
        return (2 * moved) / t - g.get(i, j) * growth;
      });
    },
  };
};

/**
 * `f = Σ q log q` of the eigenvalues λ of S = C + εI, q = λ/t, t = Σλ; `G = (log S − (log t + f)·I)/t`. Each missing
 * eigenvalue of 0 is one more λ = ε.
 */
const vonNeumannEntropy: PenaltyOfCovariance = (c, m, [epsilon]) => {
  const { values, vectors } = eigenvectors(c);
  // C has no negative eigenvalues, rounding may have.
  const lambda = values.map((value) => Math.max(value, 0) + epsilon!);
  const missing = m - c.rows;
  const t = lambda.reduce((sum, value) => sum + value, missing * epsilon!);
  const term = (value: number): number => (value / t) * Math.log(value / t);
  const f = lambda.reduce((sum, value) => sum + term(value), missing === 0 ? 0 : missing * term(epsilon!));
  const shift = Math.log(t) + f;
  const g = inBasis(vectors, (i, j) => (i === j ? (Math.log(lambda[i]!) - shift) / t : 0));
  return {
    value: f,
    g,
    along(dc) {
      // The derivative of log S: in the basis of its eigenvectors Ċ times the divided differences of the logarithm.
      const turned = product(transposed(vectors), product(dc, vectors));
      const dlog = inBasis(
        vectors,
        (i, j) => turned.get(i, j) * logarithmicDifference(lambda[i]!, lambda[j]!),
      );
      const growth = trace(dc) / t;
      const dshift = growth + innerProduct(g, dc);
      return squareMatrix(
        c.rows,
        (i, j) => (dlog.get(i, j) - (i === j ? dshift : 0)) / t - g.get(i, j) * growth,
      );
    },
  };
};

/** (log a − log b)/(a − b), 1/a where they are equal. */
function logarithmicDifference(a: number, b: number): number {
  return a === b ? 1 / a : Math.log1p((a - b) / b) / (a - b);
}

/** `V·M·Vᵀ` for the matrix with the given entries. */
function inBasis(vectors: Matrix, entry: (i: number, j: number) => number): Matrix {
  return product(vectors, product(squareMatrix(vectors.rows, entry), transposed(vectors)));
}

function product(a: Matrix, b: Matrix): Matrix {
  const result = new Matrix(a.rows, b.columns);
  multiply('NN', result, a, b, a.columns);
  return result;
}

/** The members that also see the variances themselves. */
export const SPECTRAL_PENALTIES: Readonly<Record<string, PenaltyOfCovariance>> = {
  'total-correlation': totalCorrelation,
};

/**
 * The members that see nothing but the eigenvalues of C. X_c·X_cᵀ/ν has the same ones as C = X_cᵀ·X_c/ν, but for
 * zeros: with fewer samples than units they may be given that smaller matrix, and count the zeros missing from it.
 */
export const EIGENVALUE_PENALTIES: Readonly<Record<string, PenaltyOfCovariance>> = {
  'log-det': logDet,
  'coding-rate': codingRate,
  'participation-ratio': participationRatio,
  'von-neumann-entropy': vonNeumannEntropy,
};
