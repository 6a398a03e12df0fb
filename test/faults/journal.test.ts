/** Damages a run's journal in the ways that a crash or a disk can. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { readJournal } from '../../src/store/journal.ts';
import { repair, skipFlushes } from '../store/faulty-disk.ts';
import { overwriteByte } from '../store/samples.ts';
import { report } from './report.ts';
import { expectResumedFrom, writtenRun } from './written-run.ts';

vi.mock('node:fs', (original) => import('../store/faulty-disk.ts').then(({ faulty }) => faulty(original)));

beforeEach(skipFlushes);
afterEach(repair);

test('a run whose journal is cut off beside the end of a line, or within one, loses only the record that was cut', () => {
  const run = writtenRun();
  const ends = [...run.bytes.keys()].filter((offset) => run.bytes[offset] === 0x0a);
  const beside = [-1, ...ends].flatMap((end) => [end - 1, end, end + 1, end + 2]);
  const within = ends.map((end, i) => Math.floor((end + (ends[i - 1] ?? 0)) / 2));
  const offsets = [...beside, ...within].filter((offset) => offset >= 0 && offset <= run.bytes.length);
  for (const offset of offsets) expectResumedFrom(offset, run);
  expect(offsets.length).toBeGreaterThan(20);
});

test('no flipped bit of a journal goes unnoticed', () => {
  const { journal, bytes } = writtenRun();
  const { records } = readJournal(journal);
  let noticed = 0;
  for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
    const byte = bytes[bit >> 3] as number;
    overwriteByte(journal, bit >> 3, byte ^ (1 << (bit & 7)));
    try {
      // Without its line feed the last record counts as torn; everything else must be refused.
      const { records: left, tornBytes } = readJournal(journal);
      if (tornBytes > 0 && left.length === records.length - 1) noticed += 1;
    } catch (error) {
      if (error instanceof StoreError && error.code === 'JOURNAL_DAMAGED') noticed += 1;
    }
    overwriteByte(journal, bit >> 3, byte);
  }
  report(`${noticed} of ${8 * bytes.length} flipped bits noticed`);
  expect(noticed).toBe(8 * bytes.length);
});
