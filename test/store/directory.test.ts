import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeDirectory } from '../../src/store/directory.ts';
import { temporaryDirectory } from './samples.ts';

describe('a directory', () => {
  test('is made with its parents, and one that is there is left as it is', () => {
    const directory = join(temporaryDirectory(), 'some', 'where');
    makeDirectory(directory);
    writeFileSync(join(directory, 'file'), '');
    makeDirectory(directory);
    expect(existsSync(join(directory, 'file'))).toBe(true);
  });

  test('that cannot be made is named, with what is in the way', () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    expect(() => makeDirectory(file)).toThrow(`${file}: could not create it, got EEXIST`);
    expect(() => makeDirectory(file)).toThrow('choose another place');
    expect(() => makeDirectory(join(file, 'in', 'it'))).toThrow('could not create it, got ENOTDIR');
    expect(statSync(file).isFile()).toBe(true);
  });

  test.runIf(process.platform === 'linux')('is refused where the system lets nobody make one', () => {
    expect(() => makeDirectory('/proc/covgrad/run')).toThrow(
      '/proc/covgrad: could not create it, got ENOENT',
    );
  });
});
