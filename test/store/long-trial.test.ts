/** A trial of more epochs than one line should hold. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import type { EpochRecord, TrialRecord } from '../../src/record/record.ts';
import { readJournal } from '../../src/store/journal.ts';
import { createRun, openRun, type RunWriter } from '../../src/store/run.ts';
import { refusal } from '../refusal.ts';
import { sampleManifest, sampleRecord, temporaryDirectory } from './samples.ts';

/** A trial with as many epochs, each with its own loss. */
function longTrial(seed: number, epochs: number): TrialRecord {
  const [first] = sampleRecord(seed).epochs as [EpochRecord];
  return sampleRecord(seed, {
    epochs: Array.from({ length: epochs }, (_, index) => ({
      ...first,
      epoch: index + 1,
      train: { ...first.train, loss: index },
    })),
  });
}

function newRun(): { directory: string; journal: string; run: RunWriter } {
  const directory = join(temporaryDirectory(), 'run');
  return {
    directory,
    journal: join(directory, 'journal.jsonl'),
    run: createRun(directory, sampleManifest(), ''),
  };
}

describe('a trial of many epochs', () => {
  test.each([1, 1999, 2000, 2001, 4000, 4001, 10_000])('is read back whole: %d', (epochs) => {
    const { directory, journal, run } = newRun();
    run.append(longTrial(0, epochs));
    run.append(longTrial(1, 3));
    run.close();
    expect(openRun(directory).records).toEqual([longTrial(0, epochs), longTrial(1, 3)]);
    expect(readJournal(journal).records).toHaveLength(Math.ceil(epochs / 2000) + 1);
  });

  test('counts once its last line is there, and is stored anew after a stop between two of its lines', () => {
    const { directory, journal, run } = newRun();
    run.append(longTrial(0, 5000));
    run.close();
    const bytes = readFileSync(journal);
    const ends = [...bytes.entries()].filter(([, byte]) => byte === 0x0a).map(([index]) => index + 1);
    expect(ends).toHaveLength(3);
    for (const end of ends.slice(0, 2)) {
      writeFileSync(journal, bytes.subarray(0, end + 100));
      expect(openRun(directory).records).toEqual([]);
    }
    const { directory: other, run: second } = newRun();
    const part = readJournal(journal).records.slice(0, 1) as unknown as TrialRecord[];
    for (const record of part) second.append({ ...record, epochs: record.epochs });
    second.append(longTrial(0, 5000));
    second.close();
    expect(openRun(other).records).toEqual([longTrial(0, 5000)]);
  });

  test('is refused where its epochs are not those that stand before it', () => {
    for (const keep of [[0, 2], [1, 2], [2]]) {
      const { directory, journal, run } = newRun();
      run.append(longTrial(0, 5000));
      run.close();
      const records = readJournal(journal).records as TrialRecord[];
      const { directory: other, run: second } = newRun();
      for (const index of keep) second.append(records[index] as TrialRecord);
      second.close();
      expect(refusal(StoreError, () => openRun(other)).message).toContain('right before its last');
      expect(openRun(directory).records).toHaveLength(1);
    }
  });
});
