/** A run with a record of each kind in its journal, and what must come of it when the journal is cut off. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { createRun, openRun, resumeRun } from '../../src/store/run.ts';
import { memoryDirectory, sampleManifest, sampleRecord } from '../store/samples.ts';

const GIVEN = { text: 'name: sample\n' };

/** A run, the path of its journal and what that holds. */
export interface WrittenRun {
  readonly directory: string;
  readonly journal: string;
  readonly bytes: Buffer;
}

/** Write a run whose journal has a record of each kind. */
export function writtenRun(): WrittenRun {
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

/** Cut the journal off: the run is resumed and has lost only the record that was cut. */
export function expectResumedFrom(offset: number, { directory, journal, bytes }: WrittenRun): void {
  // Anew, because some file systems flush a file that takes another's place.
  rmSync(journal);
  writeFileSync(journal, bytes.subarray(0, offset));
  const lines = bytes.subarray(0, offset).toString('utf8').split('\n').slice(0, -1);
  const trials = lines.map((line) => JSON.parse(line).record).filter(({ kind }) => kind === 'trial');
  expect(openRun(directory).records).toEqual(trials);
  const run = resumeRun(directory, sampleManifest({ threads: 2 }), GIVEN);
  run.append(sampleRecord(1));
  run.close();
  const again = openRun(directory);
  expect(again).toMatchObject({ tornBytes: 0, manifest: { threads: 2 } });
  expect(again.records).toEqual(lines.length < 2 ? [sampleRecord(1)] : [sampleRecord(0), sampleRecord(1)]);
}
