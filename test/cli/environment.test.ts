import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { environmentFailure } from '../../src/cli/environment.ts';
import { MAIN } from '../execute/built.ts';
import { SMALL_SWEEP } from '../execute/small-sweep.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { type Ended, withoutNpm } from './command-line.ts';

/** Run the command line from a shell, after some commands of the shell itself. */
function inShell(directory: string, before: string, ...words: readonly string[]): Ended {
  const script = `${before} && exec "$@"`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script, 'sh', process.execPath, MAIN, ...words], {
    cwd: directory,
    encoding: 'utf8',
    env: withoutNpm(),
  });
  return { code: status, stdout, stderr };
}

// Elsewhere a process cannot tell how many files it may open.
describe.runIf(process.platform === 'linux')('where few files may be open', () => {
  test('40 are enough to train a sweep, to plan it and to compare it', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'small.yaml'), SMALL_SWEEP);
    const few = (...words: string[]): Ended => inShell(directory, 'ulimit -n 40', ...words);
    expect(few('sweep', 'small.yaml', '--threads', '1')).toMatchObject({ code: 0 });
    expect(few('plan', 'small.yaml')).toMatchObject({ code: 0 });
    const { code, stdout } = few('compare', 'runs/small', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).rows).toHaveLength(5);
  });

  test('too few for a sweep are named, with what to do', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'small.yaml'), SMALL_SWEEP);
    const { code, stderr } = inShell(directory, 'ulimit -n 22', 'sweep', 'small.yaml', '--threads', '1');
    expect(code).toBe(1);
    expect(stderr).toMatch(/EMFILE: too many open files/);
    expect(stderr).not.toMatch(/defect of covgrad|^ +at /m);
  });
});

test.runIf(process.platform === 'linux')('a working directory that was removed is called that', () => {
  const directory = temporaryDirectory();
  const { code, stderr } = inShell(directory, 'mkdir gone && cd gone && rmdir ../gone', 'runs');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^(covgrad runs: )?working directory: it must exist, got one that was removed\./m);
});

test.each([
  ['EMFILE', 'ulimit -n'],
  ['ENOMEM', 'ulimit -v'],
  ['EAGAIN', 'ulimit -u'],
  ['ENOSPC', 'Free some space'],
])('%s is no defect, and its message has a remedy', (code, remedy) => {
  const error = Object.assign(new Error(`${code}: denied`), { code });
  expect(environmentFailure(error)).toContain(remedy);
});

test('an error of the program is none of the system', () => {
  expect(environmentFailure(new TypeError('x is not a function'))).toBeUndefined();
});
