/** Parquet as a source, by the files that DuckDB and Arrow wrote: numbers, text, lists, nulls, and what is refused. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { load, refusal } from '../loading.ts';

/** Row i of 300: number i/8 or null, small i % 5, flag i % 3 = 0, word 'w' and i % 7 or null, vector [i, i + 0.5] or []. */
const ARRAYS = join(import.meta.dirname, '..', '..', 'fixtures', 'arrays');
const ROWS = Array.from({ length: 300 }, (_, i) => i);

function parquet(file: string, settings: Readonly<Record<string, unknown>>) {
  return { source: 'parquet', train: file, test: file, normalize: 'none', ...settings } as const;
}

describe.each(['duckdb-snappy.parquet', 'arrow-zstd.parquet', 'arrow-version2.parquet'])('%s', (file) => {
  test('gives whole numbers as classes, truth values as 0 and 1', async () => {
    const { train, target } = await load(
      parquet(file, { target: 'small', features: ['flag'] }),
      undefined,
      ARRAYS,
    );
    expect(target).toEqual({ kind: 'classes', classes: 5, names: ['0', '1', '2', '3', '4'] });
    expect([...train.targets!]).toEqual(ROWS.map((i) => i % 5));
    expect([...train.values]).toEqual(ROWS.map((i) => (i % 3 === 0 ? 1 : 0)));
  });

  test('leaves rows with nulls out, and refuses them with the row', async () => {
    const settings = { target: 'number', features: ['word', 'small'] };
    const { train, features } = await load(
      parquet(file, { ...settings, missing: 'drop' }),
      'regression',
      ARRAYS,
    );
    const kept = ROWS.filter((i) => i % 50 !== 7 && i % 60 !== 9);
    expect([...train.targets!]).toEqual(kept.map((i) => i / 8));
    expect(features).toBe(8);
    for (const [row, i] of kept.entries()) {
      const expected = [...Array.from({ length: 7 }, (_, word) => (word === i % 7 ? 1 : 0)), i % 5];
      expect([...train.values.slice(row * 8, row * 8 + 8)]).toEqual(expected);
    }
    expect(await refusal('DATA_MISSING', parquet(file, settings), 'regression', ARRAYS)).toMatch(
      /: row 8, column "number": a value must be given, got none\. /,
    );
  });

  test('refuses lists of different lengths with the row', async () => {
    const settings = { target: 'small', features: ['vector'] };
    expect(await refusal('DATA_COLUMN', parquet(file, settings), undefined, ARRAYS)).toMatch(
      /: row 4, column "vector": every list must have 2 numbers, as the first, got 0\. Mend the row, or write exclude: \[vector\]\.$/,
    );
  });
});

test('columns of other kinds are refused by name unless they are left out', async () => {
  const file = 'duckdb-other.parquet';
  expect(await refusal('DATA_COLUMN', parquet(file, { target: 'value' }), 'regression', ARRAYS)).toMatch(
    /column "day": a column must hold numbers, text, truth values or lists of numbers, got DATE\. Write exclude: \[day\], or save it as numbers\.$/,
  );
  expect(
    await refusal('DATA_COLUMN', parquet(file, { target: 'day', features: ['value'] }), undefined, ARRAYS),
  ).toMatch(/column "day"/);
});
