/** Eigenvalues without eigenvectors, against a library that finds both. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { symmetricEigenvalues } from '../../src/metrics/eigenvalues.ts';
import { uniformStream } from '../../src/random.ts';
import { TOLERANCES } from '../tolerances.ts';

/** X·Xᵀ of `rank` columns, times a factor. */
function gram(order: number, rank: number, factor: number): Float64Array {
  const next = uniformStream(4, 'check', order);
  const x = Array.from({ length: order }, () => Array.from({ length: rank }, () => 2 * next() - 1));
  return Float64Array.from({ length: order ** 2 }, (_, at) => {
    const [row, column] = [x[Math.floor(at / order)]!, x[at % order]!];
    return factor * row.reduce((sum, value, k) => sum + value * column[k]!, 0);
  });
}

describe('symmetricEigenvalues', () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 64])('finds those of a matrix of order %i', (order) => {
    for (const rank of [order + 3, Math.max(1, order >> 1)]) {
      const matrix = gram(order, rank, 1);
      const expected = new EigenvalueDecomposition(Matrix.from1DArray(order, order, [...matrix]), {
        assumeSymmetric: true,
      }).realEigenvalues.toSorted((a, b) => b - a);
      const found = symmetricEigenvalues(matrix, order);
      expect(found.length).toBe(order);
      for (const [i, value] of found.entries()) {
        expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(
          TOLERANCES.eigenvalue * order * expected[0]!,
        );
      }
    }
  });

  it('has those of a diagonal, of a zero and of an indefinite matrix', () => {
    expect(symmetricEigenvalues(Float64Array.of(2, 0, 0, 0, 5, 0, 0, 0, 3), 3)).toEqual([5, 3, 2]);
    expect(symmetricEigenvalues(new Float64Array(9), 3)).toEqual([0, 0, 0]);
    const [largest, smallest] = symmetricEigenvalues(Float64Array.of(0, 2, 2, 0), 2);
    expect(Math.abs(largest! - 2)).toBeLessThanOrEqual(TOLERANCES.eigenvalue * 2);
    expect(smallest).toBe(-largest!);
  });

  it.each([1e-250, 1e250])('keeps its digits at a scale of %f', (factor) => {
    const [one, other] = [gram(9, 12, 1), gram(9, 12, factor)].map((matrix) =>
      symmetricEigenvalues(matrix, 9),
    );
    for (const [i, value] of other!.entries()) {
      expect(Math.abs(value / factor - one![i]!)).toBeLessThanOrEqual(TOLERANCES.eigenvalue * 9 * one![0]!);
    }
  });
});
