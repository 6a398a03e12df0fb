/** Compares numbers with values that were worked out by hand. */
import { expect } from 'vitest';
import type { Estimate } from '../../src/compare/statistics.ts';
import { TOLERANCES } from '../tolerances.ts';

/** Quantiles of Student's t distribution in closed form: tan(0.475·π), and 0.95·sqrt(2/(1 − 0.95²)). */
export const T_1 = 12.706204736174696;
export const T_2 = 4.302652729749464;

export function expectClose(actual: number | null | undefined, expected: number): void {
  const error = Math.abs((actual ?? Number.NaN) - expected) / Math.max(1, Math.abs(expected));
  expect(error, `${actual} is not ${expected}`).toBeLessThanOrEqual(TOLERANCES.summary);
}

/** Checks a p-value, to the precision of the library's distribution function. */
export function expectProbability(actual: number | null | undefined, expected: number): void {
  expect(Math.abs((actual ?? Number.NaN) - expected), `${actual} is not ${expected}`).toBeLessThanOrEqual(
    TOLERANCES.probability,
  );
}

/** Checks all of an estimate; `half` null means that there is no interval. */
export function expectEstimate(
  actual: Estimate | null | undefined,
  mean: number,
  half: number | null,
  n: number,
): void {
  expectClose(actual?.mean, mean);
  if (half === null) {
    expect(actual?.halfWidth95).toBeNull();
  } else {
    expectClose(actual?.halfWidth95, half);
  }
  expect(actual?.n).toBe(n);
}
