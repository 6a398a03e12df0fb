/** Penalties on two activations of the reference kernel against central differences and identities. */
import { describe, expect, it } from 'vitest';
import { CROSS_PENALTIES } from '../../src/kernel/catalogue.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { resolveCrossPenalty } from '../../src/kernel/resolve.ts';
import { uniformStream } from '../../src/random.ts';
import { TOLERANCES } from '../tolerances.ts';
import { centralDifferences, relativeError } from './penalty-cases.ts';

const kernel = createReferenceKernel();

function random(length: number, index: number): Float64Array {
  const next = uniformStream(12, 'check', index);
  return Float64Array.from({ length }, () => 2 * next() - 1);
}

describe.each([...CROSS_PENALTIES])('$id', ({ id, paired }) => {
  for (const [samples, units] of [
    [9, 4],
    [3, 7],
  ] as const) {
    for (const centered of [true, false]) {
      it(`both gradients are those of the value, ${samples} x ${units}, ${centered ? 'centred' : 'uncentred'}`, () => {
        const otherUnits = paired ? units : 5;
        const options = { samples, units, otherUnits, centered };
        const [x, y] = [random(samples * units, 1), random(samples * otherUnits, 2)];
        const { gradientX, gradientY } = kernel.crossPenalty(id, x, y, options);
        const ofX = centralDifferences((at) => kernel.crossPenalty(id, at, y, options).value, x);
        const ofY = centralDifferences((at) => kernel.crossPenalty(id, x, at, options).value, y);
        expect(relativeError(gradientX, ofX)).toBeLessThan(TOLERANCES.finiteDifference);
        expect(relativeError(gradientY, ofY)).toBeLessThan(TOLERANCES.finiteDifference);
      });
    }
  }

  it('does not see a shift, and moves no column mean', () => {
    const [x, y] = [random(40, 3), random(40, 4)];
    const options = { samples: 10, units: 4 };
    const plain = kernel.crossPenalty(id, x, y, options);
    const shifted = kernel.crossPenalty(
      id,
      x.map((value, i) => value + (i % 4)),
      y,
      options,
    );
    expect(relativeError([shifted.value], [plain.value])).toBeLessThan(TOLERANCES.invariance.f64);
    for (const gradient of [plain.gradientX, plain.gradientY]) {
      for (let unit = 0; unit < 4; unit++) {
        let column = 0;
        for (let i = unit; i < 40; i += 4) column += gradient[i]!;
        expect(Math.abs(column)).toBeLessThan(TOLERANCES.identity.f64);
      }
    }
  });

  it('exchanging the two exchanges the gradients', () => {
    const [x, y] = [random(40, 5), random(40, 6)];
    const options = { samples: 10, units: 4 };
    const [forth, back] = [kernel.crossPenalty(id, x, y, options), kernel.crossPenalty(id, y, x, options)];
    expect(relativeError([back.value], [forth.value])).toBeLessThan(TOLERANCES.identity.f64);
    expect(relativeError(back.gradientX, forth.gradientY)).toBeLessThan(TOLERANCES.identity.f64);
    expect(relativeError(back.gradientY, forth.gradientX)).toBeLessThan(TOLERANCES.identity.f64);
  });

  it('does not care how the activations lie in memory', () => {
    const turn = (a: Float64Array): Float64Array => a.map((_, i) => a[(i % 5) * 3 + Math.floor(i / 5)]!);
    const [x, y] = [random(15, 7), random(15, 8)];
    const plain = kernel.crossPenalty(id, x, y, { samples: 5, units: 3 });
    const turned = kernel.crossPenalty(id, turn(x), turn(y), { samples: 5, units: 3, layout: 'units-first' });
    expect(turned.value).toBe(plain.value);
    expect(turned.gradientX).toEqual(turn(Float64Array.from(plain.gradientX)));
    expect(turned.gradientY).toEqual(turn(Float64Array.from(plain.gradientY)));
  });

  it('scales and adds its gradients, and leaves out the one that nobody asks for', () => {
    const { operations } = kernel;
    const put = (values: Float64Array) => {
      const array = operations.allocate(values.length);
      array.values.set(values);
      return array;
    };
    const [x, y] = [random(12, 9), random(12, 10)];
    const plain = kernel.crossPenalty(id, x, y, { samples: 4, units: 3 });
    const gradient = put(new Float64Array(12).fill(1));
    const call = { ...resolveCrossPenalty(id, { samples: 4, units: 3 }), weight: 3, accumulate: true };
    expect(operations.crossPenalty(gradient, null, put(x), put(y), call)).toBe(plain.value);
    expect(
      relativeError(
        gradient.values,
        plain.gradientX.map((entry) => 1 + 3 * entry),
      ),
    ).toBeLessThan(TOLERANCES.identity.f64);
    gradient.values.fill(7);
    operations.crossPenalty(null, gradient, put(x), put(y), { ...call, accumulate: false });
    expect(
      relativeError(
        gradient.values,
        plain.gradientY.map((entry) => 3 * entry),
      ),
    ).toBeLessThan(TOLERANCES.identity.f64);
  });

  it('a constant unit is finite, and has no gradient of its own', () => {
    const x = random(30, 11).map((value, i) => (i % 3 === 1 ? 0.1 : value));
    const { value, gradientX, gradientY } = kernel.crossPenalty(id, x, random(30, 12), {
      samples: 10,
      units: 3,
    });
    expect([value, ...gradientX, ...gradientY].every(Number.isFinite)).toBe(true);
    if (paired) for (let i = 1; i < 30; i += 3) expect(gradientX[i]).toBe(0);
  });
});

describe('cross-covariance', () => {
  it('of activations with themselves is half the squared norm of their covariance: decov with its diagonal', () => {
    const x = random(40, 13);
    const options = { samples: 10, units: 4 };
    const c = kernel.covariance(x, { ...options, ddof: 0 });
    const diagonal = [0, 5, 10, 15].reduce((sum, i) => sum + 0.5 * c[i]! ** 2, 0);
    const { value } = kernel.crossPenalty('cross-covariance', x, x, options);
    const decov = kernel.penalty('decov', x, options).value;
    expect(relativeError([value], [decov + diagonal])).toBeLessThan(TOLERANCES.identity.f64);
  });
});

describe('barlow-twins', () => {
  const options = { samples: 10, units: 4 };

  it('of activations with themselves is λ times the sum of the squared correlations', () => {
    const x = random(40, 14);
    const { value } = kernel.crossPenalty('barlow-twins', x, x, options);
    const correlation = kernel.penalty('squared-correlation', x, { ...options, epsilon: 1e-14 }).value;
    expect(relativeError([value], [0.0051 * 12 * correlation])).toBeLessThan(TOLERANCES.penalty.f64);
  });

  it('does not see the scale of any unit', () => {
    const [x, y] = [random(40, 15), random(40, 16)];
    const scaled = x.map((value, i) => value * (1 + (i % 4)));
    expect(
      relativeError(
        [kernel.crossPenalty('barlow-twins', scaled, y, options).value],
        [kernel.crossPenalty('barlow-twins', x, y, options).value],
      ),
    ).toBeLessThan(TOLERANCES.identity.f64);
  });

  it('needs as many units on both sides', () => {
    expect(() =>
      kernel.crossPenalty('barlow-twins', random(40, 17), random(50, 18), { ...options, otherUnits: 5 }),
    ).toThrow(/otherUnits must be units = 4.*got 5/);
  });
});

describe('the id of a penalty on two activations', () => {
  it('is not that of one on a single activation, nor the other way round', () => {
    const options = { samples: 2, units: 1 };
    expect(() => kernel.crossPenalty('decov' as 'barlow-twins', [1, 2], [1, 2], options)).toThrow(
      /one of cross-covariance, barlow-twins, got "decov"/,
    );
    expect(() => kernel.penalty('barlow-twins' as 'decov', [1, 2], options)).toThrow(/got "barlow-twins"/);
  });
});
