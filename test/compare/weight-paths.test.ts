import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { weightPaths } from '../../src/compare/weight-paths.ts';
import { CORRELATION } from '../../src/record/measures.ts';
import { expectClose } from './expect-close.ts';
import { exampleRun, handMadeRun } from './hand-made-run.ts';

describe('the path of a penalty', () => {
  test('runs along ascending weights, with the interval of each mean', () => {
    const { rows } = compareRuns([exampleRun()]);
    const [path] = weightPaths(rows, CORRELATION).filter(({ type }) => type === 'decov');
    expect(path?.points.map(({ at }) => at)).toEqual([0.1, 1]);
    const [first] = path?.points ?? [];
    expectClose(first?.mean ?? null, 0.061);
    // t(0.975, 1) times the standard error of two values that differ by 0.002.
    expectClose(first?.low ?? null, 0.061 - 12.706204736 * 0.001);
    expectClose(first?.high ?? null, 0.061 + 12.706204736 * 0.001);
  });

  test('runs along the strengths where these were set, apart from points with a weight', () => {
    const measured = { accuracy: 0.9, correlation: 0.1, strength: 0.5 };
    const point = (strength?: number) => ({
      penalty: ['decov', 7] as const,
      ...(strength !== undefined && { strength }),
      trials: [measured],
    });
    const { rows } = compareRuns([handMadeRun([point(0.3), point(0.03), point()])]);
    expect(
      weightPaths(rows, CORRELATION).map(({ lever, points }) => [lever, points.map(({ at }) => at)]),
    ).toEqual([
      ['strength', [0.03, 0.3]],
      ['weight', [7]],
    ]);
  });

  test('leaves out what lacks a seed: decov at 10 diverged once, smooth-abs has one trial', () => {
    const { rows } = compareRuns([exampleRun()]);
    const paths = weightPaths(rows, 'test.accuracy');
    expect(paths.flatMap(({ points }) => points.map(({ row }) => row.penalty?.weight))).not.toContain(10);
    expect(paths.map(({ type }) => type)).not.toContain('smooth-abs');
  });

  test('does not join points that differ in another setting, nor those of two runs', () => {
    const point = (weight: number, units: number) => ({
      penalty: ['decov', weight] as const,
      settings: { 'model.0.dense': units },
      trials: [{ accuracy: 0.9, correlation: 0.1 }],
    });
    const points = [point(1, 64), point(0.1, 64), point(1, 128)];
    const runs = [handMadeRun(points, { name: 'a' }), handMadeRun(points, { name: 'b' })];
    const paths = weightPaths(compareRuns(runs).rows, CORRELATION);
    expect(paths.map(({ run, points: { length } }) => `${run} ${length}`).sort()).toEqual([
      'a 1',
      'a 2',
      'b 1',
      'b 2',
    ]);
  });

  test('has no interval with one seed', () => {
    const run = handMadeRun([{ penalty: ['decov', 1], trials: [{ accuracy: 0.9, correlation: 0.1 }] }]);
    const [path] = weightPaths(compareRuns([run]).rows, CORRELATION);
    expect(path?.points[0]).toMatchObject({ mean: 0.1, low: 0.1, high: 0.1 });
  });
});
