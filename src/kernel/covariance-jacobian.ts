/** The dense derivative of the covariance, for small problems; everything else needs only its products with something. */

import { ShapeError } from '../errors.ts';
import type { CovarianceShape, FloatArray } from './operations.ts';

/** Bytes above which the tensor is refused. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * Zeros for the tensor: m·m·n·m numbers.
 *
 * Errors: a ShapeError with the size in bytes where it is above 64 MiB.
 */
export function allocateJacobian({ samples, units }: CovarianceShape, precision: 'f32' | 'f64'): FloatArray {
  const length = units ** 3 * samples;
  const bytes = length * (precision === 'f32' ? 4 : 8);
  if (bytes > MOST_BYTES) {
    throw new ShapeError(
      'JACOBIAN_TOO_LARGE',
      `covarianceJacobian: units³·samples numbers must take at most ${MOST_BYTES} bytes, got ${bytes} bytes. Use covarianceJvp or covarianceVjp, its products with a direction or an upstream gradient.`,
      { bytes, most: MOST_BYTES, samples, units },
    );
  }
  return precision === 'f32' ? new Float32Array(length) : new Float64Array(length);
}

/**
 * `∂C_ij/∂X_sk = (δ_ik·x_sj + δ_jk·x_si)/(samples − ddof)` of the centred activations `xc` [samples x units].
 *
 * The same holds where C centres by itself: the columns of X_c sum to zero already.
 * Shapes: `jacobian` comes as zeros, units x units x samples x units, the last two exchanged when `transposed`.
 */
export function fillJacobian(
  jacobian: FloatArray,
  xc: FloatArray,
  { samples, units, ddof }: CovarianceShape,
  transposed: boolean,
): void {
  const divisor = samples - ddof;
  for (let i = 0; i < units; i++) {
    for (let j = 0; j < units; j++) {
      const start = (i * units + j) * samples * units;
      for (let s = 0; s < samples; s++) {
        const at = (k: number): number => start + (transposed ? k * samples + s : s * units + k);
        jacobian[at(i)]! += xc[s * units + j]! / divisor;
        jacobian[at(j)]! += xc[s * units + i]! / divisor;
      }
    }
  }
}
