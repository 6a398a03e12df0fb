import { describe, expect, test } from 'vitest';
import { holmAdjusted } from '../../src/compare/holm.ts';
import { expectClose } from './expect-close.ts';

describe('Holm’s correction', () => {
  // Sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1, and never below the one before: 0.02, 0.03, 0.06, 0.06.
  test('multiplies the smallest p by the number of tests, the next by one less, and never goes down', () => {
    const adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005]);
    for (const [index, expected] of [0.03, 0.06, 0.06, 0.02].entries())
      expectClose(adjusted[index], expected);
  });

  test('a test that was not made does not count, and has no p', () => {
    expect(holmAdjusted([0.02, null, 0.5])).toEqual([0.04, null, 0.5]);
  });

  test('no p is above 1, and one alone stays as it is', () => {
    expect(holmAdjusted([0.9, 0.8])).toEqual([1, 1]);
    expect(holmAdjusted([0.2])).toEqual([0.2]);
    expect(holmAdjusted([])).toEqual([]);
  });
});
