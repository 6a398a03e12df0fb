/** The Sobol sequence against SciPy's, and what its scrambling must keep. */
import { describe, expect, test } from 'vitest';
import { directionNumbers, scrambledSobol, sobolWord } from '../../src/plan/sobol.ts';

describe('the sequence', () => {
  test('has the numbers of SciPy in all 40 dimensions', () => {
    // scipy.stats.qmc.Sobol(40, scramble=False), its point of index 1000 as whole multiples of 2⁻³².
    const expected = [
      398458880, 692060160, 1933574144, 3904897024, 4265607168, 700448768, 71303168, 2747269120, 4290772992,
      524288000, 994050048, 4240441344, 599785472, 4005560320, 3779067904, 71303168, 2864709632, 1858076672,
      3275751424, 1933574144, 1128267776, 2671771648, 2042626048, 1421869056, 3183476736, 3653238784,
      4139778048, 3745513472, 2092957696, 834666496, 843055104, 2126512128, 1715470336, 54525952, 1707081728,
      2109734912, 683671552, 121634816, 3107979264, 1900019712,
    ];
    expect(expected.map((_, dimension) => sobolWord(directionNumbers(dimension), 1000))).toEqual(expected);
  });
});

describe('the scrambled sequence', () => {
  const COUNT = 256;

  function points(seed: number, dimensions: number): number[][] {
    const sobol = scrambledSobol(seed, dimensions);
    return Array.from({ length: COUNT }, (_, index) => sobol(index));
  }

  test('has one point in each of as many equal parts of every axis', () => {
    for (const seed of [0, 1, 2]) {
      for (let dimension = 0; dimension < 40; dimension += 1) {
        const parts = points(seed, 40).map((point) => Math.floor((point[dimension] as number) * COUNT));
        expect(new Set(parts).size).toBe(COUNT);
      }
    }
  });

  test('has one point in each box of the first two axes, whatever the shape of the boxes', () => {
    for (const columns of [1, 2, 4, 8, 16, 32, 64, 128, 256]) {
      const boxes = points(3, 2).map(([x = 0, y = 0]) =>
        [Math.floor(x * columns), Math.floor((y * COUNT) / columns)].join(),
      );
      expect(new Set(boxes).size).toBe(COUNT);
    }
  });

  test('is another one for each seed, and its first axes do not depend on the others', () => {
    expect(points(0, 3)).not.toEqual(points(1, 3));
    expect(points(0, 5).map((point) => point.slice(0, 3))).toEqual(points(0, 3));
  });

  test('never reaches 0 or 1', () => {
    const numbers = points(0, 40).flat();
    expect(Math.min(...numbers)).toBeGreaterThan(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
  });
});
