/** Damages a run's journal in every way that a crash or a disk can. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import type { TrialSpec } from '../../src/plan/plan.ts';
import { readJournal } from '../../src/store/journal.ts';
import { createRun, openRun, resumeRun } from '../../src/store/run.ts';
import { repair, skipFlushes } from '../store/faulty-disk.ts';
import { memoryDirectory, overwriteByte, sampleManifest, sampleRecord } from '../store/samples.ts';
import { report } from './report.ts';

vi.mock('node:fs', (original) => import('../store/faulty-disk.ts').then(({ faulty }) => faulty(original)));

beforeEach(skipFlushes);
afterEach(repair);

const GIVEN = { text: 'name: sample\n' };

/** A run whose journal has a record of each kind. */
function writtenRun(): { directory: string; journal: string; bytes: Buffer } {
  const directory = join(memoryDirectory(), 'run');
  createRun(directory, sampleManifest(), GIVEN.text).close();
  const run = resumeRun(directory, sampleManifest({ threads: 2 }), GIVEN);
  run.append(sampleRecord(0));
  run.propose([{ ...(sampleManifest().trials[0] as TrialSpec), id: 'p-s9', seed: 9 }]);
  run.append(sampleRecord(1));
  run.close();
  const journal = join(directory, 'journal.jsonl');
  return { directory, journal, bytes: readFileSync(journal) };
}

test('a run whose journal is cut off at any byte is resumed and loses only the record that was cut', () => {
  const { directory, journal, bytes } = writtenRun();
  const records = bytes
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line).record);
  let offset = bytes.length;
  for (; offset >= 0; offset -= 1) {
    // Anew, because some file systems flush a file that takes another's place.
    rmSync(journal);
    writeFileSync(journal, bytes.subarray(0, offset));
    const whole = bytes.subarray(0, offset).toString('latin1').split('\n').length - 1;
    const trials = records.slice(0, whole).filter(({ kind }) => kind === 'trial');
    expect(openRun(directory).records).toEqual(trials);
    const run = resumeRun(directory, sampleManifest({ threads: 2 }), GIVEN);
    run.append(sampleRecord(1));
    run.close();
    const again = openRun(directory);
    expect(again).toMatchObject({ tornBytes: 0, manifest: { threads: 2 } });
    expect(again.records).toEqual(whole < 2 ? [sampleRecord(1)] : [sampleRecord(0), sampleRecord(1)]);
  }
  report(`${bytes.length - offset} offsets of a torn journal resumed`);
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
