/**
 * The penalties of the reference kernel: from activations to a value, a gradient and a Hessian-vector product.
 *
 * What a penalty is lies in reference-*-penalties.ts, one file a family; reference-derivatives says how its parts make
 * up the derivatives. Where digits would be lost on the way through C, value and gradient come from X_c itself: reference-spectrum
 * and reference-gaussian. A NaN or an infinity among the activations makes everything NaN.
 */

import { ShapeError } from '../errors.ts';
import { findPenalty } from './catalogue.ts';
import type { PenaltyCall } from './operations.ts';
import { CORRELATION_PENALTIES } from './reference-correlation-penalties.ts';
import { addCovarianceAdjoint, centeredIf, covarianceAlong, covarianceOf } from './reference-covariance.ts';
import { COVARIANCE_PENALTIES } from './reference-covariance-penalties.ts';
import type { OfCovariance } from './reference-derivatives.ts';
import { gaussianMutualInformation } from './reference-gaussian.ts';
import { mutualInformation } from './reference-information-penalties.ts';
import { Matrix, store, transposed } from './reference-matrix.ts';
import { largestOf, scalingOf } from './reference-range.ts';
import { EIGENVALUE_PENALTIES, SPECTRAL_PENALTIES } from './reference-spectral-penalties.ts';
import { evaluateOfSpectrum, isOfSpectrum } from './reference-spectrum.ts';

/** Value of the penalty `call.id` at `x`; `gradient` receives `call.weight` times its gradient, set or added. */
export function evaluatePenalty(gradient: Matrix, x: Matrix, call: PenaltyCall): number {
  const count = x.rows * x.columns;
  const largest = largestOf(x.values.subarray(0, count));
  if (Number.isNaN(largest)) {
    gradient.values.fill(Number.NaN, 0, count);
    return Number.NaN;
  }
  const { scale, parameters, ...back } = scalingOf(call.id, call.parameters, largest);
  const scaled =
    scale === 1
      ? x
      : new Matrix(
          x.rows,
          x.columns,
          x.values.map((entry) => entry * scale),
        );
  const plain = new Matrix(x.rows, x.columns);
  const value = evaluatePlain(plain, centeredIf(call.centered, scaled), { ...call, parameters });
  if (scale !== 1) plain.values.set(plain.values.map((entry) => back.gradient(entry)));
  store(gradient, plain, call.weight, call.accumulate);
  return back.value(value);
}

/** Value of a penalty of X_c; `plain`, all zeros, receives its gradient. */
function evaluatePlain(plain: Matrix, xc: Matrix, call: PenaltyCall): number {
  const divisor = xc.rows - call.ddof;
  if (call.id === 'mutual-information') {
    return mutualInformation(plain, xc, call.centered, call.parameters);
  }
  if (call.id === 'gaussian-mutual-information') {
    return gaussianMutualInformation(plain, xc, divisor, call.parameters[0]!);
  }
  if (isOfSpectrum(call.id)) return evaluateOfSpectrum(plain, xc, call);
  const turn = turnToSmallerSide(xc, call.id);
  const side = turn(xc);
  const { value, g } = differentiate(side, call);
  const d = turn(plain);
  addCovarianceAdjoint(d, side, g, divisor);
  plain.values.set(turn(d).values);
  return value;
}

/**
 * The Hessian of the penalty `call.id` at `x` times the direction `t`; the weight is not looked at.
 *
 * Shapes: `x`, `t` and the result are samples x units.
 * Errors: a ShapeError for a penalty whose gradient jumps, or which sits on a kink of its gradient at `x`.
 */
export function penaltyHessianProduct(x: Matrix, t: Matrix, call: PenaltyCall): Matrix {
  checkSmooth(call.id);
  const turn = turnToSmallerSide(x, call.id);
  const xc = turn(centeredIf(call.centered, x));
  const tc = turn(centeredIf(call.centered, t));
  const divisor = x.rows - call.ddof;
  const { g, along } = differentiate(xc, call);
  const dc = new Matrix(xc.columns, xc.columns);
  covarianceAlong(dc, xc, tc, divisor);
  const result = new Matrix(xc.rows, xc.columns);
  addCovarianceAdjoint(result, tc, g, divisor);
  addCovarianceAdjoint(result, xc, along(dc), divisor);
  return turn(result);
}

/** The penalty of the covariance of `xc`, or of its transpose where a penalty of the eigenvalues is given that. */
function differentiate(xc: Matrix, { id, samples, units, ddof, parameters }: PenaltyCall): OfCovariance {
  const ofCovariance =
    COVARIANCE_PENALTIES[id] ??
    CORRELATION_PENALTIES[id] ??
    SPECTRAL_PENALTIES[id] ??
    EIGENVALUE_PENALTIES[id];
  if (ofCovariance === undefined) {
    throw new ShapeError('UNKNOWN_PENALTY', `penalty: the id must be in the catalogue, got '${id}'.`, { id });
  }
  const c = new Matrix(xc.columns, xc.columns);
  covarianceOf(c, xc, samples - ddof);
  return ofCovariance(c, units, parameters);
}

/**
 * With fewer samples than units a penalty of the eigenvalues is computed on the transpose, whose covariance is smaller
 * and has the same eigenvalues but for zeros; `X·h(XᵀX) = h(X·Xᵀ)·X` makes the gradients agree. The same turn leads back.
 */
function turnToSmallerSide({ rows, columns }: Matrix, id: string): (a: Matrix) => Matrix {
  return rows < columns && EIGENVALUE_PENALTIES[id] !== undefined ? transposed : (a) => a;
}

function checkSmooth(id: string): void {
  const definition = findPenalty(id);
  if (definition === undefined || definition.smooth) return;
  const reason = !definition.exact
    ? 'whose gradient is the derivative of its value'
    : definition.family === 'information'
      ? 'whose gradient does not jump at the edges of bins'
      : 'whose gradient does not jump where a covariance changes its sign';
  throw new ShapeError(
    'NO_SECOND_DERIVATIVE',
    `${id}: a second derivative needs a penalty ${reason}. Take a smooth one, smooth-abs or squared-correlation for example.`,
    { id },
  );
}
