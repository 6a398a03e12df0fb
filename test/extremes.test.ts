import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { optunaDistribution } from '../src/export/optuna-distribution.ts';
import { largestOf, smallestOf } from '../src/extremes.ts';
import { contrastLimit } from '../src/render/palette.ts';
import { domainOf } from '../src/render/report/axis.ts';
import { plainColumn, tableWidth, truncateColumns } from '../src/render/table.ts';

/** More values than a call can have arguments. */
const MANY = 200_000;
/** Where lists are as long as a sweep, a run or a layer. */
const FOLDERS = [
  'cli',
  'compare',
  'config',
  'data',
  'execute',
  'export',
  'metrics',
  'plan',
  'render',
  'store',
  'sweep',
  'trial',
];
const numbers = Array.from({ length: MANY }, (_, index) => index);

describe('the extremes of a list', () => {
  test('are those of Math.min and Math.max', () => {
    for (const values of [[], [3], [2, -1, 5], [1, Number.NaN, 3], [-0, 0]]) {
      expect(largestOf(values)).toBe(Math.max(...values));
      expect(smallestOf(values)).toBe(Math.min(...values));
    }
    expect(largestOf([-3], 0)).toBe(0);
  });

  test('are found among more values than a call can have arguments', () => {
    expect(() => Math.max(...numbers)).toThrow(RangeError);
    expect([smallestOf(numbers), largestOf(numbers)]).toEqual([0, MANY - 1]);
  });
});

describe('200,000 rows', () => {
  test('have a table', () => {
    const columns = [{ ...plainColumn('number', numbers.map(String)), rank: 0 }];
    expect(tableWidth(columns)).toBe(2 + String(MANY - 1).length);
    expect(truncateColumns(columns, 8)[0]?.cells).toHaveLength(MANY);
  });

  test('have an axis, a scale of colours and a distribution', () => {
    const [low, high] = domainOf(numbers.map((value) => ({ mean: value, low: value, high: value })));
    expect([low < 0, high > MANY]).toEqual([true, true]);
    expect(contrastLimit([[numbers]])).toBeCloseTo(0.98 * MANY, -1);
    const { attributes } = optunaDistribution({ distribution: 'uniform', min: 0.5, max: 1 }, numbers);
    expect(attributes).toMatchObject({ low: 0, high: MANY - 1 });
  });
});

test('nothing that meets as many trials as a user has spreads a list into a call of push, Math.min or Math.max', () => {
  const source = fileURLToPath(new URL('../src/', import.meta.url));
  const found = FOLDERS.flatMap((folder) =>
    readdirSync(join(source, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(source, folder, name))
      .filter((path) =>
        /(?:Math\.(?:min|max)|\.(?:push|unshift))\((?:[^(){}[\]]|\([^()]*\))*\.\.\./.test(
          readFileSync(path, 'utf8'),
        ),
      ),
  );
  expect(found).toEqual([]);
});
