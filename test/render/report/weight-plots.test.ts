import { expect, test } from 'vitest';
import { weightTicks } from '../../../src/render/report/weight-plots.ts';

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
