/** Readers that leave early, and `-` as a path. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TrialRecord } from '../../src/record/record.ts';
import { openRun } from '../../src/store/run.ts';
import { MAIN } from '../execute/built.ts';
import { SMALL_SWEEP, SMALL_TRIALS, smallSweep } from '../execute/small-sweep.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad, type Ended, withoutNpm } from './command-line.ts';
import { stored } from './stored-run.ts';

/** A directory with a sweep file. */
function workspace(text: string = SMALL_SWEEP): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'small.yaml'), text);
  return directory;
}

/** One in which the sweep has been trained, into runs/small. */
let trained: string;
beforeAll(() => {
  trained = mkdtempSync(join(tmpdir(), 'covgrad-'));
  writeFileSync(join(trained, 'small.yaml'), SMALL_SWEEP);
  expect(covgrad(trained, 'sweep', 'small.yaml', '--quiet').code).toBe(0);
});
afterAll(() => rmSync(trained, { recursive: true, force: true }));

/** Run a command whose standard output is closed after the first bytes, and its standard error at once where asked. */
function whileNobodyReads(
  directory: string,
  words: readonly string[],
  { stderr: read = true } = {},
): Promise<Omit<Ended, 'stdout'>> {
  const child = spawn(process.execPath, [MAIN, ...words], { cwd: directory, env: withoutNpm() });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  if (!read) child.stderr.destroy();
  child.stdout.once('data', () => child.stdout.destroy());
  return new Promise((resolve) => child.on('exit', (code) => resolve({ code, stderr })));
}

/** Run a command with text on its standard input. */
function fed(input: string, directory: string, ...words: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], {
    cwd: directory,
    encoding: 'utf8',
    env: withoutNpm(),
    input,
  });
  return { code: status, stdout, stderr };
}

describe('where the reader of standard output leaves early', () => {
  test.each([true, false])('a sweep trains and records all, stderr read: %s', async (stderr) => {
    const directory = workspace();
    const ended = await whileNobodyReads(directory, ['sweep', 'small.yaml', '--json'], { stderr });
    expect(ended).toEqual({ code: 0, stderr: '' });
    expect(openRun(join(directory, 'runs', 'small')).records).toHaveLength(SMALL_TRIALS);
    expect(existsSync(join(directory, 'runs', 'small', 'comparison.json'))).toBe(true);
  });

  test('a sweep with failed trials keeps its exit code', async () => {
    const text = smallSweep(
      ['seeds: 2', 'seeds: 1\n  trial_timeout: 2'],
      ['penalty.type: {values: [decov, mean-abs]}', 'training.epochs: {values: [1, 100000]}'],
      ['penalty.weight: {values: [0.1, 1]}', ''],
    );
    const ended = await whileNobodyReads(workspace(text), ['sweep', 'small.yaml', '--json']);
    expect(ended).toEqual({ code: 3, stderr: '' });
  });

  test('a verification goes on to the trial that differs, and keeps its exit code', async () => {
    const { manifest, records } = openRun(join(trained, 'runs', 'small'));
    const last = records.at(-1) as TrialRecord;
    const epochs = last.epochs.map((epoch) => ({ ...epoch, test: { ...epoch.test, loss: 1.5 } }));
    const falsified = stored({
      name: 'falsified',
      manifest: { ...manifest, name: 'falsified' },
      records: [...records.slice(0, -1), { ...last, epochs }],
    });
    const { code, stderr } = await whileNobodyReads(trained, ['verify', falsified, '--threads', '1']);
    expect(code).toBe(1);
    expect(stderr).toMatch(`Verified: ${SMALL_TRIALS - 1} the same, 1 different`);
  });

  test('a command that only prints ends quietly with exit code 0', async () => {
    const commands = [
      ['plan', 'small.yaml'],
      ['show', 'runs/small', '--json'],
      ['watch', 'runs/small'],
      ['--help'],
    ];
    for (const words of commands) {
      const child = spawn(process.execPath, [MAIN, ...words], { cwd: trained });
      child.stdout.destroy();
      let stderr = '';
      child.stderr.on('data', (text) => {
        stderr += text;
      });
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect([code, stderr], words.join(' ')).toEqual([0, '']);
    }
  });

  test('watching a sweep that goes on ends', async () => {
    const directory = workspace(smallSweep(['seeds: 2', 'seeds: 1000']));
    const sweep = spawn(process.execPath, [MAIN, 'sweep', 'small.yaml', '--json'], { cwd: directory });
    const gone = new Promise((resolve) => sweep.on('close', resolve));
    await new Promise<void>((resolve) => {
      sweep.stdout.on('data', (text) => String(text).includes('trialFinished') && resolve());
    });
    const watched = await whileNobodyReads(directory, ['watch', 'runs/small', '--interval', '0.05']);
    expect(watched).toEqual({ code: 0, stderr: '' });
    expect(sweep.exitCode).toBe(null);
    sweep.kill('SIGKILL');
    await gone;
  });
});

describe('- is', () => {
  test('standard input for a sweep file, whose run then has the command to go on with', () => {
    const directory = temporaryDirectory();
    const planned = fed(SMALL_SWEEP, directory, 'plan', '-', '--set', 'sweep.seeds=1');
    expect([planned.code, planned.stderr]).toEqual([0, '']);
    expect(planned.stdout).toMatch(/^small: 5 trials/);

    const words = ['sweep', '-', '--directory', 'my runs', '--set', 'experiment.training.epochs=1'];
    const stopped = fed(SMALL_SWEEP, directory, ...words, '--max-time', '0.001s');
    expect(stopped.code).toBe(0);
    const kept = join('my runs', 'small', 'sweep.yaml');
    expect(stopped.stderr).toContain(
      `Go on with: covgrad sweep '${kept}' --resume --directory 'my runs' --max-time 0.001s\n`,
    );
    const { code } = covgrad(directory, 'sweep', kept, '--resume', '--directory', 'my runs');
    expect(code).toBe(0);
    const { records } = openRun(join(directory, 'my runs', 'small'));
    expect(records.map(({ epochs }) => epochs.length)).toEqual(Array(SMALL_TRIALS).fill(1));
  });

  test('standard input whose mistakes are told with line and column', () => {
    const wrong = fed(smallSweep(['seeds: 2', 'seed: 2']), temporaryDirectory(), 'sweep', '-');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/^<stdin>:10:3: sweep\.seed: /);
    const bytes = spawnSync(process.execPath, [MAIN, 'plan', '-'], { input: Buffer.of(0xff, 0xfe) });
    expect(bytes.status).toBe(2);
    expect(String(bytes.stderr)).toBe(
      '<stdin>: a sweep file must be text in UTF-8, got other bytes. Save it as UTF-8.\n',
    );
  });

  test.skipIf(!existsSync('/dev/fd'))('the like of a pipe that a shell has opened', () => {
    const directory = workspace();
    const command = `"$0" "$1" plan <(cat small.yaml) --json && "$0" "$1" plan /dev/stdin --json < small.yaml`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command, process.execPath, MAIN], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.match(/"name": "small"/g)).toHaveLength(2);
  });

  test('standard output for what is one file', () => {
    const directory = trained;
    const before = readdirSync(directory);
    expect(covgrad(directory, 'init', '-').stdout).toMatch(/^name: sweep$/m);
    const report = covgrad(directory, 'report', 'runs/small', '-o', '-');
    expect(report.stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(report.stderr).toMatch(/^standard output: 5 points of small, \d+ kB\n$/);
    const journal = covgrad(directory, 'export', 'runs/small', '--to', 'optuna', '-o', '-');
    expect([journal.code, journal.stderr]).toEqual([0, '10 of 10 trials\n']);
    const certificate = covgrad(directory, 'gradcheck', 'mean', '--certificate', '-');
    expect(JSON.parse(certificate.stdout).passed).toBe(true);
    expect(certificate.stderr).toMatch(/^standard output: all \d+ cases pass\.\n$/);
    expect(readdirSync(directory)).toEqual(before);
    covgrad(directory, 'export', 'runs/small', '--to', 'optuna', '-o', 'file.log');
    expect(journal.stdout).toBe(readFileSync(join(directory, 'file.log'), 'utf8'));
    rmSync(join(directory, 'file.log'));
  });

  test('refused with exit code 2 for a directory, in every command and every place', () => {
    const directory = trained;
    const before = readdirSync(directory);
    const commands = [
      ['compare', '-'],
      ['compare', 'runs/small', '-'],
      ['compare', ''],
      ['show', 'runs/small', '-'],
      ['runs', '-'],
      ['export', '-', '--to', 'optuna'],
      ['export', 'runs/small', '--to', 'wandb', '-o', '-'],
      ['export', 'runs/small', '--to', 'tensorboard', '--output=-'],
      ['sweep', 'small.yaml', '--directory', '-'],
      ['sweep', 'small.yaml', '--name', '-'],
      ['gradcheck', '-'],
      ['convert', '--from', '-', '--to', 'mean'],
      ['plan', 'small.yaml', '-'],
      ['-'],
    ];
    for (const words of commands) {
      const { code, stdout, stderr } = covgrad(directory, ...words);
      expect([code, stdout], `${words.join(' ')}: ${stderr}`).toEqual([2, '']);
      expect(stderr).toMatch(/^\S.*got.*\.\n$|unknown (?:argument|command) "-"/);
    }
    expect(readdirSync(directory)).toEqual(before);
  });
});
