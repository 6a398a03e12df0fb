import { afterEach, beforeEach, test, vi } from 'vitest';
import { repair, skipFlushes } from '../store/faulty-disk.ts';
import { report } from './report.ts';
import { expectResumedFrom, writtenRun } from './written-run.ts';

vi.mock('node:fs', (original) => import('../store/faulty-disk.ts').then(({ faulty }) => faulty(original)));

beforeEach(skipFlushes);
afterEach(repair);

test('a run whose journal is cut off at any byte is resumed and loses only the record that was cut', () => {
  const run = writtenRun();
  for (let offset = run.bytes.length; offset >= 0; offset -= 1) expectResumedFrom(offset, run);
  report(`${run.bytes.length + 1} offsets of a torn journal resumed`);
});
