/** The dense Jacobian of the covariance: its products are the JVP and the VJP, in every kernel. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Kernel, Layout } from '../../src/kernel/kernel.ts';
import { uniformStream } from '../../src/random.ts';
import { allKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';
import { relativeError } from './penalty-cases.ts';

let kernels: Kernel[] = [];
beforeAll(async () => {
  kernels = await allKernels();
});

function random(length: number, index: number): Float64Array {
  const next = uniformStream(13, 'check', index);
  return Float64Array.from({ length }, () => Math.fround(2 * next() - 1));
}

describe('covarianceJacobian', () => {
  const [samples, units] = [6, 4];
  const size = samples * units;
  const [x, tangent, upstream] = [random(size, 0), random(size, 1), random(units * units, 2)];
  const cases = ([true, false] as const).flatMap((centered) =>
    (['samples-first', 'units-first'] as const).map((layout): [boolean, Layout] => [centered, layout]),
  );

  it.each(cases)(
    'times a tangent is the JVP, and an upstream times it the VJP: centred %s, %s',
    (centered, layout) => {
      const options = { samples, units, centered, layout };
      for (const kernel of kernels) {
        const jacobian = kernel.covarianceJacobian(x, options);
        expect(jacobian).toHaveLength(units * units * size);
        const entry = (ij: number, sk: number): number => jacobian[ij * size + sk]!;
        const along = upstream.map((_, ij) => tangent.reduce((sum, t, sk) => sum + t * entry(ij, sk), 0));
        // Only the movement that the centring leaves counts; the tensor sees to that by itself.
        const back = x.map((_, sk) => upstream.reduce((sum, g, ij) => sum + g * entry(ij, sk), 0));
        const tolerance = TOLERANCES.operation[kernel.precision];
        expect(relativeError(along, kernel.covarianceJvp(x, tangent, options))).toBeLessThan(tolerance);
        expect(relativeError(back, kernel.covarianceVjp(x, upstream, options))).toBeLessThan(tolerance);
      }
    },
  );

  it('is refused with its size in bytes when it is too large', () => {
    for (const kernel of kernels) {
      const bytes = 100 ** 3 * 50 * (kernel.precision === 'f32' ? 4 : 8);
      expect(() => kernel.covarianceJacobian(random(5000, 3), { samples: 50, units: 100 })).toThrow(
        `at most 67108864 bytes, got ${bytes} bytes`,
      );
    }
  });
});
