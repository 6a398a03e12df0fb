import { describe, expect, test } from 'vitest';
import { isOpenBound } from '../../src/config/open-bound.ts';
import { drawFor } from '../../src/config/space.ts';

const optimizer = (key: string): string[] => ['training', 'optimizer', key];

describe('a bound', () => {
  test.each([
    [optimizer('learning_rate'), 0],
    [optimizer('momentum'), 1],
    [optimizer('beta2'), 1],
    [optimizer('epsilon'), 0],
    [['data', 'correlation'], 1],
  ])('of %j that the key does not allow is open: %d', (segments, bound) => {
    expect(isOpenBound(segments, bound)).toBe(true);
  });

  test.each([
    [optimizer('learning_rate'), 1],
    [optimizer('momentum'), 0],
    [['data', 'correlation'], 0],
    [['penalty', 'weight'], 0],
    [['penalty', 'weight'], 1e-6],
    [['model', '0', 'dense'], 0.5],
  ])('of %j that the key allows, or that has no kinds, is not: %d', (segments, bound) => {
    expect(isOpenBound(segments, bound)).toBe(false);
  });

  test('that is open is not drawn for its key, one that is closed is', () => {
    const draw = (segments: string[]): number =>
      drawFor(
        {
          path: segments.join('.'),
          segments,
          values: { distribution: 'uniform', min: 0.5, max: 1 },
        },
        { distribution: 'uniform', min: 0.5, max: 1 },
        1 - 2 ** -33,
      );
    expect(draw(optimizer('momentum'))).toBe(0.9999999999);
    expect(draw(['penalty', 'weight'])).toBe(1);
  });
});
