/** Parquet: files that DuckDB and Apache Arrow's Rust implementation wrote, and what is refused. */
import { readdirSync } from 'node:fs';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { openParquet } from '../../../src/codec/tables/parquet.ts';
import type { Cell, Row } from '../../../src/codec/tables/table.ts';
import { dataRefusal, fixture, fixtureBytes, scratch } from '../files.ts';

const { write } = scratch();
const FILES = readdirSync(fixture('')).filter((name) => /^(duckdb|arrow)-(?!other).*\.parquet$/.test(name));

async function read(path: string, columns?: readonly string[]): Promise<Row[]> {
  const rows: Row[] = [];
  await (await openParquet(path)).each((row) => rows.push(row), columns);
  return rows;
}

/** Row i as test/fixtures/arrays/make-parquet.mjs describes it. */
function told(i: number): Cell[] {
  return [
    i % 50 === 7 ? null : i / 8,
    i % 5,
    i === 0 ? 2n ** 53n + 1n : 2 ** 53 - 1 - i,
    i % 3 === 0,
    i % 60 === 9 ? null : `w${i % 7}`,
    i % 100 === 3 ? new Float64Array(0) : Float64Array.of(i, i + 0.5),
  ];
}

test('both programs wrote every compression', () => {
  expect(FILES).toHaveLength(13);
});

describe.each(FILES)('%s', (name) => {
  test('has its columns by name and type, and the number of its rows', async () => {
    const { columns, rows, counts } = await openParquet(fixture(name));
    expect(columns.map((column) => `${column.name}: ${column.type}`)).toEqual([
      'number: number',
      'small: integer',
      'wide: integer',
      'flag: boolean',
      'word: text',
      'vector: numbers',
    ]);
    expect([rows, counts]).toEqual([300, 'row']);
  });

  test('has the rows that were written: nulls, lists, and integers past 2^53 as bigint', async () => {
    const rows = await read(fixture(name));
    expect(rows).toHaveLength(300);
    for (const [i, row] of rows.entries()) expect(row).toEqual({ place: i + 1, cells: told(i) });
  });
});

test('columns are given in the order asked for, and reading ends when the visitor has enough', async () => {
  const rows: Row[] = [];
  const table = await openParquet(fixture('arrow-snappy.parquet'));
  await table.each((row) => rows.push(row) < 200, ['word', 'small']);
  expect(rows).toHaveLength(200);
  expect(rows[199]?.cells).toEqual(['w3', 4]);
});

test('rows of a group that is read in several slices are each read once', async () => {
  const numbers = Float64Array.from({ length: 300_000 }, (_, i) => i);
  const bytes = parquetWriteBuffer({
    columnData: [{ name: 'x', data: numbers, type: 'DOUBLE' }],
    rowGroupSize: 300_000,
  });
  let next = 0;
  await (await openParquet(write('slices.parquet', new Uint8Array(bytes)))).each(({ place, cells }) => {
    if (cells[0] !== next || place !== next + 1) throw new Error(`${cells[0]} at ${place}`);
    next++;
  });
  expect(next).toBe(300_000);
});

describe('refused', () => {
  test.each([
    ['day', 'DATE'],
    ['pair', 'a group of 1 columns'],
    ['words', 'LIST'],
  ])('a column of another kind, by name: %s', async (name, found) => {
    const path = fixture('duckdb-other.parquet');
    const error = await dataRefusal(read(path, ['value', name]));
    expect(error.code).toBe('DATA_TYPE');
    expect(error.message).toContain(`got ${found} in "${name}". Leave it out`);
    // The others of the file are read.
    expect((await read(path, ['price', 'value']))[0]?.cells).toEqual([1.5, 2.5]);
  });

  test.each<[string, (bytes: Buffer) => Buffer, string]>([
    ['no bytes', () => Buffer.alloc(0), 'takes 12 bytes at least, got 0'],
    [
      'another magic number',
      (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(0)]),
      'in place of its last four bytes, PAR1',
    ],
    [
      'an encrypted footer',
      (bytes) => Buffer.concat([bytes.subarray(0, -4), Buffer.from('PARE')]),
      'got an encrypted footer',
    ],
    [
      'a footer longer than the file',
      (bytes) => Buffer.concat([bytes.subarray(0, -8), Buffer.from('ffffff0050415231', 'hex')]),
      'a footer of 16777215 bytes in a file of ',
    ],
    ['a beginning that is cut off', (bytes) => bytes.subarray(-3000), 'a column from byte '],
  ])('a file with %s', async (_, damage, message) => {
    const error = await dataRefusal(
      read(write('bad.parquet', damage(fixtureBytes('duckdb-snappy.parquet')))),
    );
    expect(error.message).toContain(message);
  });

  test('a run of more values than its page, with its column', async () => {
    // The definition levels of the first page: 300 values of 1, as the varint of 300 · 2, then the value.
    const bytes = fixtureBytes('duckdb-uncompressed.parquet');
    const at = bytes.indexOf(Buffer.from([0xd8, 0x04, 0x01]));
    expect(at).toBeGreaterThan(0);
    bytes.set([0xff, 0x7f], at);
    const error = await dataRefusal(read(write('run.parquet', bytes)));
    expect(error.message).toMatch(
      /got a run of \d+ in a page of 300 values in column "\w+" of row group 0\. /,
    );
  });
});
