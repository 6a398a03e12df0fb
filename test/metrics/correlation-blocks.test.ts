import { describe, expect, test } from 'vitest';
import { correlationBlocks, MOST_BLOCKS, unpackBlocks } from '../../src/metrics/correlation-blocks.ts';

/** One step of a stored byte. */
const STEP = 1 / 127;

/** A covariance with these deviations and ρ_ij = `rho(i, j)`. */
function covarianceOf(deviations: readonly number[], rho: (i: number, j: number) => number): number[] {
  return deviations.flatMap((a, i) => deviations.map((b, j) => a * b * (i === j ? 1 : rho(i, j))));
}

describe('correlations in blocks', () => {
  test('of a small layer they are the correlations themselves, whatever the scale of the units', () => {
    const rho = (i: number, j: number): number => (i + j === 1 ? -0.5 : i + j === 2 ? 0.25 : 1);
    const matrix = unpackBlocks(correlationBlocks(covarianceOf([1, 10, 0.1], rho), 3));
    expect(matrix.map((row) => row[0] ?? null)).toEqual([
      null,
      expect.closeTo(-0.5, 2),
      expect.closeTo(0.25, 2),
    ]);
    expect(matrix[1]?.[2]).toBe(1);
    expect(matrix.map((row, i) => row.every((value, j) => value === matrix[j]?.[i]))).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('of a large layer each is the mean size over its pairs, with the sign of their sum', () => {
    const units = 2 * MOST_BLOCKS;
    // Within the first pair of units −0.8; between it and the second 0.4, 0.4, 0.4 and −0.6; elsewhere none.
    const rho = (i: number, j: number): number => {
      const [low, high] = [Math.min(i, j), Math.max(i, j)];
      if (low === 0 && high === 1) return -0.8;
      if (low <= 1 && (high === 2 || high === 3)) return low === 1 && high === 3 ? -0.6 : 0.4;
      return 0;
    };
    const matrix = unpackBlocks(correlationBlocks(covarianceOf(Array(units).fill(1), rho), units));
    expect(matrix).toHaveLength(MOST_BLOCKS);
    expect(Math.abs((matrix[0]?.[0] ?? 0) + 0.8)).toBeLessThan(STEP);
    expect(Math.abs((matrix[0]?.[1] ?? 0) - 0.45)).toBeLessThan(STEP);
    expect(matrix[1]?.[1]).toBe(0);
  });

  test('a unit without variance has no pair', () => {
    const matrix = unpackBlocks(
      correlationBlocks(
        covarianceOf([1, 0, 1], () => 0.5),
        3,
      ),
    );
    expect([matrix[0]?.[1], matrix[1]?.[2]]).toEqual([null, null]);
    expect(matrix[0]?.[2]).toBeCloseTo(0.5, 2);
  });

  test('of a large layer it takes no part in the mean of its block', () => {
    const deviations = Array.from({ length: 2 * MOST_BLOCKS }, (_, unit) => (unit === 1 ? 0 : 1));
    const matrix = unpackBlocks(
      correlationBlocks(
        covarianceOf(deviations, () => 0.5),
        deviations.length,
      ),
    );
    expect(matrix[0]?.[0]).toBeNull();
    expect(Math.abs((matrix[0]?.[1] ?? 0) - 0.5)).toBeLessThan(STEP);
  });

  test('a covariance that is not finite gives empty blocks, and damaged bytes do too', () => {
    expect(unpackBlocks(correlationBlocks([1, Number.NaN, Number.NaN, 1], 2))).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(unpackBlocks({ blocks: 2, values: '' })).toEqual([
      [null, null],
      [null, null],
    ]);
  });
});
