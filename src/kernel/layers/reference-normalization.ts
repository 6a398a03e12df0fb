/** Batch and layer normalisation in plain float64. */

import { checkSizes } from '../arguments.ts';
import type { FloatArray } from '../operations.ts';
import { numbers } from '../reference-arguments.ts';
import type { NormalizationOperations } from './normalization.ts';

/** Mean and biased variance of the numbers at `indices`. */
function momentsOf(x: FloatArray, indices: readonly number[]): { mean: number; variance: number } {
  const n = indices.length;
  const mean = indices.reduce((sum, i) => sum + x[i]!, 0) / n;
  const variance = indices.reduce((sum, i) => sum + (x[i]! - mean) ** 2, 0) / n;
  return { mean, variance };
}

/**
 * ∂/∂x of normalising the numbers at `indices` among each other: inverse·(g − mean(g) − x̂·mean(g·x̂)), for the gradients g of x̂.
 */
function throughMoments(g: readonly number[], normal: readonly number[], inverse: number): readonly number[] {
  const n = g.length;
  const mean = g.reduce((sum, value) => sum + value, 0) / n;
  const slope = g.reduce((sum, value, i) => sum + value * normal[i]!, 0) / n;
  return g.map((value, i) => inverse * (value - mean - normal[i]! * slope));
}

const columnOf = (unit: number, rows: number, units: number): number[] =>
  Array.from({ length: rows }, (_, row) => row * units + unit);

const rowOf = (row: number, units: number): number[] =>
  Array.from({ length: units }, (_, unit) => row * units + unit);

export const referenceNormalization: NormalizationOperations = {
  batchNormalizationForward(y, statistics, movingMean, movingVariance, x, gamma, beta, settings) {
    const where = 'batchNormalizationForward';
    const { rows, units, epsilon, momentum, training } = settings;
    checkSizes(where, { rows, units });
    const [out, source] = [numbers(where, 'y', y, rows * units), numbers(where, 'x', x, rows * units)];
    const kept = numbers(where, 'statistics', statistics, 3 * units);
    const means = numbers(where, 'movingMean', movingMean, units);
    const variances = numbers(where, 'movingVariance', movingVariance, units);
    const [scale, shift] = [numbers(where, 'gamma', gamma, units), numbers(where, 'beta', beta, units)];
    for (let unit = 0; unit < units; unit++) {
      const column = columnOf(unit, rows, units);
      let [mean, variance] = [means[unit]!, variances[unit]!];
      if (training) {
        ({ mean, variance } = momentsOf(source, column));
        if (momentum !== 1) {
          means[unit] = momentum * means[unit]! + (1 - momentum) * mean;
          variances[unit] = momentum * variances[unit]! + (1 - momentum) * variance;
        }
      }
      const inverse = 1 / Math.sqrt(variance + epsilon);
      for (const i of column) out[i] = scale[unit]! * (source[i]! - mean) * inverse + shift[unit]!;
      kept.set([mean], unit);
      kept.set([0], units + unit);
      kept.set([inverse], 2 * units + unit);
    }
  },
  batchNormalizationBackward(dx, dGamma, dBeta, dy, x, gamma, statistics, { rows, units, training }) {
    const where = 'batchNormalizationBackward';
    checkSizes(where, { rows, units });
    const below = dx === null ? null : numbers(where, 'dx', dx, rows * units);
    const [scales, shifts] = [numbers(where, 'dGamma', dGamma, units), numbers(where, 'dBeta', dBeta, units)];
    const [upstream, source] = [numbers(where, 'dy', dy, rows * units), numbers(where, 'x', x, rows * units)];
    const scale = numbers(where, 'gamma', gamma, units);
    const kept = numbers(where, 'statistics', statistics, 3 * units);
    for (let unit = 0; unit < units; unit++) {
      const column = columnOf(unit, rows, units);
      const [mean, inverse] = [kept[unit]!, kept[2 * units + unit]!];
      const normal = column.map((i) => (source[i]! - mean) * inverse);
      scales[unit] = column.reduce((sum, i, row) => sum + upstream[i]! * normal[row]!, 0);
      shifts[unit] = column.reduce((sum, i) => sum + upstream[i]!, 0);
      if (below === null) continue;
      const g = column.map((i) => upstream[i]! * scale[unit]!);
      const gradient = training ? throughMoments(g, normal, inverse) : g.map((value) => value * inverse);
      for (const [row, i] of column.entries()) below[i] = gradient[row]!;
    }
  },
  layerNormalizationForward(y, statistics, x, gamma, beta, { rows, units, epsilon }) {
    const where = 'layerNormalizationForward';
    checkSizes(where, { rows, units });
    const [out, source] = [numbers(where, 'y', y, rows * units), numbers(where, 'x', x, rows * units)];
    const kept = numbers(where, 'statistics', statistics, 3 * rows);
    const [scale, shift] = [numbers(where, 'gamma', gamma, units), numbers(where, 'beta', beta, units)];
    for (let row = 0; row < rows; row++) {
      const indices = rowOf(row, units);
      const { mean, variance } = momentsOf(source, indices);
      const inverse = 1 / Math.sqrt(variance + epsilon);
      for (const [unit, i] of indices.entries()) {
        out[i] = scale[unit]! * (source[i]! - mean) * inverse + shift[unit]!;
      }
      kept.set([mean, 0, inverse], 3 * row);
    }
  },
  layerNormalizationBackward(dx, dGamma, dBeta, dy, x, gamma, statistics, { rows, units }) {
    const where = 'layerNormalizationBackward';
    checkSizes(where, { rows, units });
    const below = numbers(where, 'dx', dx, rows * units);
    const scales = numbers(where, 'dGamma', dGamma, units).fill(0, 0, units);
    const shifts = numbers(where, 'dBeta', dBeta, units).fill(0, 0, units);
    const [upstream, source] = [numbers(where, 'dy', dy, rows * units), numbers(where, 'x', x, rows * units)];
    const scale = numbers(where, 'gamma', gamma, units);
    const kept = numbers(where, 'statistics', statistics, 3 * rows);
    for (let row = 0; row < rows; row++) {
      const indices = rowOf(row, units);
      const [mean, inverse] = [kept[3 * row]!, kept[3 * row + 2]!];
      const normal = indices.map((i) => (source[i]! - mean) * inverse);
      for (const [unit, i] of indices.entries()) {
        scales[unit]! += upstream[i]! * normal[unit]!;
        shifts[unit]! += upstream[i]!;
      }
      const g = indices.map((i, unit) => upstream[i]! * scale[unit]!);
      const gradient = throughMoments(g, normal, inverse);
      for (const [unit, i] of indices.entries()) below[i] = gradient[unit]!;
    }
  },
  // Its room is the garbage collector's business.
  reserveNormalization() {},
};
