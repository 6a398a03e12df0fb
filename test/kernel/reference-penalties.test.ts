/** Hessian-vector products: derivatives of the gradients, symmetric, and refused where there are none. */
import { describe, expect, it } from 'vitest';
import type { PenaltyId } from '../../src/kernel/catalogue.ts';
import { findPenalty, PENALTIES } from '../../src/kernel/catalogue.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { uniformStream } from '../../src/random.ts';
import { TOLERANCES } from '../tolerances.ts';
import { relativeError } from './penalty-cases.ts';

const kernel = createReferenceKernel();

function random(length: number, index: number): Float64Array {
  const next = uniformStream(11, 'check', index);
  return Float64Array.from({ length }, () => 2 * next() - 1);
}

const inner = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, entry, i) => sum + entry * b[i]!, 0);

describe.each(PENALTIES.filter(({ smooth }) => smooth).map(({ id }) => id))(
  'the Hessian-vector product of %s',
  (id) => {
    const { parameters, degree } = findPenalty(id)!;
    // Every part of the chain rule through ε shows when it is large.
    const large = parameters.some(({ name }) => name === 'epsilon') ? { epsilon: 0.3 } : {};

    for (const [samples, units] of [
      [9, 4],
      [3, 7],
    ] as const) {
      for (const centered of [true, false]) {
        const options = { samples, units, centered, ...large };
        const [x, t, u] = [0, 1, 2].map((index) => random(samples * units, index)) as [
          Float64Array,
          Float64Array,
          Float64Array,
        ];
        const shape = `${samples} x ${units}, ${centered ? 'centred' : 'uncentred'}`;

        it(`is the derivative of the gradient along the direction, ${shape}`, () => {
          const step = 1e-5;
          const at = (h: number): ArrayLike<number> =>
            kernel.penalty(
              id,
              x.map((value, i) => value + h * t[i]!),
              options,
            ).gradient;
          const [above, below] = [at(step), at(-step)];
          const differences = x.map((_, i) => (above[i]! - below[i]!) / (2 * step));
          const product = kernel.penaltyHvp(id, x, t, options);
          expect(relativeError(product, differences)).toBeLessThan(TOLERANCES.finiteDifference);
        });

        it(`belongs to a symmetric Hessian: ⟨u, Ht⟩ = ⟨t, Hu⟩, ${shape}`, () => {
          const left = inner(u, kernel.penaltyHvp(id, x, t, options));
          const right = inner(t, kernel.penaltyHvp(id, x, u, options));
          expect(relativeError([left], [right])).toBeLessThan(TOLERANCES.penalty.f64);
        });
      }
    }

    if (degree !== null) {
      it(`along the activations is ${degree - 1} times the gradient, as homogeneity of degree ${degree} asks`, () => {
        const x = random(60, 3);
        const options = { samples: 10, units: 6, ...(parameters.length > 0 ? { epsilon: 1e-14 } : {}) };
        const { gradient } = kernel.penalty(id, x, options);
        const expected = gradient.map((entry) => (degree - 1) * entry);
        expect(relativeError(kernel.penaltyHvp(id, x, x, options), expected)).toBeLessThan(
          TOLERANCES.penalty.f64,
        );
      });
    }

    it('does not care how the activations lie in memory', () => {
      const [samples, units] = [5, 3];
      const [x, t] = [random(15, 4), random(15, 5)];
      const turn = (a: Float64Array): Float64Array =>
        a.map((_, i) => a[(i % samples) * units + Math.floor(i / samples)]!);
      const plain = kernel.penaltyHvp(id, x, t, { samples, units });
      const turned = kernel.penaltyHvp(id, turn(x), turn(t), { samples, units, layout: 'units-first' });
      expect(turned).toEqual(turn(Float64Array.from(plain)));
    });
  },
);

describe('a second derivative that does not exist', () => {
  it.each([
    ['mean-abs', 'whose gradient does not jump where a covariance changes its sign'],
    ['off-diagonal-abs', 'whose gradient does not jump where a covariance changes its sign'],
    ['mean-abs-correlation', 'whose gradient does not jump where a covariance changes its sign'],
    ['mean-abs-signed', 'whose gradient is the derivative of its value'],
    ['mutual-information', 'whose gradient does not jump at the edges of bins'],
  ] as const)('is refused for %s', (id, reason) => {
    const options = { samples: 3, units: 2 };
    expect(() => kernel.penaltyHvp(id, random(6, 6), random(6, 7), options)).toThrow(
      `${id}: a second derivative needs a penalty ${reason}.`,
    );
  });

  it('is refused for huber and vicreg on their kinks, and only there', () => {
    const options = { samples: 1, units: 2, centered: false, ddof: 0 };
    const product = (id: PenaltyId, x: number[], parameters: object): ArrayLike<number> =>
      kernel.penaltyHvp(id, x, [1, 1], { ...options, ...parameters });
    expect(() => product('huber', [0.5, 0.25], { delta: 0.125 })).toThrow(
      /off the kink.*got C\[0\]\[1\] = 0.125/,
    );
    expect(product('huber', [0.5, 0.25], { delta: 0.25 })).toHaveLength(2);
    expect(() => product('vicreg', [0, 2], { epsilon: 1, gamma: 1 })).toThrow(
      /off the kink.*got C\[0\]\[0\] = 0/,
    );
    expect(product('vicreg', [0, 2], { epsilon: 1, gamma: 2 })).toHaveLength(2);
  });

  it('a direction of another length is refused', () => {
    expect(() => kernel.penaltyHvp('decov', random(6, 8), [1], { samples: 3, units: 2 })).toThrow(
      /direction must hold samples·units = 6 numbers, got 1/,
    );
  });
});
