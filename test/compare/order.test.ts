import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { columnNames, orderRows, requireColumn, topRows } from '../../src/compare/order.ts';
import { filterRows } from '../../src/compare/where.ts';
import { ConfigError } from '../../src/errors.ts';
import { buildColumns, columnHeads, knownColumns } from '../../src/render/columns.ts';
import { exampleRun, handMadeRun } from './hand-made-run.ts';

const { rows, metrics } = compareRuns([exampleRun()]);

function orderBy(column: string): string[] {
  return orderRows(rows, metrics, column).map(({ penalty }) =>
    penalty === null ? 'none' : `${penalty.type} ${penalty.weight}`,
  );
}

describe('sorting', () => {
  test('a metric to be maximized starts with its largest value', () => {
    expect(orderBy('test.accuracy').slice(0, 5)).toEqual([
      'none',
      'squared-correlation 0.1',
      'mean 0.01',
      'decov 0.1',
      'mean-abs-signed 0.1',
    ]);
  });

  test('a difference is sorted like its metric', () => {
    expect(orderBy('mean-abs-correlation.difference').slice(0, 3)).toEqual(['none', 'decov 1', 'decov 0.1']);
    expect(orderBy('test.accuracy.difference').slice(0, 2)).toEqual(['none', 'squared-correlation 0.1']);
  });

  test('settings ascend, and points on a level keep the order of the plan', () => {
    expect(orderBy('penalty.weight')).toEqual([
      'none',
      'mean 0.01',
      'decov 0.1',
      'squared-correlation 0.1',
      'mean-abs-signed 0.1',
      'decov 1',
      'mean-abs 1',
      'smooth-abs 1',
      'decov 10',
    ]);
    expect(orderBy('penalty.type').slice(1, 4)).toEqual(['decov 0.1', 'decov 1', 'mean 0.01']);
  });

  test('points with unfinished trials come last whatever the column', () => {
    for (const column of ['test.accuracy', 'participation-ratio', 'penalty.type', 'seconds.difference']) {
      expect(orderBy(column).slice(-2).sort()).toEqual(['decov 10', 'smooth-abs 1']);
    }
  });

  test('rows without a value come behind those with one, whichever way is better', () => {
    const run = handMadeRun([
      { penalty: ['mean', 1], trials: [{ accuracy: Number.NaN, correlation: null }] },
      { penalty: ['decov', 1], trials: [{ accuracy: 0.5, correlation: 0.5 }] },
    ]);
    const unmeasured = compareRuns([run]);
    for (const column of ['test.accuracy', 'mean-abs-correlation']) {
      const ordered = orderRows(unmeasured.rows, metrics, column);
      expect(ordered.map(({ penalty }) => penalty?.type)).toEqual(['decov', 'mean']);
    }
  });

  test('the rows that are given stay as they are', () => {
    const before = [...rows];
    orderRows(rows, metrics, 'seconds');
    expect(rows).toEqual(before);
  });

  test('an unknown column is refused with the nearest name', () => {
    const attempt = (): unknown => orderRows(rows, metrics, 'test.acuracy');
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(
      '--sort: must name a column of the comparison, got "test.acuracy". Did you mean test.accuracy?',
    );
  });

  test('so is one that is misspelt as the table heads it', () => {
    expect(() => orderRows(rows, metrics, 'val_accuracy')).toThrow('Did you mean test.accuracy?');
    expect(() => orderRows(rows, metrics, 'acuracy')).toThrow('got "acuracy". Did you mean accuracy?');
  });

  test('a column may be called as the table heads it, where that means one column', () => {
    const known = [...columnNames(rows, metrics), 'training.optimizer.learning_rate'];
    const meant = (name: string): string => requireColumn('--where', name, known);
    expect(meant('accuracy')).toBe('test.accuracy');
    expect(meant('accuracy.difference')).toBe('test.accuracy.difference');
    expect(meant('penalty')).toBe('penalty.type');
    expect(meant('learning_rate')).toBe('training.optimizer.learning_rate');
    expect(() => meant('difference')).toThrow(ConfigError);
    expect(orderBy('accuracy')).toEqual(orderBy('test.accuracy'));
  });

  test('names that every object has are no columns', () => {
    expect(() => orderRows(rows, metrics, 'constructor')).toThrow(ConfigError);
    expect(() => orderRows(rows, metrics, '__proto__')).toThrow(ConfigError);
  });
});

describe('the first rows', () => {
  test('the baseline does not count and always stays', () => {
    const top = topRows(orderRows(rows, metrics, 'mean-abs-correlation'), 2);
    expect(top.map(({ penalty }) => penalty?.type)).toEqual([undefined, 'decov', 'decov']);
  });

  test('neither counts nor goes the point that the user chose to set all against', () => {
    const chosen = compareRuns([exampleRun()], { baseline: 'p5' });
    const names = topRows(chosen.rows, 1).map(({ penalty }) => penalty?.type);
    expect(names).toEqual([undefined, 'decov', 'mean-abs']);
    expect(filterRows(chosen.rows, () => false).map(({ point }) => point)).toEqual(['p0', 'p5']);
  });

  test('more than there are is all of them', () => {
    expect(topRows(rows, 1000)).toEqual(rows);
  });
});

describe('a head of the table', () => {
  const comparison = compareRuns([exampleRun()]);
  const known = knownColumns(comparison);
  const heads = columnHeads(comparison);

  test.each([
    ['weight', 'penalty.weight'],
    ['penalty', 'penalty.type'],
    ['trained weight', 'weight'],
    ['trained-weight', 'weight'],
    ['scale', 'activation-scale'],
    ['time', 'seconds'],
    ['mean |ρ|', 'mean-abs-correlation'],
    ['Part. ratio', 'participation-ratio'],
    ['Δ accuracy', 'test.accuracy.difference'],
    ['weight.difference', 'weight.difference'],
  ])('%s names the column below it', (head, column) => {
    expect(requireColumn('--columns', head, known, heads)).toBe(column);
  });

  test('is the one that the table draws for every column that it can have', () => {
    for (const column of buildColumns(comparison, known, { chosen: true, intervals: true })) {
      const meant = requireColumn('--columns', column.label, known, heads);
      const [same] = buildColumns(comparison, [meant], { chosen: true, intervals: true });
      expect(same?.label).toBe(column.label);
      expect(same?.cells).toEqual(column.cells);
    }
  });
});
