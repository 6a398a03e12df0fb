import { describe, expect, test } from 'vitest';
import { domainOf, weightTicks } from '../../../src/render/report/axis.ts';

describe('an axis', () => {
  const at = (mean: number, half = 0) => ({ mean, low: mean - half, high: mean + half });

  test('holds every mean with some room', () => {
    const [low, high] = domainOf([at(1), at(3)]);
    expect(low).toBeLessThan(1);
    expect(high).toBeGreaterThan(3);
  });

  test('is not widened by a long interval until the means are a dot', () => {
    const [low, high] = domainOf([at(1, 100), at(3)]);
    expect(high - low).toBeLessThan(2 * (3 - 1));
  });

  test('is widened by an interval that leaves the means room, on either side', () => {
    const [low, high] = domainOf([at(1, 0.3), at(3, 0.3)]);
    expect(low).toBeLessThan(0.7);
    expect(high).toBeGreaterThan(3.3);
  });

  test('of a single value has a width', () => {
    for (const value of [0, 5, -5]) {
      const [low, high] = domainOf([at(value)]);
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
  });
});

test('the weights of a grid are the ticks', () => {
  expect(weightTicks([0.003, 0.03, 0.3, 3])).toEqual([0.003, 0.03, 0.3, 3]);
});

test('weights that were drawn, or set from a strength, get powers of ten, exactly', () => {
  expect(weightTicks([0.00017, 0.0002, 0.03, 2.2])).toEqual([0.001, 0.01, 0.1, 1]);
  expect(weightTicks([1e-12, 2e-12, 5])).toEqual([1e-12, 1e-9, 1e-6, 1e-3, 1]);
});

test('weights within a power of ten get the outer ones', () => {
  expect(weightTicks([0.142, 0.158, 0.9])).toEqual([0.142, 0.9]);
  expect(weightTicks([0.2])).toEqual([0.2]);
});

test('a weight of zero has no place on a logarithmic scale', () => {
  expect(weightTicks([0, 1])).toBe(4);
});
