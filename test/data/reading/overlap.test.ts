/** Test samples that are training samples: how many are found, in bytes and numbers, and what is no such sample. */
import { describe, expect, test } from 'vitest';
import { overlapNote } from '../../../src/data/reading/overlap.ts';
import type { ReadSplit } from '../../../src/data/reading/source-splits.ts';

function split(
  file: string,
  rows: readonly (readonly number[])[],
  Kind: typeof Uint8Array | typeof Float32Array,
): ReadSplit {
  const width = (rows[0]?.length ?? 1) - 1;
  const shared = new SharedArrayBuffer(rows.length * width * Kind.BYTES_PER_ELEMENT);
  const values = Kind === Uint8Array ? new Uint8Array(shared) : new Float32Array(shared);
  values.set(rows.flatMap((row) => row.slice(0, width)));
  const labels = new Uint8Array(new SharedArrayBuffer(rows.length));
  labels.set(rows.map((row) => row.at(-1) as number));
  return { samples: rows.length, shape: [width], values, targets: { kind: 'labels', labels }, file };
}

describe.each([
  ['bytes', Uint8Array],
  ['numbers', Float32Array],
] as const)('of %s', (_, Kind) => {
  const train = split(
    'a',
    [
      [1, 2, 3, 0],
      [4, 5, 6, 1],
      [7, 8, 9, 1],
    ],
    Kind,
  );

  test('all rows that are the same, targets too, are counted, those that come twice twice', () => {
    const held = split(
      'b',
      [
        [4, 5, 6, 1],
        [1, 2, 3, 1],
        [1, 2, 4, 0],
        [4, 5, 6, 1],
      ],
      Kind,
    );
    expect(overlapNote(train, held)).toBe(
      'data.test: 2 of 4 test samples (50.0 %) are training samples as well (b and a). What a network does on them is no test.',
    );
  });

  test('none is no note', () => {
    expect(overlapNote(train, split('b', [[3, 2, 1, 0]], Kind))).toBeUndefined();
  });
});

test('the same file is told at once', () => {
  const train = split(
    'a',
    [
      [1, 0],
      [2, 0],
    ],
    Uint8Array,
  );
  expect(overlapNote(train, train)).toContain(
    '2 of 2 test samples (100 %) are training samples as well (both are a)',
  );
});

test('no two of a million rows of small whole numbers are taken for each other', () => {
  const rows = (first: number): number[][] =>
    Array.from({ length: 500_000 }, (_, row) => [(first + row) % 1000, Math.floor((first + row) / 1000), 0]);
  expect(
    overlapNote(split('a', rows(0), Float32Array), split('b', rows(500_000), Float32Array)),
  ).toBeUndefined();
});

test('of many test samples some hundred thousand are looked for', () => {
  const rows = Array.from({ length: 300_000 }, (_, row) => [row, 0]);
  const note = overlapNote(split('a', rows, Float32Array), split('b', rows, Float32Array));
  expect(note).toContain('100000 of 100000 test samples (100 %)');
});
