import { describe, expect, test } from 'vitest';
import { estimate, mean, sampleVariance, tQuantile975, tTwoSidedP } from '../../src/compare/statistics.ts';
import { expectClose, expectEstimate, expectProbability, T_1, T_2 } from './expect-close.ts';
import { studentQuantile, studentTwoSidedP } from './student.ts';

describe('estimates over seeds', () => {
  test('the mean and the unbiased variance of a textbook sample are 5 and 32/7', () => {
    const sample = [2, 4, 4, 4, 5, 5, 7, 9];
    expectClose(mean(sample), 5);
    expectClose(sampleVariance(sample), 32 / 7);
  });

  test('the t quantile has its closed forms at one and two degrees of freedom', () => {
    expectClose(tQuantile975(1), T_1);
    expectClose(tQuantile975(2), T_2);
  });

  test.each([1, 2, 3, 4, 5, 9, 19, 30, 99])(
    'the t quantile at %i degrees of freedom is that of the integrated density',
    (degreesOfFreedom) => {
      expectProbability(tQuantile975(degreesOfFreedom) / studentQuantile(0.05, degreesOfFreedom), 1);
    },
  );

  test.each([1, 2, 3, 4, 9, 30])(
    'so is p, also where it is tiny, at %i degrees of freedom',
    (degreesOfFreedom) => {
      for (const t of [0.1, 1, 2.5, 10, 1e3, 1e8]) {
        const p = tTwoSidedP(t, degreesOfFreedom);
        expectProbability(p / studentTwoSidedP(t, degreesOfFreedom), 1);
        expect(tTwoSidedP(-t, degreesOfFreedom)).toBe(p);
      }
    },
  );

  test('the t quantile approaches that of the normal distribution', () => {
    expect(tQuantile975(1e6)).toBeGreaterThan(1.959963);
    expect(tQuantile975(1e6)).toBeLessThan(1.96);
  });

  test('the interval of 1, 2, 3 is the t quantile over the root of 3', () => {
    expectEstimate(estimate([1, 2, 3]), 2, T_2 / Math.sqrt(3), 3);
  });

  test('two values that differ by d have the interval t·d/2', () => {
    expectEstimate(estimate([0.978, 0.98]), 0.979, T_1 * 0.001, 2);
  });

  test('equal values have an interval of zero, which is not the same as none', () => {
    expectEstimate(estimate([3, 3]), 3, 0, 2);
  });

  test('one value has a mean and no interval', () => {
    expectEstimate(estimate([0.5]), 0.5, null, 1);
  });

  test('no value has neither, and says that it is over none', () => {
    expect(estimate([])).toEqual({ mean: null, halfWidth95: null, n: 0 });
    expect(estimate([null, Number.NaN])).toEqual({ mean: null, halfWidth95: null, n: 0 });
  });

  test('what is not a finite number is left out and lowers n', () => {
    expectEstimate(estimate([1, null, Number.NaN, Number.POSITIVE_INFINITY, 3]), 2, T_1, 2);
  });
});
