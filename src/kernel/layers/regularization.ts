/** Dropout, noise, norms of weights and the sum of two arrays: their interface, and their making over a module. */

import { ShapeError } from '../../errors.ts';
import { shown } from '../arguments.ts';
import type { KernelArray } from '../operations.ts';
import type { KernelHost } from './host.ts';

/** Which random numbers an operation takes: those of `uniformStream(seed, purpose, index)`, whatever the thread. */
export interface StreamKey {
  readonly seed: number;
  readonly index: number;
}

export interface DropoutSettings extends StreamKey {
  /** Share of the entries that become 0; the others are divided by 1 − rate. From 0 to below 1. */
  readonly rate: number;
}

export interface NoiseSettings extends StreamKey {
  readonly deviation: number;
}

/** Factors of Σ|w| and of Σw² in the cost; neither has a ½. */
export interface NormFactors {
  readonly l1: number;
  readonly l2: number;
}

export interface RegularizationOperations {
  /**
   * `out_i` = 0 where number i of the stream (seed, dropout, index) is below the rate, else `x_i/(1 − rate)`; `out` may be `x`. It is its
   * own gradient: the same on ∂/∂out gives ∂/∂x.
   */
  dropout(out: KernelArray, x: KernelArray, count: number, settings: DropoutSettings): void;
  /**
   * `out_i = x_i + deviation·g_i`, with g_i the normal quantile of (word i + ½)·2⁻³² of the stream (seed, gaussian-noise, index); `out` may
   * be `x`.
   *
   * Precision: g is right to 4e-7 in float32 and to 1e-12 in float64.
   */
  gaussianNoise(out: KernelArray, x: KernelArray, count: number, settings: NoiseSettings): void;
  /** `gradient += l1·sign(weights) + 2·l2·weights`; the sign of 0 is 0. */
  addNormGradients(gradient: KernelArray, weights: KernelArray, count: number, factors: NormFactors): void;
  /** Scales each column of `weights` [rows x units] whose Euclidean norm is above `limit` down to it. */
  limitNorms(weights: KernelArray, rows: number, units: number, limit: number): void;
  /** `out = a + b`; `out` may be either. */
  add(out: KernelArray, a: KernelArray, b: KernelArray, count: number): void;
}

/** Exports of assembly/exports/regularization.ts. */
export interface RegularizationExports {
  dropout(out: number, x: number, count: number, rate: number, seed: number, index: number): number;
  gaussianNoise(
    out: number,
    x: number,
    count: number,
    deviation: number,
    seed: number,
    index: number,
  ): number;
  addNormGradients(gradient: number, weights: number, count: number, l1: number, l2: number): number;
  limitNorms(weights: number, rows: number, units: number, limit: number): number;
  add(out: number, a: number, b: number, count: number): number;
}

/** Refuses a rate of dropout that leaves nothing, or that 32 random bits do not tell from one that does. */
export function checkRate(rate: number): void {
  if (rate >= 0 && Math.ceil(rate * 2 ** 32) < 2 ** 32) return;
  throw new ShapeError('RATE_OUT_OF_RANGE', `dropout: rate must be from 0 to below 1, got ${shown(rate)}.`, {
    rate,
  });
}

/** Refuses a standard deviation that is negative or not finite. */
export function checkDeviation(deviation: number): void {
  if (deviation >= 0 && Number.isFinite(deviation)) return;
  throw new ShapeError(
    'DEVIATION_OUT_OF_RANGE',
    `gaussianNoise: deviation must be a number of at least 0, got ${shown(deviation)}.`,
    { deviation },
  );
}

/** Refuses a limit on norms that is not above 0. */
export function checkLimit(limit: number): void {
  if (limit > 0) return;
  throw new ShapeError('LIMIT_OUT_OF_RANGE', `limitNorms: limit must be above 0, got ${shown(limit)}.`, {
    limit,
  });
}

export function regularizationOperations({ exports, at, need, check }: KernelHost): RegularizationOperations {
  return {
    dropout(out, x, count, { rate, seed, index }) {
      need('dropout', 'out', out, count);
      need('dropout', 'x', x, count);
      checkRate(rate);
      check('dropout', exports.dropout(at(out), at(x), count, rate, seed, index));
    },
    gaussianNoise(out, x, count, { deviation, seed, index }) {
      need('gaussianNoise', 'out', out, count);
      need('gaussianNoise', 'x', x, count);
      checkDeviation(deviation);
      check('gaussianNoise', exports.gaussianNoise(at(out), at(x), count, deviation, seed, index));
    },
    addNormGradients(gradient, weights, count, { l1, l2 }) {
      need('addNormGradients', 'gradient', gradient, count);
      need('addNormGradients', 'weights', weights, count);
      check('addNormGradients', exports.addNormGradients(at(gradient), at(weights), count, l1, l2));
    },
    limitNorms(weights, rows, units, limit) {
      need('limitNorms', 'weights', weights, rows * units);
      checkLimit(limit);
      check('limitNorms', exports.limitNorms(at(weights), rows, units, limit));
    },
    add(out, a, b, count) {
      need('add', 'out', out, count);
      need('add', 'a', a, count);
      need('add', 'b', b, count);
      check('add', exports.add(at(out), at(a), at(b), count));
    },
  };
}
