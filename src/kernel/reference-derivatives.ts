/**
 * What a penalty of the covariance is to the reference kernel: a value with its first two derivatives.
 *
 * With `G = ∂value/∂C`, every entry taken as independent of its symmetric twin, one shared product gives the gradient:
 * `∂value/∂X = X_c·(G + Gᵀ)/(n − ddof)`. Along a direction T, C moves by Ċ and G by Ġ, and the product rule gives the
 * Hessian times T: `(T_c·(G + Gᵀ) + X_c·(Ġ + Ġᵀ))/(n − ddof)`.
 */

import type { Matrix } from './reference-matrix.ts';

/** A penalty at one C. */
export interface OfCovariance {
  readonly value: number;
  /** G, the shape of C. */
  readonly g: Matrix;
  /** Ġ when C moves by `dc`, which is symmetric. */
  along(dc: Matrix): Matrix;
}

/** A penalty of `c` for `m` units; `parameters` in the order of the catalogue. */
export type PenaltyOfCovariance = (c: Matrix, m: number, parameters: readonly number[]) => OfCovariance;

/** f(c), f′(c) and f″(c) of a function of one number; f″ is NaN where f′ has a kink. */
export type ScalarDerivatives = readonly [value: number, slope: number, curvature: number];
export type ScalarFunction = (c: number) => ScalarDerivatives;

/** |c|, with sign(0) = 0. */
export const absolute: ScalarFunction = (c) => [Math.abs(c), Math.sign(c), 0];

/** c². */
export const square: ScalarFunction = (c) => [c * c, 2 * c, 2];
