/** gaussian-mutual-information of units that nearly determine each other: 1 − R² keeps its digits in every build. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { uniformStream } from '../../src/random.ts';
import { wasmKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';
import { relativeError } from './penalty-cases.ts';

const ID = 'gaussian-mutual-information';
const reference = createReferenceKernel();
let kernels: Kernel[] = [];
beforeAll(async () => {
  kernels = await wasmKernels();
});

/** Units in pairs: the second of each is the first and `distance` of something else, turned around in every other pair. */
function pairs(samples: number, units: number, distance: number): Float64Array {
  const next = uniformStream(31, 'check', samples);
  const x = new Float64Array(samples * units);
  for (let i = 0; i < x.length; i++) {
    const unit = i % units;
    const fresh = 2 * next() - 1;
    x[i] = Math.fround(unit % 2 === 0 ? fresh : (unit % 4 === 1 ? 1 : -1) * (x[i - 1]! + distance * fresh));
  }
  return x;
}

describe(ID, () => {
  // On both sides of the bound from which on a pair is computed on its own.
  it.each([0.3, 0.1, 1e-2, 1e-3])('agrees with the reference at a distance of %d', (distance) => {
    for (const [samples, units] of [
      [33, 8],
      [64, 18],
      [12, 40],
    ] as const) {
      const x = pairs(samples, units, distance);
      const expected = reference.penalty(ID, x, { samples, units });
      for (const kernel of kernels) {
        const actual = kernel.penalty(ID, x, { samples, units });
        const where = `${kernel.variant} ${kernel.precision} ${samples}x${units}`;
        const tolerance = TOLERANCES.penalty[kernel.precision];
        expect(relativeError([actual.value], [expected.value]), where).toBeLessThanOrEqual(tolerance);
        expect(relativeError(actual.gradient, expected.gradient), where).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  // Large, 1 − R² is below the rounding of R², and rounding must not take the place of a direction.
  it.each([1, 2 ** 14])(
    'two copies of a unit, times %d, have the value and gradient that ε leaves them',
    (scale) => {
      const [samples, epsilon] = [9, 1e-8];
      const x = pairs(samples, 2, 0).map((value) => scale * value);
      const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
      const centered = x.map((value) => value - mean);
      const variance = centered.reduce((sum, value) => sum + value * value, 0) / 2 / (samples - 1);
      // R = C/(C + ε) for both: 1 − R² = ε·(2C + ε)/(C + ε)², and ∂/∂C of −½ log of it, by hand.
      const rest = (epsilon * (2 * variance + epsilon)) / (variance + epsilon) ** 2;
      const slope = 1 / (variance + epsilon) - 1 / (2 * variance + epsilon);
      const gradient = centered.map((value) => (slope * value) / (samples - 1));
      for (const kernel of kernels) {
        const actual = kernel.penalty(ID, x, { samples, units: 2, epsilon });
        const tolerance = TOLERANCES.penalty[kernel.precision];
        expect(relativeError([actual.value], [-0.5 * Math.log(rest)])).toBeLessThanOrEqual(tolerance);
        expect(relativeError(actual.gradient, gradient)).toBeLessThanOrEqual(tolerance);
      }
    },
  );

  it('is finite where R² rounds to 1, and small correlations are not rounded away', () => {
    const [samples, units] = [40, 6];
    const copies = pairs(samples, units, 0).map((value) => 1e4 * value);
    // A cosine and a sine over a whole turn, one with a trace of the other: R is about 1e-3, and 1 − R² rounds to nearly 1.
    const waves = Float64Array.from({ length: 128 }, (_, i) => {
      const angle = ((i >> 1) * Math.PI) / 32;
      return Math.fround(i % 2 === 0 ? Math.cos(angle) : Math.sin(angle) + 1e-3 * Math.cos(angle));
    });
    for (const kernel of kernels) {
      const { value, gradient } = kernel.penalty(ID, copies, { samples, units });
      expect(value).toSatisfy(Number.isFinite);
      expect(gradient.every(Number.isFinite)).toBe(true);
      const expected = reference.penalty(ID, waves, { samples: 64, units: 2 });
      const actual = kernel.penalty(ID, waves, { samples: 64, units: 2 });
      expect(relativeError([actual.value], [expected.value])).toBeLessThanOrEqual(
        TOLERANCES.penalty[kernel.precision],
      );
    }
  });

  it('is ½R² where 1 − R² rounds to 1, in the reference too', () => {
    for (const kernel of [reference, ...kernels]) {
      const r = kernel.precision === 'f32' ? 2 ** -14 : 2 ** -30;
      // Two orthogonal units of variance 1, and a trace of the first in the second.
      const x = [1, 1 + r, 1, r - 1, -1, 1 - r, -1, -1 - r];
      const { value } = kernel.penalty(ID, x, { samples: 4, units: 2, ddof: 0 });
      const tolerance = TOLERANCES.indirectPenalty[kernel.precision];
      expect(relativeError([value], [0.5 * r * r]), kernel.variant).toBeLessThanOrEqual(tolerance);
    }
  });
});
