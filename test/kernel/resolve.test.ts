/** Parameters of the penalties: defaults, order and ranges, all from the catalogue. */
import { describe, expect, it } from 'vitest';
import { CROSS_PENALTIES, PENALTIES } from '../../src/kernel/catalogue.ts';
import { resolveCrossPenalty, resolvePenalty } from '../../src/kernel/resolve.ts';
import { penaltyCases } from './penalty-cases.ts';

const shape = { samples: 3, units: 2 };

describe('the parameters of a penalty', () => {
  it('are those of the catalogue, in its order, unless given', () => {
    for (const { id, parameters } of PENALTIES) {
      expect(resolvePenalty(id, shape).parameters).toEqual(parameters.map((each) => each.default));
    }
    expect(resolvePenalty('vicreg', { ...shape, gamma: 2, epsilon: 0.5 }).parameters).toEqual([
      25, 1, 2, 0.5,
    ]);
  });

  it('have the defaults, and the names, of the independent values', () => {
    for (const { id, parameters } of PENALTIES) {
      const { samples, units, centered, ddof, ...given } = penaltyCases(id)[0]!.options;
      expect(given, id).toEqual(Object.fromEntries(parameters.map((each) => [each.name, each.default])));
    }
  });

  it('are at most four, which is what a call into a module holds', () => {
    for (const { parameters } of [...PENALTIES, ...CROSS_PENALTIES])
      expect(parameters.length).toBeLessThan(5);
  });

  it.each([
    ['vicreg', { gamma: 0 }, 'vicreg: gamma must be a finite number above 0, got 0.'],
    [
      'vicreg',
      { variance_weight: -1 },
      'vicreg: variance_weight must be a finite number of at least 0, got -1.',
    ],
    [
      'mutual-information',
      { bins: 1 },
      'mutual-information: bins must be a whole number of at least 2, got 1.',
    ],
    [
      'mutual-information',
      { bins: 2.5 },
      'mutual-information: bins must be a whole number of at least 2, got 2.5.',
    ],
    ['huber', { delta: Number.NaN }, 'huber: delta must be a finite number above 0, got NaN.'],
    ['huber', { epsilon: 1 }, 'huber: it has no parameter epsilon. Leave it out.'],
    ['decov', { lambda: 1 }, 'decov: it has no parameter lambda. Leave it out.'],
  ])('%s refuses %o', (id, parameters, message) => {
    expect(() => resolvePenalty(id, { ...shape, ...parameters })).toThrow(message);
  });

  it('of a penalty on two activations are checked in the same way', () => {
    expect(resolveCrossPenalty('barlow-twins', shape)).toEqual({
      id: 'barlow-twins',
      samples: 3,
      units: 2,
      otherUnits: 2,
      centered: true,
      ddof: 0,
      parameters: [0.0051],
      weight: 1,
      accumulate: false,
    });
    expect(() => resolveCrossPenalty('barlow-twins', { ...shape, lambda: -1 })).toThrow(/lambda must be/);
    expect(() => resolveCrossPenalty('cross-covariance', { ...shape, lambda: 1 })).toThrow(
      /no parameter lambda/,
    );
    expect(() => resolveCrossPenalty('cross-covariance', { ...shape, otherUnits: 0 })).toThrow(/otherUnits/);
  });
});
