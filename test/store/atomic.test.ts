import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { writeAtomically } from '../../src/store/atomic.ts';
import { failAfter, faults, repair, systemError } from './faulty-disk.ts';
import { temporaryDirectory } from './samples.ts';

vi.mock('node:fs', (original) => import('./faulty-disk.ts').then(({ faulty }) => faulty(original)));

afterEach(repair);

function oldFile(): string {
  const path = join(temporaryDirectory(), 'file');
  writeFileSync(path, 'old');
  return path;
}

describe('a file that is replaced as a whole', () => {
  test('has the new content also where the disk takes a byte at a time', () => {
    const path = oldFile();
    faults.write = (_, writeFirst) => writeFirst(1);
    writeAtomically(path, 'größer ✓');
    expect(readFileSync(path, 'utf8')).toBe('größer ✓');
    expect(readdirSync(dirname(path))).toEqual(['file']);
  });

  test.each([
    ['is full', () => failAfter(2, 'ENOSPC'), 'bytes are free where 3 are needed'],
    [
      'takes all bytes and keeps fewer',
      () => (faults.write = (bytes) => bytes),
      '0 bytes on disk where 3 were',
    ],
    [
      'cannot flush',
      () => {
        faults.sync = () => {
          throw systemError('EIO');
        };
      },
      'The disk reports a fault',
    ],
  ])('stays the old one where the disk %s, and nothing is left over', (_, breakDisk, message) => {
    const path = oldFile();
    breakDisk();
    expect(() => writeAtomically(path, 'new')).toThrow(message);
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(dirname(path))).toEqual(['file']);
  });

  test('takes the place of a link and leaves alone where it led', () => {
    const path = oldFile();
    const link = join(temporaryDirectory(), 'link');
    symlinkSync(path, link);
    writeAtomically(link, 'new');
    expect([readFileSync(path, 'utf8'), readFileSync(link, 'utf8')]).toEqual(['old', 'new']);
  });
});
