/** Converted weights against the gradients themselves: equal where a factor is claimed, not parallel where none is. */
import { describe, expect, it } from 'vitest';
import type { PenaltyId } from '../../src/kernel/catalogue.ts';
import { PENALTIES } from '../../src/kernel/catalogue.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { type ConvertedPenalty, convertWeight } from '../../src/kernel/weight-conversion.ts';
import { uniformStream } from '../../src/random.ts';
import { TOLERANCES } from '../tolerances.ts';

const kernel = createReferenceKernel();
const SIZES = { units: 9, samples: 23 };

function gradientOf({ type, parameters, ...rest }: ConvertedPenalty): Float64Array {
  const next = uniformStream(5, 'check', 0);
  // Offsets of both signs, so that centring matters and no sum is over one sign alone; two units are almost one, beyond the δ of huber and below the γ of vicreg.
  const x = Float64Array.from({ length: 23 * 9 }, (_, i) => 2 * (next() - 0.5) + ((i % 9) - 4) / 5);
  for (let s = 0; s < 23; s++) x[9 * s + 1] = x[9 * s]! + 0.01 * next();
  return Float64Array.from(
    kernel.penalty(type as PenaltyId, x, { ...SIZES, ...rest, ...parameters }).gradient,
  );
}

function norm(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'none';
}

/** `factor · ∂to/∂x` less `∂from/∂x`, relative to the latter. */
function mismatch(from: ConvertedPenalty, to: ConvertedPenalty): number {
  const { factor, parameters } = convertWeight(from, to, SIZES);
  const source = gradientOf(from);
  const target = gradientOf({ ...to, parameters: { ...to.parameters, ...parameters } });
  return norm(source.map((value, i) => value - factor * target[i]!)) / norm(source);
}

describe('a converted weight', () => {
  const exact: readonly (readonly [ConvertedPenalty, ConvertedPenalty])[] = [
    [{ type: 'vicreg-covariance' }, { type: 'decov' }],
    [{ type: 'decov' }, { type: 'off-diagonal-squared' }],
    [{ type: 'off-diagonal-squared', ddof: 0 }, { type: 'vicreg-covariance' }],
    [{ type: 'vicreg', parameters: { variance_weight: 0, covariance_weight: 3 } }, { type: 'decov' }],
    [{ type: 'decov' }, { type: 'decov', ddof: 1 }],
    [{ type: 'mean-abs-signed' }, { type: 'mean' }],
    [{ type: 'mean-abs', ddof: 0 }, { type: 'mean-abs' }],
    [{ type: 'off-diagonal-abs' }, { type: 'off-diagonal-abs', ddof: 0 }],
    [{ type: 'coding-rate', centered: true }, { type: 'log-det' }],
    [
      { type: 'log-det', ddof: 1 },
      { type: 'coding-rate', centered: true },
    ],
    [{ type: 'log-det' }, { type: 'log-det', ddof: 1 }],
    [{ type: 'participation-ratio' }, { type: 'participation-ratio', ddof: 0 }],
    ...PENALTIES.map(({ id }) => [{ type: id }, { type: id }] as const),
  ];
  for (const [from, to] of exact) {
    it(`${JSON.stringify(from)} has the gradient of ${JSON.stringify(to)} at it`, () => {
      expect(mismatch(from, to)).toBeLessThanOrEqual(TOLERANCES.identity.f64);
    });
  }

  it('is refused for every pair whose gradients are not parallel, and for no other', () => {
    for (const from of PENALTIES) {
      const source = gradientOf({ type: from.id });
      for (const to of PENALTIES) {
        const target = gradientOf({ type: to.id });
        const cosine =
          source.reduce((sum, value, i) => sum + value * target[i]!, 0) / (norm(source) * norm(target));
        const parallel = 1 - Math.abs(cosine) < TOLERANCES.identity.f64;
        const refused = codeOf(() => convertWeight({ type: from.id }, { type: to.id }, SIZES));
        expect(`${from.id} ${to.id} ${refused}`).toBe(
          `${from.id} ${to.id} ${parallel ? 'none' : 'NO_FACTOR'}`,
        );
      }
    }
  });

  it('comes with the factor in units and samples', () => {
    const formula = (from: ConvertedPenalty, to: ConvertedPenalty): string =>
      convertWeight(from, to, SIZES).formula;
    expect(formula({ type: 'vicreg-covariance' }, { type: 'decov' })).toBe('2·n²/(m·(n−1)²)');
    expect(formula({ type: 'off-diagonal-squared' }, { type: 'vicreg-covariance' })).toBe('1/(m−1)');
    expect(formula({ type: 'decov' }, { type: 'decov' })).toBe('1');
    const { factor } = convertWeight({ type: 'vicreg-covariance' }, { type: 'decov' }, SIZES);
    expect(Math.abs((factor * 9 * 22 ** 2) / (2 * 23 ** 2) - 1)).toBeLessThanOrEqual(TOLERANCES.identity.f64);
  });

  it('asks for a size only where the factor depends on it', () => {
    const [vicreg, decov] = [{ type: 'vicreg-covariance' }, { type: 'decov' }];
    expect(codeOf(() => convertWeight(vicreg, decov, { units: 9 }))).toBe('SIZE_NEEDED');
    expect(codeOf(() => convertWeight(vicreg, decov, { samples: 23 }))).toBe('SIZE_NEEDED');
    expect(codeOf(() => convertWeight(vicreg, { type: 'off-diagonal-squared' }, { units: 9 }))).toBe('none');
    expect(codeOf(() => convertWeight(decov, decov, {}))).toBe('none');
    expect(codeOf(() => convertWeight({ type: 'log-det' }, { type: 'log-det' }, {}))).toBe('none');
  });

  it('between log-determinants needs the ε that makes them the same, and says which', () => {
    const from = { type: 'coding-rate', centered: true };
    // ε²/m with ε = 0.5.
    expect(convertWeight(from, { type: 'log-det' }, SIZES).parameters).toEqual({ epsilon: 0.25 / 9 });
    const other = { type: 'log-det', parameters: { epsilon: 0.1 } };
    expect(codeOf(() => convertWeight(from, other, SIZES))).toBe('NO_FACTOR');
  });

  it('does not exist for a penalty that does not', () => {
    expect(codeOf(() => convertWeight({ type: 'decof' }, { type: 'decov' }, SIZES))).toBe('UNKNOWN_PENALTY');
  });

  it.each<[string, ConvertedPenalty, object, string]>([
    ['a divisor of n − 2', { type: 'decov', ddof: 2 }, SIZES, 'DDOF_OUT_OF_RANGE'],
    ['a single unit', { type: 'decov' }, { units: 1, samples: 9 }, 'SIZE_OUT_OF_RANGE'],
    ['half a sample', { type: 'decov' }, { units: 4, samples: 9.5 }, 'SIZE_OUT_OF_RANGE'],
    ['a misspelt parameter', { type: 'huber', parameters: { dleta: 3 } }, SIZES, 'UNKNOWN_OPTION'],
    [
      'a parameter of another penalty',
      { type: 'decov', parameters: { delta: 3 } },
      SIZES,
      'UNKNOWN_PARAMETER',
    ],
    [
      'a parameter out of range',
      { type: 'huber', parameters: { delta: -3 } },
      SIZES,
      'PARAMETER_OUT_OF_RANGE',
    ],
  ])('is refused for %s', (_, from, sizes, code) => {
    expect(codeOf(() => convertWeight(from, { type: 'vicreg-covariance' }, sizes))).toBe(code);
  });
});
