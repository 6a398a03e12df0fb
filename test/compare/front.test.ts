import { expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { placePoints } from '../../src/compare/front.ts';
import { paretoFront } from '../../src/compare/standing.ts';
import type { MetricInfo } from '../../src/record/measures.ts';
import { exampleRun, handMadeRun } from './hand-made-run.ts';

const comparison = compareRuns([exampleRun()]);
const metric = (name: string): MetricInfo =>
  comparison.metrics.find((each) => each.name === name) as MetricInfo;

test('the front of accuracy and correlation is what the table marks', () => {
  const placed = placePoints(comparison.rows, metric('test.accuracy'), metric('mean-abs-correlation'));
  const front = placed.filter(({ onFront }) => onFront).map(({ row }) => row.point);
  expect(front).toEqual(comparison.rows.filter(({ tradeOff }) => tradeOff).map(({ point }) => point));
  expect(front.length).toBeGreaterThan(1);
});

test('each metric is read the way it is better', () => {
  const placed = placePoints(comparison.rows, metric('seconds'), metric('participation-ratio'));
  // Fast and many dimensions: the baseline (12.0 s, 14.2), mean-abs-signed (12, 11) loses to it.
  const names = placed.filter(({ onFront }) => onFront).map(({ row }) => row.penalty?.type ?? 'none');
  expect(names).toContain('none');
  expect(names).not.toContain('mean-abs-signed');
});

test('a point that lacks a seed has no place', () => {
  const placed = placePoints(comparison.rows, metric('test.accuracy'), metric('mean-abs-correlation'));
  expect(placed.map(({ row }) => row.trials.complete === row.trials.planned)).not.toContain(false);
  expect(placed).toHaveLength(comparison.rows.length - 2);
});

test('a point on other data beats none, however good it is', () => {
  const runOn = (name: string, fingerprint: string, accuracy: number) => {
    const run = handMadeRun([{ penalty: ['decov', 1], trials: [{ accuracy, correlation: 0.1 }] }], { name });
    return { ...run, manifest: { ...run.manifest, data: { ...run.manifest.data, fingerprint } } };
  };
  const frontOf = (...runs: Parameters<typeof compareRuns>[0]): string[] =>
    placePoints(compareRuns(runs).rows, metric('test.accuracy'), metric('mean-abs-correlation'))
      .filter(({ onFront }) => onFront)
      .map(({ row }) => row.run)
      .sort();
  expect(frontOf(runOn('a', 'easy', 0.99), runOn('b', 'hard', 0.5))).toEqual(['a', 'b']);
  expect(frontOf(runOn('a', 'easy', 0.99), runOn('b', 'easy', 0.5))).toEqual(['a']);
});

test('the front of many points is what asking every other one finds, with two objectives and with three', () => {
  const objectives = ['test.accuracy', 'mean-abs-correlation', 'participation-ratio'].map((name, index) => ({
    name,
    goal: index === 1 ? ('minimize' as const) : ('maximize' as const),
  }));
  // Few values, so that many points are on a level.
  const value = (index: number, salt: number): number => ((index * 7919 + salt * 104_729) % 13) / 13;
  const { rows } = compareRuns([
    handMadeRun(
      Array.from({ length: 150 }, (_, index) => ({
        penalty: ['decov', index + 1] as const,
        trials: [{ accuracy: value(index, 1), correlation: value(index, 5), participation: value(index, 9) }],
      })),
    ),
  ]);
  const better = (name: string): number => (name === 'mean-abs-correlation' ? -1 : 1);
  const read = (row: (typeof rows)[number], name: string): number =>
    better(name) * (row.metrics[name]?.mean ?? Number.NaN);
  for (const some of [objectives.slice(0, 2), objectives]) {
    const names = some.map(({ name }) => name);
    const expected = rows.filter(
      (row) =>
        !rows.some(
          (other) =>
            names.every((name) => read(other, name) >= read(row, name)) &&
            names.some((name) => read(other, name) > read(row, name)),
        ),
    );
    expect(paretoFront(rows, some)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(names.length - 1);
  }
});
