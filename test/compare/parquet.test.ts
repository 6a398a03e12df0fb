import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { exportColumns, jsonLines } from '../../src/compare/export.ts';
import { comparisonToParquet } from '../../src/compare/parquet.ts';
import { exampleRun, handMadeRun } from './hand-made-run.ts';

async function readBack(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  expect(parquetMetadata(file).num_rows).toBeGreaterThan(0n);
  return parquetReadObjects({ file });
}

test('every value of the CSV returns from Parquet in full precision', async () => {
  const comparison = compareRuns([exampleRun()]);
  const rows = await readBack(comparisonToParquet(comparison));
  const expected = comparison.rows.map((row) =>
    Object.fromEntries(exportColumns(comparison).map(({ name, read }) => [name, read(row)])),
  );
  expect(rows.map((row) => ({ ...row }))).toEqual(expected);
});

test('a setting that is a number here and a word there becomes text, and names keep every character', async () => {
  const trials = [{ accuracy: 0.5, correlation: 0.5 }];
  const comparison = compareRuns([
    handMadeRun([
      { penalty: null, settings: { 'training.x': 3 }, trials },
      { penalty: ['größe ✓ 実験', 1], settings: { 'training.x': 'auto' }, trials },
    ]),
  ]);
  const rows = await readBack(comparisonToParquet(comparison));
  expect(rows.map((row) => row['training.x'])).toEqual(['3', 'auto']);
  expect(rows[1]?.['penalty.type']).toBe('größe ✓ 実験');
});

test('each JSON line is a row of the JSON', () => {
  const comparison = compareRuns([exampleRun()]);
  const lines = [...jsonLines(comparison)];
  expect(lines.map((line) => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(comparison.rows)));
});
