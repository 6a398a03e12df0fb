/**
 * The decorrelation that costs nothing: a layer whitened by an invertible linear map, whose inverse the next layer absorbs.
 *
 * Any network has such a twin, with the same outputs and uncorrelated units: what a penalty must be held against.
 * Source: Huang, Yang, Lang and Deng, "Decorrelated Batch Normalization", CVPR 2018, for whitening by eigenvectors.
 */

import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { largestOf } from '../extremes.ts';

/** An invertible linear map of the units, `whitened = (x − means)·transform`, and back. */
export interface Whitening {
  /** Shapes: units x units. */
  readonly transform: Matrix;
  /** Shapes: units x units; transform · inverse = I. */
  readonly inverse: Matrix;
  /** The first so many of the new units have variance 1 and no correlation; the others have no variance. */
  readonly rank: number;
}

/**
 * The whitening of a covariance by its eigenvectors (PCA whitening).
 *
 * Directions without variance (to rounding, units·2⁻⁵² of the largest eigenvalue) keep their scale, so that the map can
 * be inverted whatever the covariance.
 *
 * Shapes: covariance units x units, symmetric.
 */
export function whiteningOf(covariance: Float64Array<ArrayBufferLike>, units: number): Whitening {
  const decomposition = new EigenvalueDecomposition(Matrix.from1DArray(units, units, covariance), {
    assumeSymmetric: true,
  });
  const eigenvalues = decomposition.realEigenvalues;
  const noise = largestOf(eigenvalues, 0) * units * Number.EPSILON;
  const order = eigenvalues.map((_, i) => i).sort((a, b) => eigenvalues[b]! - eigenvalues[a]!);
  const deviations = order.map((i) => (eigenvalues[i]! > noise ? Math.sqrt(eigenvalues[i]!) : 1));
  const vectors = decomposition.eigenvectorMatrix.subMatrixColumn(order);
  return {
    transform: vectors.clone().divRowVector(deviations),
    inverse: vectors.clone().mulRowVector(deviations).transpose(),
    rank: eigenvalues.filter((value) => value > noise).length,
  };
}

/**
 * Covariance of the whitened units, `Tᵀ·C·T`, for any samples: 0 for those without variance, so that they count as dead.
 *
 * Shapes: covariance units x units, on the samples to be measured; the result as well.
 */
export function whitenedCovariance(
  { transform, rank }: Whitening,
  covariance: Float64Array<ArrayBufferLike>,
): Float64Array<ArrayBuffer> {
  const units = transform.rows;
  const result = new Float64Array(units * units);
  const product = transform
    .transpose()
    .mmul(Matrix.from1DArray(units, units, covariance))
    .mmul(transform);
  for (let i = 0; i < rank; i++) {
    for (let j = 0; j <= i; j++) {
      // Symmetric to the last bit, as the metrics want it.
      const entry = i === j ? product.get(i, i) : (product.get(i, j) + product.get(j, i)) / 2;
      result[i * units + j] = entry;
      result[j * units + i] = entry;
    }
  }
  return result;
}

/** The weights (units x outputs) and biases of a dense layer. */
export interface LinearLayer {
  readonly weights: Matrix;
  readonly biases: readonly number[];
}

/**
 * The layer above, made to take whitened units: `W ↦ inverse·W`, `b ↦ b + means·W`. Its outputs stay what they were.
 */
export function absorbWhitening(
  { inverse }: Whitening,
  means: readonly number[],
  { weights, biases }: LinearLayer,
): LinearLayer {
  const shift = Matrix.rowVector(means).mmul(weights).getRow(0);
  return { weights: inverse.mmul(weights), biases: biases.map((bias, k) => bias + shift[k]!) };
}
