/** Whitened layers: no correlation, the same outputs; and how exact the library's eigenvalues are. */
import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { createReferenceOperations } from '../../src/kernel/reference.ts';
import { decorrelationMetrics } from '../../src/metrics/decorrelation.ts';
import { absorbWhitening, whitenedCovariance, whiteningOf } from '../../src/metrics/whitening.ts';
import { uniformStream } from '../../src/random.ts';
import { TOLERANCES } from '../tolerances.ts';

function random(length: number, index: number): Float64Array {
  const next = uniformStream(2, 'check', index);
  return Float64Array.from({ length }, () => 2 * next() - 1);
}

/** Rectified, correlated activations; the last unit is dead and the one before it a copy of the first. */
function activations(samples: number, units: number): Matrix {
  const mixed = Matrix.from1DArray(samples, units, random(samples * units, 0)).mmul(
    Matrix.from1DArray(units, units, random(units * units, 1)),
  );
  const x = mixed.apply((s, i) => mixed.set(s, i, Math.max(mixed.get(s, i) + 0.3, 0)));
  for (let s = 0; s < samples; s++) {
    x.set(s, units - 2, x.get(s, 0));
    x.set(s, units - 1, 0);
  }
  return x;
}

function covarianceOf(x: Matrix): Float64Array<ArrayBuffer> {
  const operations = createReferenceOperations();
  const array = operations.allocate(x.rows * x.columns);
  array.values.set(x.to1DArray());
  return operations.covarianceFloat64(array, x.rows, x.columns);
}

describe('whitening a layer', () => {
  const [samples, units, outputs] = [300, 12, 5];
  const x = activations(samples, units);
  const covariance = covarianceOf(x);
  const whitening = whiteningOf(covariance, units);
  const means = x.mean('column');
  const whitened = x.clone().subRowVector(means).mmul(whitening.transform);

  it('leaves no correlation, and variance 1 in as many units as the layer has dimensions', () => {
    expect(whitening.rank).toBe(units - 2);
    const own = covarianceOf(whitened.subMatrix(0, samples - 1, 0, whitening.rank - 1));
    for (let i = 0; i < whitening.rank; i++) {
      for (let j = 0; j < whitening.rank; j++) {
        const error = Math.abs(own[i * whitening.rank + j]! - (i === j ? 1 : 0));
        expect(error).toBeLessThanOrEqual(TOLERANCES.whitening);
      }
    }
    expect(decorrelationMetrics(own, samples, whitening.rank)['mean-abs-correlation']).toBeLessThanOrEqual(
      TOLERANCES.whitening,
    );
  });

  it('costs nothing: with the inverse absorbed the next layer gives the outputs that it gave', () => {
    const above = {
      weights: Matrix.from1DArray(units, outputs, random(units * outputs, 2)),
      biases: [...random(outputs, 3)],
    };
    const absorbed = absorbWhitening(whitening, means, above);
    const before = x.mmul(above.weights).addRowVector(above.biases);
    const after = whitened.mmul(absorbed.weights).addRowVector([...absorbed.biases]);
    const error = Matrix.sub(before, after).abs().max();
    expect(error / before.clone().abs().max()).toBeLessThanOrEqual(TOLERANCES.whitening);
  });

  it('of other samples is found from their covariance alone', () => {
    const others = activations(100, units);
    others.mulColumn(3, 2);
    const direct = covarianceOf(others.mmul(whitening.transform));
    const found = whitenedCovariance(whitening, covarianceOf(others));
    for (const [i, all] of direct.entries()) {
      const live = Math.max(Math.floor(i / units), i % units) < whitening.rank;
      const expected = live ? all : 0;
      expect(Math.abs(found[i]! - expected) / Math.max(1, Math.abs(expected))).toBeLessThanOrEqual(
        TOLERANCES.whitening,
      );
    }
  });

  it('leaves as many units as there were: what has no variance counts as dead, and in every share', () => {
    const metrics = decorrelationMetrics(whitenedCovariance(whitening, covariance), samples, units);
    expect(metrics['dead-units']).toBe(2 / units);
    const share = metrics['participation-ratio-per-unit'] ?? Number.NaN;
    expect(Math.abs(share - (units - 2) / units)).toBeLessThanOrEqual(TOLERANCES.whitening);
  });

  it('of a layer without any live unit changes nothing', () => {
    const dead = whiteningOf(new Float64Array(9), 3);
    expect(dead.rank).toBe(0);
    expect(Matrix.sub(dead.transform.mmul(dead.inverse), Matrix.eye(3)).abs().max()).toBe(0);
    expect(whitenedCovariance(dead, new Float64Array(9))).toEqual(new Float64Array(9));
  });
});

describe('the library’s spectra', () => {
  /** H·diag(λ)·H for a reflection H, so that the eigenvalues are known; they fall by six powers of ten. */
  function knownSpectrum(units: number): { matrix: Matrix; eigenvalues: number[] } {
    const eigenvalues = Array.from({ length: units }, (_, i) => 10 ** ((-6 * i) / (units - 1)));
    const v = Matrix.columnVector([...random(units, units)]);
    const reflection = Matrix.eye(units).sub(v.mmul(v.transpose()).mul(2 / v.dot(v)));
    const product = reflection.clone().mulRowVector(eigenvalues).mmul(reflection);
    return { matrix: product.clone().add(product.transpose()).mul(0.5), eigenvalues };
  }

  function largestError(found: readonly number[], expected: readonly number[]): number {
    return Math.max(...expected.map((value, i) => Math.abs((found[i] ?? Number.NaN) - value)));
  }

  for (const units of [16, 128, 256]) {
    const { matrix, eigenvalues } = knownSpectrum(units);

    it(`singular values of ${units} units are exact to rounding`, () => {
      const { diagonal } = new SingularValueDecomposition(matrix, {
        computeLeftSingularVectors: false,
        computeRightSingularVectors: false,
      });
      expect(largestError(diagonal, eigenvalues)).toBeLessThanOrEqual(TOLERANCES.eigenvalue * units);
    });

    it(`eigenvalues of ${units} units are exact to rounding`, () => {
      const { realEigenvalues } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
      const found = [...realEigenvalues].sort((a, b) => b - a);
      expect(largestError(found, eigenvalues)).toBeLessThanOrEqual(TOLERANCES.eigenvalue * units);
    });
  }

  it('those of 512 units as well', () => {
    // A chain of coupled units: λ_k = 1 + cos(kπ/513), without a matrix product to wait for.
    const units = 512;
    const matrix = Matrix.eye(units);
    for (let i = 1; i < units; i++) {
      matrix.set(i, i - 1, 0.5);
      matrix.set(i - 1, i, 0.5);
    }
    const expected = Array.from({ length: units }, (_, k) => 1 + Math.cos(((k + 1) * Math.PI) / (units + 1)));
    const { diagonal } = new SingularValueDecomposition(matrix, {
      computeLeftSingularVectors: false,
      computeRightSingularVectors: false,
    });
    expect(largestError(diagonal, expected)).toBeLessThanOrEqual(TOLERANCES.eigenvalue * units);
  });
});
