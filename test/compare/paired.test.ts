import { describe, expect, test } from 'vitest';
import { pairedDifference } from '../../src/compare/paired.ts';
import type { ValuesBySeed } from '../../src/compare/statistics.ts';
import { expectClose, expectEstimate, expectProbability, T_1, T_2 } from './expect-close.ts';

function bySeed(...values: readonly number[]): ValuesBySeed {
  return { seeds: values.map((_, seed) => seed), values };
}

function of(...pairs: readonly (readonly [seed: number, value: number | null])[]): ValuesBySeed {
  return { seeds: pairs.map(([seed]) => seed), values: pairs.map(([, value]) => value) };
}

describe('differences paired by seed', () => {
  test('seeds that shift both alike leave no uncertainty', () => {
    const baseline = of([0, 1], [1, 5], [2, 9]);
    const point = of([0, 2], [1, 6], [2, 10]);
    expectEstimate(pairedDifference(point, baseline), 1, 0, 3);
  });

  test('only the seeds that both have count', () => {
    const point = of([0, 10], [1, 13], [7, 1000]);
    const baseline = of([0, 9], [1, 10], [8, -1000]);
    expectEstimate(pairedDifference(point, baseline), 2, T_1, 2);
  });

  test('a seed without a value on either side makes no pair', () => {
    const point = of([0, 3], [1, null], [2, 4]);
    const baseline = of([0, 1], [1, 1], [2, null]);
    expectEstimate(pairedDifference(point, baseline), 2, null, 1);
  });

  test('no common seed gives no difference', () => {
    expect(pairedDifference(of([0, 1]), of([1, 1]))).toEqual({
      mean: null,
      halfWidth95: null,
      n: 0,
      p: null,
      holmP: null,
      signFlipP: null,
      smallestSignFlipP: null,
    });
  });
});

describe('whether a difference is zero', () => {
  const zero = bySeed(0, 0, 0);

  // With one degree of freedom P(|T| ≥ t) = 2·atan(1/t)/π; differences 1 and 3 have t = 2.
  test('the paired t-test of two seeds has its closed form', () => {
    expectProbability(pairedDifference(bySeed(1, 3), zero).p, (2 * Math.atan(1 / 2)) / Math.PI);
  });

  // With two degrees of freedom P(|T| ≥ t) = 1 − t/sqrt(2 + t²); differences 1, 2, 3 have t = 2·sqrt(3).
  test('and that of three seeds', () => {
    const t = 2 * Math.sqrt(3);
    expectProbability(pairedDifference(bySeed(1, 2, 3), zero).p, 1 - t / Math.sqrt(2 + t ** 2));
  });

  test('p is 0.05 where the interval just touches zero', () => {
    const spread = T_2 / Math.sqrt(3);
    expectProbability(pairedDifference(bySeed(spread - 1, spread, spread + 1), zero).p, 0.05);
  });

  test('the sign of all differences turned round leaves both tests', () => {
    const up = pairedDifference(bySeed(0.3, -0.1, 0.7), zero);
    const down = pairedDifference(zero, bySeed(0.3, -0.1, 0.7));
    expect([down.p, down.signFlipP]).toEqual([up.p, up.signFlipP]);
    expectClose(down.mean, -(up.mean ?? 0));
  });

  test('one seed is no test, and equal differences do not tell how much they vary', () => {
    expect(pairedDifference(bySeed(1), zero).p).toBeNull();
    expect(pairedDifference(bySeed(0.1 + 0.2, 0.3, 0.3), zero).p).toBeNull();
  });

  test('no difference at all has p = 1', () => {
    expect(pairedDifference(zero, zero)).toMatchObject({ mean: 0, p: 1, signFlipP: 1 });
  });

  test('the smallest p that the sign-flip test can reach is told with it', () => {
    expect(pairedDifference(bySeed(1, 2, 3), zero)).toMatchObject({
      signFlipP: 0.25,
      smallestSignFlipP: 0.25,
    });
  });
});
