/** Dropout, noise, norms of weights and sums: kernels agree with the reference, and with the streams of src/random.ts. */
import { describe, expect, it } from 'vitest';
import { layerStep, uniformStream } from '../../../src/random.ts';
import { TOLERANCES } from '../../tolerances.ts';
import { compareAll, expectGradient, kernels, numberSource, reference, SIZES } from '../agreement.ts';
import { guarded } from '../guarded.ts';

const numbers = numberSource();

/** Keys of every word of the counter and the generator. */
const KEYS = [
  { seed: 0, index: 0 },
  { seed: 5 * 2 ** 32 + 7, index: layerStep(3, 12_345) },
  { seed: 2 ** 53 - 1, index: 2 ** 53 - 1 },
];

describe('dropout', () => {
  it('takes what the stream of its seed and index is below the rate, bit for bit, on every kernel', () => {
    for (const key of KEYS) {
      for (const rate of [0, 0.1, 0.25, 0.5, 0.9, 1 - 2 ** -20]) {
        const count = 1003;
        const next = uniformStream(key.seed, 'dropout', key.index);
        const kept = Array.from({ length: count }, () => next() >= rate);
        for (const kernel of kernels) {
          const x = new Float64Array(count).fill(1);
          const [out] = guarded(kernel, [count], [x], (operations, [to], [from]) =>
            operations.dropout(to!, from!, count, { rate, ...key }),
          );
          const scale = kernel.precision === 'f32' ? Math.fround(1 / (1 - rate)) : 1 / (1 - rate);
          expect(Array.from(out!)).toEqual(kept.map((is) => (is ? scale : 0)));
        }
      }
    }
  });

  it('agrees at every remainder, in place too, and keeps the mean', () => {
    for (const count of [...SIZES, 999]) {
      const settings = { rate: 0.3, seed: 11, index: count };
      const x = numbers(count);
      compareAll(`dropout ${count}`, [count], [x], (operations, [out], [from]) =>
        operations.dropout(out!, from!, count, settings),
      );
      compareAll(`dropout in place ${count}`, [count], [x], (operations, [out], [from]) => {
        out!.values.set(from!.values);
        operations.dropout(out!, out!, count, settings);
      });
    }
    const count = 100_000;
    const array = reference.operations.allocate(count);
    array.values.fill(1);
    reference.operations.dropout(array, array, count, { rate: 0.2, seed: 1, index: 2 });
    const mean = Array.from(array.values).reduce((sum, value) => sum + value, 0) / count;
    // The deviation of an entry is √(rate/(1 − rate)).
    expect(Math.abs(mean - 1) / Math.sqrt(0.25 / count)).toBeLessThan(TOLERANCES.standardErrors);
  });

  it('is its own gradient', () => {
    const count = 37;
    const settings = { rate: 0.4, seed: 3, index: 9 };
    const [x, dy] = [numbers(count), numbers(count)];
    const on = (values: Float64Array): Float64Array =>
      guarded(reference, [count], [values], (operations, [out], [from]) =>
        operations.dropout(out!, from!, count, settings),
      )[0]!;
    expectGradient('dropout', x, dy, on(dy), on);
  });

  it('a rate that leaves nothing, or is none, is refused', () => {
    for (const { operations } of kernels) {
      const array = operations.allocate(1);
      for (const rate of [1, 1.5, -0.1, Number.NaN, 1 - 2 ** -33]) {
        expect(() => operations.dropout(array, array, 1, { rate, seed: 0, index: 0 })).toThrow(
          `dropout: rate must be from 0 to below 1, got ${rate}.`,
        );
      }
      operations.free(array);
    }
  });
});

describe('gaussian noise', () => {
  it('is the normal quantile of the stream of its seed and index, on every kernel', () => {
    for (const key of KEYS) {
      for (const count of [...SIZES, 2000]) {
        compareAll(`noise ${count}`, [count], [numbers(count)], (operations, [out], [from]) =>
          operations.gaussianNoise(out!, from!, count, { deviation: 1, ...key }),
        );
      }
    }
    compareAll('noise in place', [9], [numbers(9)], (operations, [out], [from]) => {
      out!.values.set(from!.values);
      operations.gaussianNoise(out!, out!, 9, { deviation: 0.125, seed: 1, index: 1 });
    });
  });

  it('has the moments of a normal distribution', () => {
    const count = 200_000;
    for (const kernel of kernels.filter(({ variant }) => variant !== 'reference')) {
      const array = kernel.operations.allocate(count);
      kernel.operations.gaussianNoise(array, array, count, { deviation: 1, seed: 4, index: 5 });
      const moment = (power: number): number =>
        Array.from(array.values).reduce((sum, value) => sum + value ** power, 0) / count;
      const errors = [
        moment(1) / Math.sqrt(1 / count),
        (moment(2) - 1) / Math.sqrt(2 / count),
        moment(3) / Math.sqrt(15 / count),
        (moment(4) - 3) / Math.sqrt(96 / count),
      ];
      for (const error of errors) expect(Math.abs(error)).toBeLessThan(TOLERANCES.standardErrors);
      kernel.operations.free(array);
    }
  });

  it('a deviation that is negative or not finite is refused', () => {
    for (const { operations } of kernels) {
      const array = operations.allocate(1);
      for (const deviation of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => operations.gaussianNoise(array, array, 1, { deviation, seed: 0, index: 0 })).toThrow(
          `gaussianNoise: deviation must be a number of at least 0, got ${deviation}.`,
        );
      }
      operations.free(array);
    }
  });
});

describe('norms of weights', () => {
  it('gradients of l1 and l2 agree, and are those of their sums', () => {
    const factors = { l1: 0.25, l2: 0.0625 };
    for (const count of [...SIZES, 999]) {
      const [weights, gradient] = [numbers(count, 0.2), numbers(count)];
      compareAll(`norms ${count}`, [count], [weights, gradient], (operations, [out], [w, g]) => {
        out!.values.set(g!.values);
        operations.addNormGradients(out!, w!, count, factors);
      });
    }
    const weights = numbers(9);
    const [gradient] = guarded(reference, [9], [weights], (operations, [out], [w]) =>
      operations.addNormGradients(out!, w!, 9, factors),
    );
    const cost = (w: Float64Array): number[] => [
      w.reduce((sum, value) => sum + factors.l1 * Math.abs(value) + factors.l2 * value * value, 0),
    ];
    expectGradient('norms', weights, [1], gradient!, cost);
  });

  it('a column above the limit is scaled down to it, another stays as it is', () => {
    for (const units of SIZES) {
      const rows = 1 + ((units * 5) % 23);
      const weights = numbers(rows * units);
      const limit = Math.sqrt(rows) * 0.55;
      compareAll(`limit ${rows}x${units}`, [rows * units], [weights], (operations, [out], [w]) => {
        out!.values.set(w!.values);
        operations.limitNorms(out!, rows, units, limit);
      });
      for (const kernel of kernels) {
        const [limited] = guarded(kernel, [rows * units], [weights], (operations, [out], [w]) => {
          out!.values.set(w!.values);
          operations.limitNorms(out!, rows, units, limit);
        });
        for (let unit = 0; unit < units; unit++) {
          const norm = (of: Float64Array): number =>
            Math.hypot(...Array.from({ length: rows }, (_, row) => of[row * units + unit]!));
          const before = norm(weights);
          if (before <= limit) expect(limited![unit]).toBe(weights[unit]);
          else {
            const error = Math.abs(norm(limited!) / limit - 1);
            expect(error).toBeLessThanOrEqual(TOLERANCES.operation[kernel.precision]);
          }
        }
      }
    }
    for (const { operations } of kernels) {
      const array = operations.allocate(1);
      for (const limit of [0, -1, Number.NaN]) {
        expect(() => operations.limitNorms(array, 1, 1, limit)).toThrow(
          `limitNorms: limit must be above 0, got ${limit}.`,
        );
      }
      operations.free(array);
    }
  });

  it('the sum of two arrays agrees, in place of either', () => {
    for (const count of SIZES) {
      const [a, b] = [numbers(count), numbers(count)];
      compareAll(`sum ${count}`, [count], [a, b], (operations, [out], [left, right]) =>
        operations.add(out!, left!, right!, count),
      );
      compareAll(`sum in place ${count}`, [count, count], [a, b], (operations, [x, y], [left, right]) => {
        x!.values.set(left!.values);
        y!.values.set(right!.values);
        operations.add(x!, x!, right!, count);
        operations.add(y!, left!, y!, count);
      });
    }
  });
});
