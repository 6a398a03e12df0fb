/** Distributions: their quantiles against values from SciPy, and what is drawn from them. */
import { describe, expect, test } from 'vitest';
import {
  countNumbers,
  type Distribution,
  drawNumber,
  hasNumbers,
  numberAt,
  unitOf,
} from '../../src/config/distribution.ts';
import { TOLERANCES } from '../tolerances.ts';

const UNITS = [0.001, 0.1, 0.25, 0.5, 0.77, 0.999];

describe('a number that is drawn', () => {
  // scipy.stats: norm.ppf, lognorm.ppf, beta.ppf and uniform.ppf of its logarithm, at UNITS.
  test.each<[Distribution, number[]]>([
    [
      { distribution: 'normal', mu: 1, sigma: 2 },
      [
        -5.180464612335626, -1.5631031310892007, -0.3489795003921634, 1, 2.4776936983704276,
        7.180464612335626,
      ],
    ],
    [
      { distribution: 'log_normal', mu: -1, sigma: 0.5 },
      [
        0.07846393762307022, 0.19382961427318932, 0.26256808081329946, 0.36787944117144233,
        0.5322848101824419, 1.7248087125928409,
      ],
    ],
    [
      { distribution: 'beta', a: 2, b: 5 },
      [
        0.008255492787746678, 0.09259525891312873, 0.16116291679032652, 0.26444998329566005,
        0.402118402610099, 0.818613866919134,
      ],
    ],
    [
      { distribution: 'log_uniform_values', min: 0.001, max: 10 },
      [0.0010092528860766849, 0.00251188643150958, 0.01, 0.1, 1.202264434617414, 9.908319448927694],
    ],
    [
      { distribution: 'inv_log_uniform_values', min: 0.001, max: 10 },
      [0.0010092528860766849, 0.00251188643150958, 0.01, 0.1, 1.202264434617414, 9.908319448927694],
    ],
    [{ distribution: 'uniform', min: -1, max: 3 }, [-0.996, -0.6, 0, 1, 2.08, 2.996]],
  ])('of %o is the quantile to four digits', (distribution, expected) => {
    for (const [index, unit] of UNITS.entries()) {
      expect(drawNumber(distribution, unit)).toBe(Number((expected[index] as number).toPrecision(4)));
    }
  });

  test('of int_uniform is each whole number with the same chance', () => {
    const distribution = { distribution: 'int_uniform', min: -1, max: 2 } as const;
    const drawn = Array.from({ length: 8 }, (_, index) => drawNumber(distribution, (index + 0.5) / 8));
    expect(drawn).toEqual([-1, -1, 0, 0, 1, 1, 2, 2]);
    expect(drawNumber(distribution, 1)).toBe(2);
  });

  test('of a q_ distribution is the nearest multiple of q, halves going to the even one', () => {
    const draw = (q: number, min: number, max: number, unit: number) =>
      drawNumber({ distribution: 'q_uniform', min, max, q }, unit);
    expect([0.1, 0.5, 0.9].map((unit) => draw(0.1, 0, 1, unit))).toEqual([0.1, 0.5, 0.9]);
    expect(draw(1, 0, 1, 0.5)).toBe(0);
    expect(draw(1, 1, 2, 0.5)).toBe(2);
    expect(draw(0.1, 0, 0.6, 0.5)).toBe(0.3);
    // A multiple outside the bounds is never drawn, though it may be the nearest.
    expect(draw(4, 1, 10, 0.999)).toBe(8);
    expect(draw(4, 1, 10, 0.001)).toBe(4);
    expect(draw(0.2, 0.3, 1.5, 0.999)).toBe(1.4);
    expect(drawNumber({ distribution: 'q_log_uniform_values', min: 16, max: 130, q: 20 }, 0.9999)).toBe(120);
    expect(drawNumber({ distribution: 'q_beta', a: 9, b: 1, q: 0.6 }, 0.999)).toBe(0.6);
    expect(drawNumber({ distribution: 'q_log_uniform_values', min: 16, max: 128, q: 8 }, 0.5)).toBe(48);
    expect(drawNumber({ distribution: 'q_normal', mu: 0, sigma: 10, q: 5 }, 0.5)).toBe(0);
    expect(drawNumber({ distribution: 'q_log_normal', mu: 0, sigma: 1, q: 0.25 }, 0.5)).toBe(1);
    expect(drawNumber({ distribution: 'q_beta', a: 2, b: 5, q: 0.2 }, 0.5)).toBe(0.2);
  });

  // As version 0.1.0 drew them: a run that it stored is planned alike.
  const NEAR_BOTH_BOUNDS = [2 ** -33, 2e-8, 0.25, 0.5, 1 - 2e-6, 1 - 2 ** -33];
  test.each<[Distribution, number[]]>([
    [{ distribution: 'log_uniform_values', min: 1e-6, max: 1 }, [1e-6, 1e-6, 0.00003162, 0.001, 1, 1]],
    [{ distribution: 'inv_log_uniform_values', min: 1e-6, max: 1 }, [1e-6, 1e-6, 0.00003162, 0.001, 1, 1]],
    [
      { distribution: 'uniform', min: 0.12345, max: 0.98765 },
      [0.1235, 0.1235, 0.3395, 0.5555, 0.9876, 0.9876],
    ],
    [{ distribution: 'uniform', min: -1, max: 3 }, [-1, -1, 0, 1, 3, 3]],
    [
      { distribution: 'uniform', min: 1000, max: 1000.01 },
      [1000, 1000, 1000.0025, 1000.005, 1000.01, 1000.01],
    ],
    [{ distribution: 'uniform', min: 2, max: 2 }, [2, 2, 2, 2, 2, 2]],
    [{ distribution: 'normal', mu: 1, sigma: 2 }, [-11.68, -9.982, -0.349, 1, 10.22, 13.68]],
    [{ distribution: 'log_normal', mu: -1, sigma: 0.5 }, [0.01547, 0.02363, 0.2626, 0.3679, 3.69, 8.749]],
    [{ distribution: 'beta', a: 2, b: 5 }, [0.000002786, 0.00003652, 0.1612, 0.2644, 0.9489, 0.9928]],
    [{ distribution: 'beta', a: 1, b: 1 }, [1.164e-10, 2e-8, 0.25, 0.5, 1, 1]],
    [{ distribution: 'int_uniform', min: -2, max: 5 }, [-2, -2, 0, 2, 5, 5]],
  ])('of %o is what it always was, its bounds included', (distribution, expected) => {
    expect(NEAR_BOTH_BOUNDS.map((unit) => drawNumber(distribution, unit))).toEqual(expected);
  });

  test('is never rounded onto a bound that is open', () => {
    const bounded: Distribution[] = [
      { distribution: 'uniform', min: 0, max: 1 },
      { distribution: 'uniform', min: 0.9, max: 1 },
      { distribution: 'log_uniform_values', min: 0.001, max: 1 },
      { distribution: 'inv_log_uniform_values', min: 0.001, max: 1 },
      { distribution: 'beta', a: 1, b: 1 },
    ];
    for (const distribution of bounded) {
      const [min, max]: [number, number] =
        'min' in distribution ? [distribution.min, distribution.max] : [0, 1];
      for (const unit of [2 ** -33, 1e-6, 1 - 1e-6, 1 - 2 ** -33]) {
        const drawn = drawNumber(distribution, unit, () => true);
        expect(drawn).toBeGreaterThan(min);
        expect(drawn).toBeLessThan(max);
      }
    }
  });

  test('lies within its bounds, and has more digits where these are close', () => {
    const narrow = { distribution: 'uniform', min: 1000, max: 1000.01 } as const;
    const drawn = Array.from({ length: 9 }, (_, index) => drawNumber(narrow, (index + 0.5) / 9));
    expect(new Set(drawn).size).toBe(9);
    expect(drawNumber(narrow, 0)).toBe(1000);
    expect(drawNumber(narrow, 1)).toBe(1000.01);
    expect(drawNumber({ distribution: 'uniform', min: 2, max: 2 }, 0.3)).toBe(2);
    expect(drawNumber({ distribution: 'normal', mu: 2, sigma: 0 }, 0.3)).toBe(2);
  });
});

describe('the place of a number in its distribution', () => {
  test.each<Distribution>([
    { distribution: 'uniform', min: -1, max: 3 },
    { distribution: 'log_uniform_values', min: 0.001, max: 10 },
    { distribution: 'normal', mu: 1, sigma: 2 },
    { distribution: 'log_normal', mu: -1, sigma: 0.5 },
    { distribution: 'beta', a: 2, b: 5 },
  ])('is where it was drawn: %o', (distribution) => {
    for (const unit of UNITS) {
      expect(Math.abs(unitOf(distribution, drawNumber(distribution, unit)) - unit)).toBeLessThan(
        TOLERANCES.drawnUnit,
      );
    }
  });

  test('is within 0 and 1 whatever the number', () => {
    for (const distribution of [
      { distribution: 'log_uniform_values', min: 1, max: 2 },
      { distribution: 'beta', a: 1, b: 1 },
      { distribution: 'log_normal', mu: 0, sigma: 1 },
      { distribution: 'int_uniform', min: 0, max: 1 },
    ] satisfies Distribution[]) {
      for (const value of [-5, 0, 9]) expect([0, 1]).toContain(Math.round(unitOf(distribution, value)));
    }
  });
});

describe('the numbers of a grid', () => {
  test('are all whole ones, or all multiples of q', () => {
    const all = (distribution: Distribution) =>
      Array.from({ length: countNumbers(distribution) ?? 0 }, (_, position) =>
        numberAt(distribution, position),
      );
    expect(all({ distribution: 'int_uniform', min: 3, max: 6 })).toEqual([3, 4, 5, 6]);
    expect(all({ distribution: 'q_uniform', min: 0, max: 0.5, q: 0.1 })).toEqual([
      0, 0.1, 0.2, 0.3, 0.4, 0.5,
    ]);
    expect(countNumbers({ distribution: 'uniform', min: 0, max: 1 })).toBeUndefined();
  });

  test.each<[number, number, number, number[]]>([
    [0.3, 1.5, 0.2, [0.4, 0.6, 0.8, 1, 1.2, 1.4]],
    [0.5, 5.5, 1, [1, 2, 3, 4, 5]],
    [15, 55, 10, [20, 30, 40, 50]],
    [0.05, 0.45, 0.1, [0.1, 0.2, 0.3, 0.4]],
    [0.1, 0.3, 0.1, [0.1, 0.2, 0.3]],
    [-0.3, 0.3, 0.1, [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]],
    [-2.5, -0.5, 1, [-2, -1]],
    [1e9, 1e9 + 2, 1, [1e9, 1e9 + 1, 1e9 + 2]],
    [0.7, 0.7, 0.1, [0.7]],
    [0.11, 0.19, 0.1, []],
  ])('of q_uniform from %d to %d by %d are the multiples within, each once', (min, max, q, multiples) => {
    const distribution = { distribution: 'q_uniform', min, max, q } as const;
    const count = countNumbers(distribution) ?? 0;
    expect(Array.from({ length: count }, (_, position) => numberAt(distribution, position))).toEqual(
      multiples,
    );
    expect(hasNumbers(distribution)).toBe(multiples.length > 0);
  });
});
