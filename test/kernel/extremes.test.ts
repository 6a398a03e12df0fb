/** Penalties at the edges of their range, against values of many digits; and what docs/penalties.md says of those edges. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CovgradError } from '../../src/errors.ts';
import { CROSS_PENALTIES, findCrossPenalty, findPenalty, PENALTIES } from '../../src/kernel/catalogue.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { allKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';
import { type ExtremeCase, evaluateExtreme, extremeCases, isExact } from './extreme-cases.ts';

const IDS = [...PENALTIES, ...CROSS_PENALTIES].map(({ id }) => id);
let kernels: Kernel[] = [];
beforeAll(async () => {
  kernels = await allKernels();
});

/** A row of the table of edges in docs/penalties.md. */
interface Edges {
  readonly single: string;
  readonly ranges: Readonly<Record<'f32' | 'f64', { value: Range; gradient: Range }>>;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

const PAGE = readFileSync(new URL('../../docs/penalties.md', import.meta.url), 'utf8');

function edgesOf(id: string): Edges {
  const table = PAGE.slice(PAGE.indexOf('| type | one unit |'));
  const row = table.split('\n').find((line) => line.startsWith(`| \`${id}\` |`));
  expect(row, id).toBeDefined();
  const [single = '', ...cells] = row!
    .split('|')
    .slice(2, -1)
    .map((each) => each.trim());
  expect(cells).toHaveLength(4);
  const [a, b, c, d] = cells.map((each): Range => {
    const [from, to] = each.split(' … ').map(Number);
    expect(Number.isFinite(from) && Number.isFinite(to), each).toBe(true);
    return { from: from!, to: to! };
  }) as [Range, Range, Range, Range];
  return { single, ranges: { f32: { value: a, gradient: b }, f64: { value: c, gradient: d } } };
}

/** Largest difference over the largest expected entry; infinite where that is no number other than 0. */
function strictError(actual: ArrayLike<number>, expected: readonly number[]): number {
  let [difference, scale] = [0, 0];
  expected.forEach((entry, i) => {
    const error = Math.abs(actual[i]! - entry);
    if (!(error <= difference)) difference = error;
    scale = Math.max(scale, Math.abs(entry));
  });
  return scale > 0 && Number.isFinite(scale) ? difference / scale : Number.POSITIVE_INFINITY;
}

const rounded = (kernel: Kernel, gradient: readonly number[]): number[] =>
  gradient.map((entry) => (kernel.precision === 'f32' ? Math.fround(entry) : entry));

/** The power of ten of activations that are nothing but scaled, with more samples than units or fewer. */
function powerOf({ input, options }: ExtremeCase): number | null {
  const power = /^plain (?:3x5|9x4) 1e(-?\d+)$/.exec(input)?.[1];
  return power === undefined || options.epsilon !== undefined ? null : Number(power);
}

/** What holds fewer digits than its precision, whatever is done: see the page. */
function toleranceOf({ id, input }: ExtremeCase, { precision }: Kernel): number {
  if (/^one large unit|^offset .* 1e9/.test(input) && findPenalty(id)?.family === 'spectral') {
    return TOLERANCES.besideLarge[precision];
  }
  if (input.startsWith('parallel')) return TOLERANCES.indirectPenalty[precision];
  return TOLERANCES.penalty[precision];
}

describe.each(IDS)('%s', (id) => {
  it('has the value and gradient of its formula for offsets, constant units, copies, and scales in its range', () => {
    const { ranges } = edgesOf(id);
    for (const kernel of kernels) {
      const { value: ofValue, gradient: ofGradient } = ranges[kernel.precision];
      for (const one of extremeCases(id).filter((each) => isExact(each, kernel))) {
        const where = `${kernel.variant} ${kernel.precision} ${one.input} ${JSON.stringify(one.options)}`;
        const scale = 10 ** Number(/1e(-?\d+)$/.exec(one.input)?.[1] ?? 0);
        const isPlain = !one.input.startsWith('offset');
        const within = ({ from, to }: Range): boolean => !isPlain || (scale >= from && scale <= to);
        if (!within(ofValue) && !within(ofGradient)) continue;
        // So large an offset and so many samples that the smallest singular values drown: said, not hidden.
        if (id === 'coding-rate' && one.input === 'offset 4x4 1e9') {
          expect(() => evaluateExtreme(kernel, one), where).toThrow(/^coding-rate: the smallest eigenvalues/);
          continue;
        }
        const { value, gradient } = evaluateExtreme(kernel, one);
        const tolerance = toleranceOf(one, kernel);
        if (within(ofValue)) {
          const error = Math.abs(value - one.value);
          expect(error, `value ${where}`).toBeLessThanOrEqual(
            tolerance * Math.abs(one.value) + TOLERANCES.cancelled,
          );
        }
        if (within(ofGradient)) {
          const expected = rounded(kernel, one.gradient);
          const error = expected.every((entry) => entry === 0)
            ? Math.max(...Array.from(gradient, Math.abs)) / TOLERANCES.cancelled
            : strictError(gradient, expected) / tolerance;
          expect(error, where).toBeLessThanOrEqual(1);
        }
      }
    }
  });

  it('is right from the least to the largest activations that the page names, and not at the next that was tried', () => {
    const { ranges } = edgesOf(id);
    const cases = extremeCases(id).filter((one) => powerOf(one) !== null);
    for (const kernel of kernels) {
      const isRight = {
        value: (one: ExtremeCase, value: number, _gradient: ArrayLike<number>): boolean =>
          strictError([value], [one.value]) <= TOLERANCES.penalty[kernel.precision],
        gradient: (one: ExtremeCase, _value: number, gradient: ArrayLike<number>): boolean =>
          strictError(gradient, rounded(kernel, one.gradient)) <= TOLERANCES.penalty[kernel.precision],
      };
      const tried = cases.filter((one) => isExact(one, kernel));
      const powers = [...new Set(tried.map((one) => powerOf(one)!))].sort((a, b) => a - b);
      const limit = kernel.precision === 'f32' ? 36 : Number.POSITIVE_INFINITY;
      for (const what of ['value', 'gradient'] as const) {
        const { from, to } = ranges[kernel.precision][what];
        const wrong = new Set<number>();
        for (const one of tried) {
          const { value, gradient } = evaluateExtreme(kernel, one);
          if (!isRight[what](one, value, gradient)) wrong.add(powerOf(one)!);
        }
        const [low, high] = [Math.round(Math.log10(from)), Math.round(Math.log10(to))];
        const where = `${what} ${kernel.variant} ${kernel.precision}`;
        expect(powers, where).toEqual(expect.arrayContaining([low, high]));
        expect(
          [...wrong].filter((power) => power >= low && power <= high),
          where,
        ).toEqual([]);
        // The reference may reach further than the builds, which the page describes.
        if (kernel.variant === 'reference') continue;
        const below = powers.filter((power) => power < low && power >= -limit).at(-1);
        const above = powers.find((power) => power > high && power <= limit);
        for (const next of [below, above]) if (next !== undefined) expect(wrong, where).toContain(next);
      }
    }
  });

  it('of a single unit is what the page says', () => {
    const { parameters, ddof } = findPenalty(id) ?? findCrossPenalty(id)!;
    const defaults = Object.fromEntries(parameters.map(({ name, default: value }) => [name, value]));
    const x = [0.5, -1, 2, 0.25, -0.5];
    const y = [...x].reverse();
    const centered = (findPenalty(id) ?? findCrossPenalty(id)!).centered;
    const less = (values: number[]): number[] => {
      const mean = centered ? values.reduce((sum, each) => sum + each, 0) / values.length : 0;
      return values.map((each) => each - mean);
    };
    const product = (a: number[], b: number[]): number =>
      less(a).reduce((sum, each, s) => sum + each * less(b)[s]!, 0);
    const isCross = findCrossPenalty(id) !== undefined;
    const C = product(x, isCross ? y : x) / (x.length - ddof);
    const c = product(x, y) / product(x, x);
    const expected = evaluateFormula(edgesOf(id).single, { C, c, ...defaults });
    for (const kernel of kernels) {
      const { value } = evaluateExtreme(kernel, { id, samples: 5, units: 1, x, options: {} });
      const error = Math.abs(value - expected);
      expect(error).toBeLessThanOrEqual(
        TOLERANCES.operation[kernel.precision] * Math.abs(expected) + TOLERANCES.cancelled,
      );
    }
  });

  it('is NaN, and all of its gradient, where an activation is NaN or infinite, for one unit too', () => {
    for (const [samples, units] of [
      [5, 1],
      [3, 5],
      [9, 4],
    ] as const) {
      for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const x = Array.from({ length: samples * units }, (_, i) => (i === 4 ? wrong : Math.sin(i)));
        for (const kernel of kernels) {
          const { value, gradient } = evaluateExtreme(kernel, { id, samples, units, x, options: {} });
          expect(value, kernel.variant).toBeNaN();
          expect(Array.from(gradient).every(Number.isNaN), kernel.variant).toBe(true);
        }
      }
    }
  });
});

/** A formula of the page with the variables' values. */
function evaluateFormula(formula: string, variables: Readonly<Record<string, number>>): number {
  const code = formula
    .replaceAll('`', '')
    .replaceAll('−', '-')
    .replaceAll('·', '*')
    .replaceAll('²', '**2')
    .replaceAll('½', '0.5*')
    .replaceAll('ε', 'epsilon')
    .replaceAll('γ', 'gamma')
    .replaceAll(/\b(sqrt|log|max)\(/g, 'Math.$1(');
  return new Function(...Object.keys(variables), `return ${code}`)(...Object.values(variables)) as number;
}

describe('a determinant or an inverse', () => {
  // ε is the least eigenvalue of a centred C with no more samples than units, and activations of 1e5 and more hid it.
  it.each(['log-det', 'total-correlation'] as const)(
    'of %s has an error with a code and a remedy where rounding hides ε',
    (id) => {
      // Units that are copies, so large that what rounding leaves of their difference is larger than ε.
      const x = Array.from({ length: 40 }, (_, i) => 1e13 * Math.fround(Math.sin(1 + (i >> 2))));
      for (const kernel of kernels) {
        try {
          kernel.penalty(id, x, { samples: 10, units: 4 });
          expect.unreachable(kernel.variant);
        } catch (error) {
          expect((error as CovgradError).code).toBe('NOT_POSITIVE_DEFINITE');
          expect((error as CovgradError).message).toMatch(
            /Use a larger epsilon, smaller activations, or fewer units/,
          );
        }
      }
    },
  );
});
