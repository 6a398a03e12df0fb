/** Files that cannot be read as data, and those that change while they are. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, renameSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openArray } from '../../../src/codec/arrays/array-file.ts';
import { readTensor } from '../../../src/codec/arrays/tensor.ts';
import { withDataFile } from '../../../src/codec/bytes/file.ts';
import { openCsv } from '../../../src/codec/tables/csv.ts';
import { openParquet } from '../../../src/codec/tables/parquet.ts';
import { dataRefusal, fixture, fixtureBytes, scratch } from '../files.ts';

const { folder, write } = scratch();
const OPENERS = { array: openArray, csv: openCsv, parquet: openParquet };

describe.each(Object.entries(OPENERS))('as %s', (_, open) => {
  test('a directory, a pipe, a device, a missing file and an unreadable path are refused by name', async () => {
    const pipe = join(folder, `pipe-${Math.random()}`);
    execFileSync('mkfifo', [pipe]);
    const kinds = { [folder]: 'a directory', [pipe]: 'a pipe or a device', [devNull]: 'a pipe or a device' };
    for (const [path, kind] of Object.entries(kinds)) {
      expect((await dataRefusal(open(path))).message).toContain(`must be a regular file, got ${kind}. `);
    }
    const missing = join(folder, 'missing');
    expect((await dataRefusal(open(missing))).message).toBe(
      `${missing}: a data file must exist, got no such file. Check the path.`,
    );
    expect((await dataRefusal(open(join(folder, 'x'.repeat(5000))))).message).toContain('got ENAMETOOLONG. ');
  });
});

test('a link to a file is read as the file', async () => {
  const link = join(folder, 'link.npy');
  symlinkSync(fixture('rank1.npy'), link);
  expect([...(await readTensor(await openArray(link), 'whole')).data]).toEqual([0, 1, 2, 3, 4]);
});

describe('a file that changes', () => {
  test.each<[string, (path: string) => void, string]>([
    ['grows', (path) => appendFileSync(path, 'x'), '149 bytes after 148'],
    ['shrinks', (path) => truncateSync(path, 100), '100 bytes after 148'],
    ['is written again', (path) => utimesSync(path, 1, 1), 'another file of 148 bytes'],
    [
      'is replaced',
      (path) => {
        writeFileSync(`${path}.new`, fixtureBytes('rank1.npy'));
        renameSync(`${path}.new`, path);
      },
      'another file of 148 bytes',
    ],
  ])('and %s between its header and its elements is refused', async (_, change, found) => {
    const path = write(`${Math.random()}.npy`, fixtureBytes('rank1.npy'));
    const tensor = await openArray(path);
    change(path);
    const error = await dataRefusal(readTensor(tensor, 'f32'));
    expect(error.message).toBe(
      `${path}: a data file must not change while it is read, got ${found}. Try again when it is complete.`,
    );
  });

  test.each<[string, (path: string) => void]>([
    ['grows', (path) => appendFileSync(path, 'x')],
    ['shrinks', (path) => truncateSync(path, 3)],
  ])('and %s while it is read is refused, whatever else went wrong', async (_, change) => {
    for (const fails of [false, true]) {
      const path = write(`${Math.random()}.bin`, 'hello');
      const use = async () => {
        change(path);
        if (fails) throw new Error('confused by it');
      };
      expect((await dataRefusal(withDataFile(path, use))).code).toBe('DATA_FILE_CHANGED');
    }
  });

  test('and ends before a byte that was promised is refused', async () => {
    const path = write('short.bin', 'hello');
    const error = await dataRefusal(
      withDataFile(path, (file) => {
        truncateSync(path, 2);
        return file.read(new Uint8Array(5), 0);
      }),
    );
    expect(error.code).toBe('DATA_FILE_CHANGED');
  });
});
