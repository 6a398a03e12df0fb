/** Dropout, noise, norms of weights and the sum of two arrays in plain float64. */

import { uniformStream } from '../../random.ts';
import { checkSizes } from '../arguments.ts';
import { numbers } from '../reference-arguments.ts';
import { elementwise } from './reference-activations.ts';
import { normalQuantile } from './reference-normal.ts';
import { checkDeviation, checkLimit, checkRate, type RegularizationOperations } from './regularization.ts';

export const referenceRegularization: RegularizationOperations = {
  dropout(out, x, count, { rate, seed, index }) {
    checkRate(rate);
    const next = uniformStream(seed, 'dropout', index);
    elementwise('dropout', out, x, count, (value) => (next() < rate ? 0 : value / (1 - rate)));
  },
  gaussianNoise(out, x, count, { deviation, seed, index }) {
    checkDeviation(deviation);
    const next = uniformStream(seed, 'gaussian-noise', index);
    // In the middle of the interval that a word stands for.
    const normal = (): number => normalQuantile(next() + 2 ** -33);
    elementwise('gaussianNoise', out, x, count, (value) => value + deviation * normal());
  },
  addNormGradients(gradient, weights, count, { l1, l2 }) {
    const w = numbers('addNormGradients', 'weights', weights, count);
    elementwise(
      'addNormGradients',
      gradient,
      gradient,
      count,
      (value, i) => value + l1 * Math.sign(w[i]!) + 2 * l2 * w[i]!,
    );
  },
  limitNorms(weights, rows, units, limit) {
    checkSizes('limitNorms', { rows, units });
    checkLimit(limit);
    const w = numbers('limitNorms', 'weights', weights, rows * units);
    for (let unit = 0; unit < units; unit++) {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += w[row * units + unit]! ** 2;
      const norm = Math.sqrt(sum);
      if (!(norm > limit)) continue;
      for (let row = 0; row < rows; row++) w[row * units + unit]! *= limit / norm;
    }
  },
  add(out, a, b, count) {
    const other = numbers('add', 'b', b, count);
    elementwise('add', out, a, count, (value, i) => value + other[i]!);
  },
};
