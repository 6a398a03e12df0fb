import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isOurJournal, optunaJournal } from '../../src/export/optuna.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { OUTCOMES, STARTED, sampleRun } from './sample-run.ts';

const READER = fileURLToPath(new URL('read-optuna.py', import.meta.url));
const NO_OPTUNA = 77;
/** Debian's Optuna belongs to Debian's Python, which need not be the first. */
const PYTHON = ['python3', '/usr/bin/python3'].find(
  (python) => spawnSync(python, ['-c', 'import optuna']).status === 0,
);

interface Study {
  readonly directions: readonly string[];
  readonly best: readonly number[];
  readonly trials: readonly {
    readonly number: number;
    readonly state: string;
    readonly values: readonly number[] | null;
    readonly params: Readonly<Record<string, unknown>>;
    readonly distributions: Readonly<Record<string, string>>;
    readonly contained: boolean;
    readonly intermediate_values: Readonly<Record<string, number>>;
    readonly start: number;
    readonly complete: number;
    readonly user_attrs: Readonly<Record<string, unknown>>;
  }[];
}

function readByOptuna(journal: string, name: string): Study {
  const path = join(temporaryDirectory(), 'journal.log');
  writeFileSync(path, journal);
  const { status, stdout, stderr } = spawnSync(PYTHON ?? 'python3', [READER, path, name], {
    encoding: 'utf8',
  });
  if (status === NO_OPTUNA || status !== 0) throw new Error(`the reader ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

function operations(journal: string): Record<string, unknown>[] {
  return journal
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

if (PYTHON === undefined) {
  process.stderr.write(
    'Optuna is not installed: what it reads is not checked (Debian has python3-optuna).\n',
  );
}

describe.skipIf(PYTHON === undefined)('Optuna reads its own from the journal', () => {
  test('numbers, states and values of all trials that have a record', () => {
    const { directions, best, trials } = readByOptuna(optunaJournal(sampleRun(), 'größer ✓'), 'größer ✓');
    expect(directions).toEqual(['MINIMIZE']);
    expect(best).toEqual([0]);
    expect(trials.map(({ number, state, values }) => [number, state, values])).toEqual([
      [0, 'COMPLETE', [0.02]],
      [1, 'COMPLETE', [0.1 + 0.02]],
      [2, 'PRUNED', [0.2 + 0.02]],
      [3, 'FAIL', null],
      [4, 'FAIL', null],
      [5, 'FAIL', null],
      [6, 'FAIL', null],
    ]);
    expect(trials.map(({ user_attrs }) => user_attrs.outcome)).toEqual(OUTCOMES);
  });

  test('parameters with distributions that contain them', () => {
    const { trials } = readByOptuna(optunaJournal(sampleRun(), 'sample'), 'sample');
    expect(trials.map(({ contained }) => contained)).not.toContain(false);
    expect(trials[0]?.params).toEqual({ 'training.batch_size': 32 });
    expect(trials[1]?.params).toEqual({
      'penalty.type': 'decov',
      'penalty.weight': 0.1,
      'training.batch_size': 32,
      nesterov: true,
    });
    expect({ ...trials[1]?.distributions, ...trials[2]?.distributions }).toEqual({
      'penalty.type': "CategoricalDistribution(choices=('decov', 'vicreg', 'huber', 'mean'))",
      // The weight 10 of the fourth trial was given beyond the bounds.
      'penalty.weight': 'FloatDistribution(high=10.0, log=True, low=0.1, step=None)',
      'training.batch_size': 'IntDistribution(high=64, log=False, low=32, step=1)',
      'penalty.gamma': 'FloatDistribution(high=1.5, log=False, low=1.5, step=None)',
      nesterov: 'CategoricalDistribution(choices=(True, False))',
    });
  });

  test('intermediate values by epoch, without what is not finite, and the times', () => {
    const { trials } = readByOptuna(optunaJournal(sampleRun(), 'sample'), 'sample');
    expect(trials.map(({ intermediate_values }) => intermediate_values).slice(1, 4)).toEqual([
      { 1: 0.1 + 0.01, 2: 0.1 + 0.02 },
      { 1: 0.2 + 0.01, 2: 0.2 + 0.02 },
      { 1: 0.1 * 3 + 0.01 },
    ]);
    const started = Date.parse(STARTED) / 1000;
    expect(trials.map(({ start, complete }) => [start, complete])).toEqual(
      OUTCOMES.map(() => [started, started + 8]),
    );
  });

  test('a sweep with several goals is a study with several directions and no intermediate values', () => {
    const metrics = [
      { name: 'mean-abs-correlation', goal: 'minimize' },
      { name: 'test.accuracy', goal: 'maximize' },
    ] as const;
    const { directions, trials } = readByOptuna(optunaJournal(sampleRun({ metrics }), 'sample'), 'sample');
    expect(directions).toEqual(['MINIMIZE', 'MAXIMIZE']);
    expect(trials.map(({ values }) => values).slice(0, 4)).toEqual([
      [0.02, 0.75],
      [0.1 + 0.02, 0.75],
      [0.2 + 0.02, 0.75],
      null,
    ]);
    expect(trials[1]?.intermediate_values).toEqual({});
  });
});

describe('an Optuna journal', () => {
  test('has naive times in UTC, which never go back, in every time zone', () => {
    // A second before the clocks of Berlin are turned back, for a trial of eight seconds.
    const run = sampleRun();
    const records = run.records.map((record) => ({
      ...record,
      timing: { ...record.timing, startedAt: '2026-10-25T00:59:59.250Z' },
    }));
    const zone = process.env.TZ;
    onTestFinished(() => {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    });
    const journals = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Pacific/Apia'].map((name) => {
      process.env.TZ = name;
      return optunaJournal({ ...run, records }, 'sample');
    });
    expect(new Set(journals).size).toBe(1);
    expect(journals[0]).toContain(
      '"datetime_start":"2026-10-25T00:59:59.250000","datetime_complete":"2026-10-25T01:00:07.250000"',
    );
  });

  test('begins with the study and has one operation a trial', () => {
    const [study, ...rest] = operations(optunaJournal(sampleRun(), 'sample'));
    expect(study).toEqual({ op_code: 0, worker_id: 'covgrad', study_name: 'sample', directions: [1] });
    expect(rest.map(({ op_code }) => op_code)).toEqual([3, 2, ...OUTCOMES.map(() => 4)]);
  });

  test('a complete trial without the value that the sweep aims at counts as failed', () => {
    const metric = { name: 'condition-number', goal: 'minimize' } as const;
    const trial = operations(optunaJournal(sampleRun({ metric }), 'sample')).find(
      ({ op_code }) => op_code === 4,
    );
    expect(trial).toMatchObject({ state: 3, value: null, values: null });
  });

  test('is the same for the same run', () => {
    expect(optunaJournal(sampleRun(), 'sample')).toBe(optunaJournal(sampleRun(), 'sample'));
  });

  test('is not ours any more once somebody else has added to it', () => {
    const journal = optunaJournal(sampleRun(), 'sample');
    expect(isOurJournal(journal)).toBe(true);
    expect(isOurJournal(`${journal}{"op_code":4,"worker_id":"0a1b-140","study_id":0}\n`)).toBe(false);
    expect(isOurJournal('some notes\n')).toBe(false);
  });
});
