/** Writes a report on a disk that fills up. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { writeReport } from '../../src/cli/report.ts';
import { StoreError } from '../../src/errors.ts';
import { exampleRun } from '../compare/hand-made-run.ts';
import { failAfter, repair } from '../store/faulty-disk.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { stored } from './stored-run.ts';

vi.mock('node:fs', (original) => import('../store/faulty-disk.ts').then(({ faulty }) => faulty(original)));

afterEach(repair);

test('a full disk leaves the old report as it was, and nothing beside it', async () => {
  const run = stored(exampleRun());
  const directory = temporaryDirectory();
  const output = join(directory, 'report.html');
  writeFileSync(output, 'the old one');
  failAfter(1000, 'ENOSPC');
  const failure = await writeReport({ runs: [run], output, margin: 0.5 }).catch((error) => error);
  expect(failure).toBeInstanceOf(StoreError);
  expect(failure.message).toContain('Free some space on the disk');
  expect(readFileSync(output, 'utf8')).toBe('the old one');
  expect(readdirSync(directory)).toEqual(['report.html']);
});
