/** Measures how decorrelated a layer is, from the covariance of its activations. */

import { CholeskyDecomposition, Matrix, SingularValueDecomposition } from 'ml-matrix';
import { ShapeError } from '../errors.ts';
import { METRICS, type MetricName } from './metrics.ts';

/**
 * All metrics of one layer. A metric that is not defined is null: correlations with fewer than two live units, the
 * condition number and the total correlation of a singular matrix, ratios without any variance, and everything when an
 * entry is not finite.
 *
 * Shapes: `covariance` is units x units, centred, with the divisor samples − 1, exactly symmetric.
 * Precision: what lies within rounding of singular (units·2⁻⁵² of the largest eigenvalue) counts as singular. The effective
 * rank and the total correlation use the host's logarithm, so another JavaScript engine may differ in the last bit.
 * Errors: ShapeError when the covariance is not units x units, or was made from fewer than two samples.
 */
export function decorrelationMetrics(
  covariance: Float64Array<ArrayBufferLike>,
  samples: number,
  units: number,
): Record<MetricName, number | null> {
  checkShape(covariance, samples, units);
  if (!covariance.every(Number.isFinite)) return { ...UNDEFINED };

  const variances = Array.from({ length: units }, (_, i) => covariance[i * units + i]!);
  const live = variances.flatMap((variance, i) => (variance > 0 ? [i] : []));
  const trace = sum(variances);
  const squaredNorm = sum(covariance.map((c) => c * c));
  // Summed by itself: the difference to the diagonal would lose all its digits where units are nearly uncorrelated.
  const squaredOffDiagonal = sum(covariance.map((c, at) => (at % (units + 1) === 0 ? 0 : c * c)));
  const participation = ratio(trace ** 2, squaredNorm);
  const correlation = correlationOf(covariance, units, live);
  const eigenvalues = eigenvaluesOf(covariance, samples, units, live);
  const largest = eigenvalues[0] ?? 0;

  return {
    ...pairwise(correlation),
    'off-diagonal-energy': ratio(squaredOffDiagonal, squaredNorm),
    'participation-ratio': participation,
    'participation-ratio-per-unit': participation === null ? null : participation / units,
    'effective-rank': effectiveRank(eigenvalues),
    'stable-rank': ratio(trace, largest),
    'condition-number': eigenvalues.length < units ? null : ratio(largest, eigenvalues.at(-1)!),
    'total-correlation': samples <= live.length ? null : totalCorrelation(correlation),
    'dead-units': (units - live.length) / units,
    'activation-scale': Math.sqrt(trace / units),
  };
}

const UNDEFINED = Object.fromEntries(METRICS.map(({ name }) => [name, null])) as Record<MetricName, null>;

/** ρ over the live units, with ones on the diagonal; null when no pair is left. */
function correlationOf(
  covariance: Float64Array<ArrayBufferLike>,
  units: number,
  live: readonly number[],
): Matrix | null {
  if (live.length < 2) return null;
  const deviation = live.map((i) => Math.sqrt(covariance[i * units + i]!));
  const correlation = Matrix.eye(live.length);
  for (let a = 0; a < live.length; a++) {
    for (let b = 0; b < a; b++) {
      const rho = covariance[live[a]! * units + live[b]!]! / (deviation[a]! * deviation[b]!);
      correlation.set(a, b, rho);
      correlation.set(b, a, rho);
    }
  }
  return correlation;
}

function pairwise(
  correlation: Matrix | null,
): Record<'mean-abs-correlation' | 'rms-correlation' | 'max-abs-correlation', number | null> {
  if (correlation === null) {
    return { 'mean-abs-correlation': null, 'rms-correlation': null, 'max-abs-correlation': null };
  }
  let absolute = 0;
  let squared = 0;
  let largest = 0;
  for (let i = 0; i < correlation.rows; i++) {
    for (let j = 0; j < i; j++) {
      const rho = Math.abs(correlation.get(i, j));
      absolute += rho;
      squared += rho * rho;
      largest = Math.max(largest, rho);
    }
  }
  const pairs = (correlation.rows * (correlation.rows - 1)) / 2;
  return {
    'mean-abs-correlation': absolute / pairs,
    'rms-correlation': Math.sqrt(squared / pairs),
    'max-abs-correlation': largest,
  };
}

/**
 * Eigenvalues above rounding, largest first.
 *
 * Of a symmetric matrix without negative eigenvalues they are the singular values, which the library finds without
 * the vectors. Dead units only add zeros, and n samples leave at most n − 1 eigenvalues: what else is found is noise,
 * and its square root would not be small.
 */
function eigenvaluesOf(
  covariance: Float64Array<ArrayBufferLike>,
  samples: number,
  units: number,
  live: readonly number[],
): number[] {
  if (live.length === 0) return [];
  const alive = Matrix.from1DArray(units, units, covariance).selection([...live], [...live]);
  const { diagonal } = new SingularValueDecomposition(alive, {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
  });
  const noise = (diagonal[0] ?? 0) * units * Number.EPSILON;
  return diagonal.slice(0, samples - 1).filter((value) => value > noise);
}

/** exp of the entropy of σ/Σσ with σ ∝ sqrt(λ). */
function effectiveRank(eigenvalues: readonly number[]): number | null {
  if (eigenvalues.length === 0) return null;
  const singular = eigenvalues.map(Math.sqrt);
  const total = sum(singular);
  const entropy = -sum(singular.map((sigma) => (sigma / total) * Math.log(sigma / total)));
  return Math.exp(entropy);
}

/** −½ log det ρ = −Σ log L_ii with ρ = L·Lᵀ; null where ρ is singular to rounding. */
function totalCorrelation(correlation: Matrix | null): number | null {
  if (correlation === null) return null;
  const pivots = new CholeskyDecomposition(correlation).lowerTriangularMatrix.diagonal();
  if (!pivots.every((pivot) => pivot ** 2 > correlation.rows * Number.EPSILON)) return null;
  return Math.max(-sum(pivots.map(Math.log)), 0);
}

function ratio(numerator: number, denominator: number): number | null {
  return denominator > 0 ? numerator / denominator : null;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

function checkShape(covariance: ArrayLike<number>, samples: number, units: number): void {
  if (!Number.isSafeInteger(units) || units < 1 || covariance.length !== units * units) {
    throw new ShapeError(
      'LENGTH_MISMATCH',
      `decorrelationMetrics: covariance must hold units·units numbers, got ${covariance.length} for units ${units}. Pass the whole matrix.`,
      { length: covariance.length, units },
    );
  }
  if (!Number.isSafeInteger(samples) || samples < 2) {
    throw new ShapeError(
      'TOO_FEW_SAMPLES',
      `decorrelationMetrics: a covariance needs at least 2 samples, got ${samples}. Measure more samples.`,
      { samples },
    );
  }
}
