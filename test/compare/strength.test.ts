import { describe, expect, test } from 'vitest';
import { compareRuns, type RunInput } from '../../src/compare/compare.ts';
import { alignByStrength, type StrengthTable } from '../../src/compare/strength.ts';
import { expectClose, expectEstimate, T_1 } from './expect-close.ts';
import { type HandMadePoint, handMadeRun, type Measured } from './hand-made-run.ts';

function one(correlation: number, strength: number, accuracy = 0.9): Measured {
  return { accuracy, correlation, strength };
}

const BASELINE: HandMadePoint = {
  penalty: null,
  trials: [
    { accuracy: 0.95, correlation: 0.3 },
    { accuracy: 0.95, correlation: 0.3 },
  ],
};

function align(...points: readonly HandMadePoint[]): StrengthTable {
  return alignRun(handMadeRun([BASELINE, ...points]));
}

function alignRun(run: RunInput): StrengthTable {
  const { rows, metrics } = compareRuns([run]);
  return alignByStrength(rows, metrics);
}

function namesOf({ entries }: StrengthTable): string[] {
  return entries.map(({ strength, penalty }) => `${strength} ${penalty.type}`);
}

describe('penalties at equal strength', () => {
  // Strength 0.1 lies halfway between 0.01 and 1 in the logarithm.
  const decov: readonly HandMadePoint[] = [
    { penalty: ['decov', 0.5], trials: [one(0.24, 0.01, 0.94), one(0.26, 0.01, 0.94)] },
    { penalty: ['decov', 50], trials: [one(0.14, 1, 0.9), one(0.16, 1, 0.92)] },
  ];
  const mean: HandMadePoint = { penalty: ['mean', 7], trials: [one(0.1, 0.1), one(0.12, 0.1)] };

  test('each is interpolated seed by seed in the logarithm of the strength, with the weight that has it', () => {
    const table = align(...decov, mean);
    expect(namesOf(table)).toEqual(['0.1 mean', '0.1 decov']);
    const [trained, between] = table.entries;
    expectEstimate(between?.value, 0.2, T_1 * 0.01, 2);
    expectClose(between?.weight, 5);
    expect(between?.trained).toBe(false);
    expectEstimate(between?.difference, -0.1, T_1 * 0.01, 2);
    expectEstimate(between?.qualityDifference, -0.025, T_1 * 0.005, 2);
    expectEstimate(trained?.value, 0.11, T_1 * 0.01, 2);
    expectClose(trained?.weight, 7);
    expect(trained?.trained).toBe(true);
  });

  test('nothing is said beyond the weights that were trained, for any seed', () => {
    const table = align(
      { penalty: ['decov', 1], trials: [one(0.2, 0.02), one(0.2, 0.05)] },
      { penalty: ['decov', 100], trials: [one(0.1, 2), one(0.1, 5)] },
      { penalty: ['mean', 1], trials: [one(0.2, 0.01), one(0.2, 0.01)] },
      { penalty: ['mean', 9], trials: [one(0.1, 9), one(0.1, 9)] },
    );
    // 0.03 is above the weakest decov with seed 0, but below it with seed 1; 3 is above the strongest with seed 0.
    expect(namesOf(table).filter((name) => name.endsWith('decov'))).toEqual([
      '0.1 decov',
      '0.3 decov',
      '1 decov',
    ]);
  });

  test('the best of a strength is marked, with those that cannot be told from it', () => {
    const table = align(
      mean,
      { penalty: ['decov', 1], trials: [one(0.104, 0.1), one(0.118, 0.1)] },
      { penalty: ['huber', 1], trials: [one(0.2, 0.1), one(0.2201, 0.1)] },
    );
    expect(table.entries.map(({ penalty, standing }) => [penalty.type, standing])).toEqual([
      ['mean', 'best'],
      ['decov', 'tied'],
      ['huber', 'none'],
    ]);
  });

  test('a strength that a sweep asked for is the one that is shown', () => {
    const asked = (type: string): HandMadePoint => ({
      penalty: [type, 0],
      strength: 0.27,
      trials: [one(0.2, 0.27), one(0.2, 0.27 * (1 + 1e-12))],
    });
    const table = align(asked('decov'), asked('mean'));
    expect(namesOf(table)).toEqual(['0.27 decov', '0.27 mean']);
  });

  test('the weight is the geometric mean of those that give each seed the strength', () => {
    // Strength 0.1 needs the weight 2 with seed 0 and 8 with seed 1: the geometric mean is 4, the arithmetic one 5.
    const table = align(
      mean,
      { penalty: ['decov', 1], trials: [one(0.2, 0.05), one(0.2, 0.0125)] },
      {
        penalty: ['decov', 100],
        trials: [one(0.1, 5), one(0.1, 1.25)],
      },
    );
    expectClose(table.entries.find(({ penalty }) => penalty.type === 'decov')?.weight, 4);
  });

  test('on other data a penalty is set against none of these', () => {
    const on = (name: string, fingerprint: string, correlation: number): RunInput => {
      const run = handMadeRun(
        ['decov', 'mean'].map((type, index) => ({
          penalty: [type, 1],
          trials: [one(correlation + index, 0.1), one(correlation + index, 0.1)],
        })),
        { name },
      );
      return { ...run, manifest: { ...run.manifest, data: { ...run.manifest.data, fingerprint } } };
    };
    const standingsOf = (...runs: RunInput[]) => {
      const { rows, metrics } = compareRuns(runs);
      return alignByStrength(rows, metrics).entries.map(
        ({ run, penalty, standing }) => `${run} ${penalty.type} ${standing}`,
      );
    };
    expect(standingsOf(on('a', 'x', 0.3), on('b', 'y', 0.1)).sort()).toEqual([
      'a decov best',
      'a mean none',
      'b decov best',
      'b mean none',
    ]);
    expect(standingsOf(on('a', 'x', 0.3), on('b', 'x', 0.1))).toContain('a decov none');
  });

  test('points without a recorded strength, without the metric and unfinished ones are counted, not shown', () => {
    const table = align(
      mean,
      {
        penalty: ['decov', 1],
        trials: [
          { accuracy: 1, correlation: 0 },
          { accuracy: 1, correlation: 0 },
        ],
      },
      { penalty: ['huber', 1], trials: [one(0, 0.1), null] },
      { penalty: ['whitening', 1], trials: [one(0, 0.1), one(Number.NaN, 0.1)] },
    );
    expect(namesOf(table)).toEqual(['0.1 mean']);
    expect(table.left).toBe(3);
    expect(align().entries).toEqual([]);
  });

  test('points that differ in another setting make curves of their own', () => {
    const width = (units: number, correlation: number): HandMadePoint => ({
      ...mean,
      settings: { 'model.0.dense': units },
      trials: [one(correlation, 0.1), one(correlation, 0.1)],
    });
    const { entries } = alignRun(handMadeRun([width(64, 0.2), width(128, 0.1)]));
    expect(entries.map(({ settings, value }) => [settings['model.0.dense'], value.mean])).toEqual([
      [128, 0.1],
      [64, 0.2],
    ]);
  });
});
