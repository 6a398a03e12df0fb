import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeAtomically } from '../../src/store/atomic.ts';
import { storeFailure } from '../../src/store/failure.ts';
import { systemError } from './faulty-disk.ts';
import { temporaryDirectory } from './samples.ts';

test('only a full disk has its space told, and what was needed where that is known', () => {
  const path = join(temporaryDirectory(), 'file');
  expect(storeFailure('write', path, systemError('ENOSPC'), 12_345).message).toMatch(
    /; [\d,]+ bytes are free where 12,345 are needed\. Free some space/,
  );
  expect(storeFailure('write', path, systemError('ENOSPC')).message).toMatch(/ bytes are free\. /);
  expect(storeFailure('write', path, systemError('EACCES'), 12_345).message).toBe(
    `${path}: could not write it, got EACCES: injected. Check the permissions, or choose another place.`,
  );
});

test('the path is told once, and a temporary file beside it never', () => {
  const path = join(temporaryDirectory(), 'missing', 'report.html');
  expect(() => writeAtomically(path, '')).toThrow(
    `${path}: could not write it, got ENOENT: no such file or directory. Check the path.`,
  );
});

test('what is no error of the system is told in its own words', () => {
  const failure = storeFailure('read', 'somewhere', 'a thrown text');
  expect(failure.code).toBe('DISK_FAILED');
  expect(failure.message).toContain('could not read it, got a thrown text.');
});
