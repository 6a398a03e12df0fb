import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { wandbFiles } from '../../src/export/wandb.ts';
import { STARTED, sampleRun, TRIAL_NAMES } from './sample-run.ts';

const START_SECONDS = Date.parse(STARTED) / 1000;
const FILES = new Map(wandbFiles(sampleRun()).map(({ path, content }) => [path, String(content())]));

function read(trial: string, name: string): string {
  return [...FILES].find(([path]) => path.endsWith(`-${trial}/${name}`))?.[1] ?? '';
}

function history(trial: string): Record<string, unknown>[] {
  return read(trial, 'wandb-history.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('the files of Weights & Biases', () => {
  test('every trial with a record has its four', () => {
    const names = ['wandb-history.jsonl', 'wandb-summary.json', 'config.yaml', 'wandb-metadata.json'];
    expect([...FILES.keys()]).toEqual(
      TRIAL_NAMES.flatMap((trial) => names.map((name) => `${trial}/${name}`)),
    );
  });

  test('the history has a row an epoch, with step, time and runtime', () => {
    const rows = history('p1-s0');
    expect(rows.map(({ _step, _timestamp, _runtime }) => [_step, _timestamp, _runtime])).toEqual([
      [0, START_SECONDS, 0],
      [1, START_SECONDS + 4, 4],
      [2, START_SECONDS + 8, 8],
    ]);
    expect(rows[2]).toMatchObject({
      epoch: 2,
      'train/loss': 1 / 3,
      'test/accuracy': 0.75,
      'dense1/mean_abs_correlation': 0.1 + 0.02,
      'dense1/permuted/mean_abs_correlation': 0.015625,
      seconds: 8,
    });
  });

  test('names of values hold only what charts and filters take', () => {
    const names = history('p1-s0').flatMap((row) => Object.keys(row));
    expect(names.filter((name) => !/^[A-Za-z_][A-Za-z0-9_/]*$/.test(name))).toEqual([]);
  });

  test('a number that JSON does not have goes by its name', () => {
    expect(history('p3-s0').at(-1)).toMatchObject({ 'train/loss': 'NaN', 'train/accuracy': 0.5 });
  });

  test('the summary has the last value of every key', () => {
    expect(JSON.parse(read('p1-s0', 'wandb-summary.json'))).toMatchObject({
      _step: 2,
      _runtime: 8,
      _wandb: { runtime: 8 },
      'dense1/gradient_cosine': 0.25,
      'dense1/penalty': 3,
      outcome: 'complete',
    });
  });

  test('the configuration has the value of each key under value', () => {
    const { wandb_version: version, ...config } = parse(read('p2-s0', 'config.yaml'));
    expect(version).toBe(1);
    expect(config.penalty).toEqual({ desc: null, value: { type: 'vicreg', weight: 0.25 } });
    expect(config.seed).toEqual({ desc: null, value: 0 });
    expect(config.covgrad.value).toEqual({ trial: 'p2-s0', point: 'p2', baseline: false });
  });

  test('the configuration means the same in YAML 1.1, which is what W&B reads', () => {
    const run = sampleRun();
    const [spec] = run.manifest.trials;
    if (spec === undefined) throw new Error('the sample has trials');
    const odd = { on: 'off', small: 1e-7, large: -2.5e21, huge: 1e30, text: '1e-7', time: '12:30', y: 'no' };
    const experiment = { ...spec.experiment, odd } as unknown as typeof spec.experiment;
    const trials = [{ ...spec, experiment }];
    const [file] = wandbFiles({ ...run, manifest: { ...run.manifest, trials } }).filter(({ path }) =>
      path.endsWith('config.yaml'),
    );
    const text = String(file?.content());
    expect(parse(text, { version: '1.1' }).odd.value).toEqual(odd);
    // A number whose power of ten follows no dot is text to PyYAML.
    expect(text.match(/^ *(small|large|huge): .*$/gm)?.map((line) => line.trim())).toEqual([
      'small: 1.0e-7',
      'large: -2.5e+21',
      'huge: 1.0e+30',
    ]);
  });

  test.each([
    ['complete', 'p0', 'finished'],
    ['pruned', 'p2', 'killed'],
    ['diverged', 'p3', 'failed'],
    ['timeout', 'p4', 'failed'],
    ['failed', 'p5', 'failed'],
    ['interrupted', 'p6', 'killed'],
  ])('a trial that is %s says so in its metadata', (status, point, state) => {
    expect(JSON.parse(read(`${point}-s0`, 'wandb-metadata.json'))).toMatchObject({
      state,
      outcome: { status },
      startedAt: STARTED,
      project: 'sample',
    });
  });

  test('a trial that failed before its first epoch has one row', () => {
    expect(history('p5-s0')).toMatchObject([{ _step: 0, 'dense1/penalty': 4, seconds: 8 }]);
  });
});
