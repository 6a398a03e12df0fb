import { describe, expect, test } from 'vitest';
import { MOST_FLIPPED, signFlipP, smallestSignFlipP } from '../../src/compare/sign-flip.ts';
import { uniformStream } from '../../src/random.ts';

/** Every choice of signs, one by one, in whole numbers so that ties are exact. */
function countedP(differences: readonly number[]): number {
  const seen = Math.abs(differences.reduce((sum, d) => sum + d, 0));
  let reached = 0;
  for (let signs = 0; signs < 2 ** differences.length; signs++) {
    const sum = differences.reduce((total, d, bit) => total + ((signs >> bit) & 1 ? -d : d), 0);
    if (Math.abs(sum) >= seen) reached++;
  }
  return reached / 2 ** differences.length;
}

describe('the sign-flip test', () => {
  test('Fisher’s plants of Darwin: 1726 of 32768 sums are as large', () => {
    // Differences in height of cross- and self-fertilised maize, in eighths of an inch (Darwin 1876).
    const differences = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
    expect(signFlipP(differences)).toBe(1726 / 32768);
  });

  test('agrees with counting every choice of signs, ties and zeros included', () => {
    const next = uniformStream(7, 'check', 0);
    for (let n = 1; n <= 11; n++) {
      for (let round = 0; round < 6; round++) {
        const differences = Array.from({ length: n }, () => Math.floor(next() * 9) - 3);
        expect(signFlipP(differences)).toBe(countedP(differences));
      }
    }
  });

  test('sums that differ by rounding alone are equal', () => {
    expect(signFlipP([0.1, 0.2, -0.3])).toBe(1);
    expect(signFlipP([0.1, 0.2, 0.3, 0.30000000000000004])).toBe(2 / 16);
  });

  test('three differences of one sign reach a quarter, ten of them 1 in 512: as small as it gets', () => {
    expect(signFlipP([1, 5, 2])).toBe(0.25);
    expect(smallestSignFlipP(3)).toBe(0.25);
    expect(signFlipP(Array.from({ length: 10 }, (_, d) => d + 1))).toBe(smallestSignFlipP(10));
    expect(smallestSignFlipP(10)).toBe(1 / 512);
  });

  test('no pair is no test, nor are more than can be counted', () => {
    expect(signFlipP([])).toBeNull();
    expect(signFlipP(Array.from({ length: MOST_FLIPPED + 1 }, () => 1))).toBeNull();
    expect(smallestSignFlipP(0)).toBeNull();
  });
});
