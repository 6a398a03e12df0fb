import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ExportError, StoreError } from '../../src/errors.ts';
import { MARKER, writeDirectory, writeFile } from '../../src/export/target.ts';
import { temporaryDirectory } from '../store/samples.ts';

const FORMAT = { format: 'wandb', run: 'sample' };

function files(...paths: readonly string[]): { path: string; content(): string }[] {
  return paths.map((path) => ({ path, content: () => `content of ${path}` }));
}

function refusal(write: () => void): string {
  try {
    write();
  } catch (error) {
    if (error instanceof ExportError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('the directory of an export', () => {
  test('is made with its parents, and holds the files and a list of them', () => {
    const directory = join(temporaryDirectory(), 'some', 'where');
    writeDirectory(directory, FORMAT, files('a/b', 'c'));
    expect(readFileSync(join(directory, 'a', 'b'), 'utf8')).toBe('content of a/b');
    expect(JSON.parse(readFileSync(join(directory, MARKER), 'utf8'))).toEqual({
      ...FORMAT,
      files: ['a/b', 'c'],
    });
  });

  test('loses what an earlier export wrote and this one does not have, and nothing else', () => {
    const directory = temporaryDirectory();
    writeDirectory(directory, FORMAT, files('old', 'kept'));
    writeFileSync(join(directory, 'notes.txt'), 'mine');
    writeDirectory(directory, FORMAT, files('kept', 'new'));
    expect(readdirSync(directory).sort()).toEqual([MARKER, 'kept', 'new', 'notes.txt']);
  });

  test('keeps no directory that is empty then, but every one with something else in it', () => {
    const directory = temporaryDirectory();
    writeDirectory(directory, FORMAT, files('gone/deep/a', 'gone/deep/b', 'noted/a'));
    writeFileSync(join(directory, 'noted', 'notes.txt'), 'mine');
    writeDirectory(directory, FORMAT, files('new'));
    expect(readdirSync(directory).sort()).toEqual([MARKER, 'new', 'noted']);
    expect(readdirSync(join(directory, 'noted'))).toEqual(['notes.txt']);
  });

  test('is refused where it holds something else, and stays as it was', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'thesis.tex'), '');
    expect(refusal(() => writeDirectory(directory, FORMAT, files('a')))).toBe(
      `EXPORT_TARGET ${directory}: an export replaces nothing but an earlier one to the same tool, ` +
        'got a directory with thesis.tex in it. Name another place by -o.',
    );
    expect(readdirSync(directory)).toEqual(['thesis.tex']);
  });

  test('is refused where it is a file, or an export to another tool', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'file'), '');
    expect(refusal(() => writeDirectory(join(directory, 'file'), FORMAT, []))).toContain('got a file.');
    writeDirectory(join(directory, 'other'), { format: 'tensorboard', run: 'sample' }, []);
    expect(refusal(() => writeDirectory(join(directory, 'other'), FORMAT, []))).toContain(
      'got an export to tensorboard.',
    );
  });

  test.each([['../outside'], ['a/../../outside'], ['/etc/outside'], ['..\\outside'], [7]])(
    'a list that names %s is none: nothing outside is ever removed',
    (path) => {
      const parent = temporaryDirectory();
      const directory = join(parent, 'export');
      mkdirSync(directory);
      writeFileSync(join(parent, 'outside'), '');
      writeFileSync(join(directory, MARKER), JSON.stringify({ ...FORMAT, files: [path] }));
      expect(refusal(() => writeDirectory(directory, FORMAT, files('a')))).toContain('EXPORT_TARGET');
      expect(existsSync(join(parent, 'outside'))).toBe(true);
    },
  );

  test('an export that was cut short is known as one, and made whole by the next', () => {
    const directory = temporaryDirectory();
    writeDirectory(directory, FORMAT, files('old'));
    const broken = {
      path: 'b',
      content: () => {
        throw new Error('cut short');
      },
    };
    expect(() => writeDirectory(directory, FORMAT, [...files('a'), broken])).toThrow('cut short');
    writeDirectory(directory, FORMAT, files('c'));
    expect(readdirSync(directory).sort()).toEqual(['c', MARKER]);
  });
});

describe('the file of an export', () => {
  const isOurs = (text: string): boolean => text.startsWith('ours');

  test('replaces an earlier one and an empty file', () => {
    const path = join(temporaryDirectory(), 'deep', 'file.log');
    writeFile(path, 'ours 1', isOurs);
    writeFile(path, 'ours 2', isOurs);
    expect(readFileSync(path, 'utf8')).toBe('ours 2');
    writeFileSync(path, '');
    writeFile(path, 'ours 3', isOurs);
    expect(readFileSync(path, 'utf8')).toBe('ours 3');
  });

  test('never replaces another', () => {
    const path = join(temporaryDirectory(), 'file.log');
    writeFileSync(path, 'notes');
    expect(refusal(() => writeFile(path, 'ours', isOurs))).toContain('got a file with other content.');
    expect(readFileSync(path, 'utf8')).toBe('notes');
  });

  test('a directory in its place is refused, and a place that cannot be is named', () => {
    const directory = temporaryDirectory();
    expect(refusal(() => writeFile(directory, 'ours', isOurs))).toContain('got a directory.');
    writeFileSync(join(directory, 'file'), '');
    expect(() => writeFile(join(directory, 'file', 'deeper', 'file.log'), 'ours', isOurs)).toThrow(
      StoreError,
    );
  });

  test.runIf(process.platform === 'linux')('where the system lets nobody make a directory it says so', () => {
    expect(() => writeFile('/proc/covgrad/file.log', 'ours', isOurs)).toThrow(
      '/proc/covgrad: could not create it',
    );
  });
});
