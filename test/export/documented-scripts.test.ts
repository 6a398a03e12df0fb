/** The scripts of docs/exports.md, run as they stand there. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { optunaJournal } from '../../src/export/optuna.ts';
import { writeDirectory } from '../../src/export/target.ts';
import { wandbFiles } from '../../src/export/wandb.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { OUTCOMES, sampleRun } from './sample-run.ts';

/** Debian's packages belong to Debian's Python, which need not be the first. */
const PYTHONS = ['python3', '/usr/bin/python3'];
const PYTHON = PYTHONS.find((python) => spawnSync(python, ['--version']).status === 0);
const WITH_OPTUNA = PYTHONS.find((python) => spawnSync(python, ['-c', 'import optuna']).status === 0);
const STAND_INS = fileURLToPath(new URL('python', import.meta.url));
const DOCUMENT = readFileSync(new URL('../../docs/exports.md', import.meta.url), 'utf8');

/** The script that imports a package. */
function scriptWith(packageName: string): string {
  const scripts = [...DOCUMENT.matchAll(/```python\n(.*?)```/gs)].map(([, script = '']) => script);
  return scripts.find((script) => script.includes(packageName)) ?? '';
}

/** What a script prints when it is run in a directory. */
function run(python: string, script: string, directory: string): string {
  const { status, stdout, stderr } = spawnSync(python, ['-c', script], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: STAND_INS, PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (status !== 0) throw new Error(`the script ended with ${status}: ${stderr}`);
  return stdout;
}

interface Call {
  readonly call: 'init' | 'log' | 'finish';
  readonly [argument: string]: unknown;
}

describe.skipIf(PYTHON === undefined)('the script for Weights & Biases', () => {
  const upload = (): Call[] => {
    const place = temporaryDirectory();
    const directory = join(place, 'mnist-wandb');
    const origin = { format: 'wandb', run: 'sample' };
    // An earlier export had a trial that is gone, and somebody has put a note beside the rest.
    writeDirectory(directory, origin, [{ path: 'gone/wandb-metadata.json', content: () => '{}' }]);
    writeDirectory(directory, origin, wandbFiles(sampleRun()));
    writeFileSync(join(directory, 'notes.txt'), '');
    return run(PYTHON ?? '', scriptWith('wandb'), place)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };

  test('sends every trial as a run of its point, with its outcome, its configuration and all rows', () => {
    const calls = upload();
    const begun = calls.filter(({ call }) => call === 'init');
    expect(begun).toHaveLength(OUTCOMES.length);
    expect(begun.map(({ tags }) => String(tags)).sort()).toEqual(OUTCOMES.map(({ status }) => status).sort());
    const start = calls.findIndex(({ name }) => name === 'decov-0.1-p1-s0');
    const rows = calls.slice(start + 1, start + 4);
    expect(calls[start]).toEqual({
      call: 'init',
      project: 'sample',
      group: 'decov-0.1-p1',
      name: 'decov-0.1-p1-s0',
      tags: ['complete'],
      config: join('mnist-wandb', 'decov-0.1-p1-s0', 'config.yaml'),
    });
    expect(rows.map(({ call, step }) => [call, step])).toEqual([
      ['log', 0],
      ['log', 1],
      ['log', 2],
    ]);
    expect(rows[2]?.data).toMatchObject({ epoch: 2, 'test/accuracy': 0.75, 'train/loss': 1 / 3, seconds: 8 });
    expect(calls[start + 4]).toEqual({ call: 'finish', exit_code: 0 });
  });

  test('sends a loss that is not a number as one, and says which trials have failed', () => {
    const calls = upload();
    const start = calls.findIndex(({ name }) => name === 'decov-10-p3-s0');
    expect(calls[start + 3]?.data).toMatchObject({ 'train/loss': null, 'train/accuracy': 0.5 });
    expect(calls[start + 4]).toEqual({ call: 'finish', exit_code: 1 });
  });
});

test.skipIf(WITH_OPTUNA === undefined)('the script for Optuna opens the study', () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'mnist-optuna.log'), optunaJournal(sampleRun(), 'mnist'));
  const script = `${scriptWith('optuna')}\nprint(len(study.trials), study.best_trial.number)`;
  expect(run(WITH_OPTUNA ?? '', script, directory)).toBe(`${OUTCOMES.length} 0\n`);
});
