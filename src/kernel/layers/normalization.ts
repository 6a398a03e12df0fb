/** Batch and layer normalisation: their interface, and their making over the exports of a module. */

import type { KernelArray } from '../operations.ts';
import type { KernelHost } from './host.ts';

/** A rows x units matrix; of an image, rows are samples·height·width and units are channels. */
export interface NormalizationShape {
  readonly rows: number;
  readonly units: number;
}

export interface LayerNormalizationSettings extends NormalizationShape {
  /** Added to the variance below the root. */
  readonly epsilon: number;
}

export interface BatchNormalizationSettings extends LayerNormalizationSettings {
  /** Share of the moving statistics that a batch leaves; with 1 they are not written. */
  readonly momentum: number;
  /** True: the moments of the batch. False: the moving ones, which stay as they are. */
  readonly training: boolean;
}

/** Variances are biased (divided by their count). Shapes: x, y, dx and dy rows x units; gamma, beta and their gradients units. */
export interface NormalizationOperations {
  /**
   * `y = gamma·(x − mean)/√(variance + epsilon) + beta`, column by column; in training
   * `moving = momentum·moving + (1 − momentum)·(mean, variance)`. `statistics` [3·units] is written for the way back.
   *
   * Precision: 32 rows are summed in the precision of the kernel, less the mean of the rows before them, and those sums in float64:
   * in float32 mean and variance are right to about 1e-6 of the deviation and the variance, whatever the offset.
   */
  batchNormalizationForward(
    y: KernelArray,
    statistics: KernelArray,
    movingMean: KernelArray,
    movingVariance: KernelArray,
    x: KernelArray,
    gamma: KernelArray,
    beta: KernelArray,
    settings: BatchNormalizationSettings,
  ): void;
  /**
   * Gradients from `dy`, all overwritten: in training those through the moments of the batch, else those with the moving ones held.
   * `dx` may be `dy`, or null where nothing lies below. `statistics` are what the forward pass left, `training` what it had.
   */
  batchNormalizationBackward(
    dx: KernelArray | null,
    dGamma: KernelArray,
    dBeta: KernelArray,
    dy: KernelArray,
    x: KernelArray,
    gamma: KernelArray,
    statistics: KernelArray,
    settings: NormalizationShape & { readonly training: boolean },
  ): void;
  /** `y = gamma·(x − mean)/√(variance + epsilon) + beta` with the moments of each row. `statistics` [3·rows] is for the way back. */
  layerNormalizationForward(
    y: KernelArray,
    statistics: KernelArray,
    x: KernelArray,
    gamma: KernelArray,
    beta: KernelArray,
    settings: LayerNormalizationSettings,
  ): void;
  /** Gradients from `dy`, all overwritten; `dx` may be `dy`. */
  layerNormalizationBackward(
    dx: KernelArray,
    dGamma: KernelArray,
    dBeta: KernelArray,
    dy: KernelArray,
    x: KernelArray,
    gamma: KernelArray,
    statistics: KernelArray,
    shape: NormalizationShape,
  ): void;
  /** Take the room that normalising needs for itself now, so that no call grows the memory. */
  reserveNormalization(units: number): void;
}

/** Exports of assembly/exports/normalization.ts. */
export interface NormalizationExports {
  batchNormalizationScratch(units: number): number;
  batchNormalizationForward(...operands: number[]): number;
  batchNormalizationBackward(...operands: number[]): number;
  layerNormalizationForward(...operands: number[]): number;
  layerNormalizationBackwardScratch(units: number): number;
  layerNormalizationBackward(...operands: number[]): number;
}

export function normalizationOperations({
  exports,
  at,
  need,
  scratch,
  check,
}: KernelHost): NormalizationOperations {
  return {
    batchNormalizationForward(y, statistics, movingMean, movingVariance, x, gamma, beta, settings) {
      const where = 'batchNormalizationForward';
      const { rows, units, epsilon, momentum, training } = settings;
      need(where, 'y', y, rows * units);
      need(where, 'statistics', statistics, 3 * units);
      need(where, 'movingMean', movingMean, units);
      need(where, 'movingVariance', movingVariance, units);
      need(where, 'x', x, rows * units);
      need(where, 'gamma', gamma, units);
      need(where, 'beta', beta, units);
      const outputs = [at(y), at(statistics), at(movingMean), at(movingVariance)];
      const inputs = [at(x), at(gamma), at(beta), rows, units, epsilon, momentum, +training];
      const room = scratch(exports.batchNormalizationScratch(units));
      check(where, exports.batchNormalizationForward(...outputs, ...inputs, room));
    },
    batchNormalizationBackward(dx, dGamma, dBeta, dy, x, gamma, statistics, { rows, units, training }) {
      const where = 'batchNormalizationBackward';
      need(where, 'dx', dx, rows * units);
      need(where, 'dGamma', dGamma, units);
      need(where, 'dBeta', dBeta, units);
      need(where, 'dy', dy, rows * units);
      need(where, 'x', x, rows * units);
      need(where, 'gamma', gamma, units);
      need(where, 'statistics', statistics, 3 * units);
      const outputs = [at(dx), at(dGamma), at(dBeta)];
      const inputs = [at(dy), at(x), at(gamma), at(statistics), rows, units, +training];
      const room = scratch(exports.batchNormalizationScratch(units));
      check(where, exports.batchNormalizationBackward(...outputs, ...inputs, room));
    },
    layerNormalizationForward(y, statistics, x, gamma, beta, { rows, units, epsilon }) {
      const where = 'layerNormalizationForward';
      need(where, 'y', y, rows * units);
      need(where, 'statistics', statistics, 3 * rows);
      need(where, 'x', x, rows * units);
      need(where, 'gamma', gamma, units);
      need(where, 'beta', beta, units);
      const operands = [at(y), at(statistics), at(x), at(gamma), at(beta), rows, units, epsilon];
      check(where, exports.layerNormalizationForward(...operands));
    },
    layerNormalizationBackward(dx, dGamma, dBeta, dy, x, gamma, statistics, { rows, units }) {
      const where = 'layerNormalizationBackward';
      need(where, 'dx', dx, rows * units);
      need(where, 'dGamma', dGamma, units);
      need(where, 'dBeta', dBeta, units);
      need(where, 'dy', dy, rows * units);
      need(where, 'x', x, rows * units);
      need(where, 'gamma', gamma, units);
      need(where, 'statistics', statistics, 3 * rows);
      const operands = [at(dx), at(dGamma), at(dBeta), at(dy), at(x), at(gamma), at(statistics), rows, units];
      const room = scratch(exports.layerNormalizationBackwardScratch(units));
      check(where, exports.layerNormalizationBackward(...operands, room));
    },
    reserveNormalization(units) {
      scratch(
        Math.max(exports.batchNormalizationScratch(units), exports.layerNormalizationBackwardScratch(units)),
      );
    },
  };
}
