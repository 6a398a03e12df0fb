import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exampleRun, handMadeRun } from '../compare/hand-made-run.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad, type Ended } from './command-line.ts';
import { stored } from './stored-run.ts';

function expectRefusal({ code, stdout, stderr }: Ended, message: string): void {
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
}

describe('covgrad report', () => {
  test('writes one file and says which; another one in its place is replaced', () => {
    const parent = temporaryDirectory();
    const run = stored(exampleRun(), parent);
    writeFileSync(join(parent, 'out.html'), 'old');
    const { code, stdout, stderr } = covgrad(parent, 'report', run, '-o', 'out.html');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^out\.html: 9 points of mnist-decorrelation, \d+ kB\n$/);
    expect(readFileSync(join(parent, 'out.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(readdirSync(parent).sort()).toEqual(['mnist-decorrelation', 'out.html']);
  });

  test('takes several runs, and report.html for the name unless another is given', () => {
    const parent = temporaryDirectory();
    const other = handMadeRun([{ penalty: ['decov', 2], trials: [{ accuracy: 0.9, correlation: 0.1 }] }], {
      name: 'other',
    });
    const runs = [stored(exampleRun(), parent), stored(other, parent)];
    expect(covgrad(parent, 'report', ...runs).stdout).toMatch(
      /^report\.html: 10 points of mnist-decorrelation, other, /,
    );
    expect(readFileSync(join(parent, 'report.html'), 'utf8').includes('<h3>other</h3>')).toBe(true);
  });

  test('refuses a directory, a device and a file of the run, and leaves them as they are', () => {
    const parent = temporaryDirectory();
    const run = stored(exampleRun(), parent);
    mkdirSync(join(parent, 'there'));
    expectRefusal(
      covgrad(parent, 'report', run, '-o', 'there'),
      'got a directory at "there". Write --output there',
    );
    expectRefusal(covgrad(parent, 'report', run, '-o', 'not-there/'), 'got a directory at "not-there/"');
    const journal = join(run, 'journal.jsonl');
    const before = readFileSync(journal);
    expectRefusal(covgrad(parent, 'report', run, '-o', journal), 'got a file of the run');
    expect(readFileSync(journal).equals(before)).toBe(true);
    symlinkSync(journal, join(parent, 'link.html'));
    expect(covgrad(parent, 'report', run, '-o', 'link.html').code).toBe(0);
    expect(readFileSync(journal).equals(before)).toBe(true);
  });

  test.skipIf(process.platform === 'win32')('refuses a pipe, which would be replaced by a file', () => {
    const parent = temporaryDirectory();
    const run = stored(exampleRun(), parent);
    execFileSync('mkfifo', [join(parent, 'pipe')]);
    expectRefusal(covgrad(parent, 'report', run, '-o', 'pipe'), 'got a pipe or a device at "pipe"');
  });

  test('names what is wrong with its other arguments', () => {
    const parent = temporaryDirectory();
    const run = stored(exampleRun(), parent);
    expectRefusal(
      covgrad(parent, 'report', run, '--layer', 'dense9'),
      '--layer: must name a penalized layer',
    );
    expectRefusal(covgrad(parent, 'report', run, '--margin', 'much'), '--margin: must be points or percents');
    expectRefusal(covgrad(parent, 'report', 'nowhere'), 'nowhere');
    expectRefusal(covgrad(parent, 'report', run, '-o', 'a', '-o', 'b'), 'must be given once');
    expect(existsSync(join(parent, 'report.html'))).toBe(false);
  });

  test('a place that cannot be written is named, and nothing is left there', () => {
    const parent = temporaryDirectory();
    const run = stored(exampleRun(), parent);
    const { code, stdout, stderr } = covgrad(parent, 'report', run, '-o', 'missing/report.html');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^missing\/report\.html: could not write it, got ENOENT.* Check the path\.\n$/);
    const long = covgrad(parent, 'report', run, '-o', 'x'.repeat(300));
    expect([long.code, long.stdout]).toEqual([1, '']);
    expect(long.stderr).toContain('Choose a shorter path.');
  });
});
