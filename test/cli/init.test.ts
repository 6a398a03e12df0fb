/** `covgrad init`: what it writes runs as it is. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import { MAIN } from '../execute/built.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad } from './command-line.ts';

test('without flags it is a grid over three penalties on MNIST, with comments', () => {
  const directory = temporaryDirectory();
  const { code, stdout, stderr } = covgrad(directory, 'init');
  expect([code, stdout]).toEqual([0, '']);
  expect(stderr).toBe('Wrote sweep.yaml. See what it trains: covgrad plan sweep.yaml\n');
  const text = readFileSync(join(directory, 'sweep.yaml'), 'utf8');
  const { name, experiment, sweep } = parseSweepConfig(text, 'sweep.yaml');
  expect(name).toBe('sweep');
  expect(experiment.data).toEqual({ source: 'mnist' });
  expect(sweep).toMatchObject({ method: 'grid', seeds: [0, 1, 2] });
  expect(text.match(/ # /g)?.length).toBeGreaterThan(5);
  const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
  expect(existsSync(resolve(directory, schema))).toBe(true);
});

test('what comes next is told as the user can type it: by npx where npm has started the program', () => {
  const { stderr } = spawnSync(process.execPath, [MAIN, 'init', 'my.yaml'], {
    cwd: temporaryDirectory(),
    encoding: 'utf8',
    env: { ...process.env, npm_command: 'exec' },
  });
  expect(stderr).toBe('Wrote my.yaml. See what it trains: npx covgrad plan my.yaml\n');
});

test('what it writes for every flag is trained by covgrad sweep', () => {
  const directory = temporaryDirectory();
  const flags = [
    '--data',
    'synthetic',
    '--model',
    '8,6',
    '--activation',
    'tanh',
    '--penalties',
    'huber,decov',
  ];
  const more = ['--weights', '1,0.5', '--method', 'sobol', '--epochs', '1', '--seeds', '1'];
  expect(covgrad(directory, 'init', 'my first.yaml', ...flags, ...more).code).toBe(0);
  const { experiment, sweep } = parseSweepConfig(
    readFileSync(join(directory, 'my first.yaml'), 'utf8'),
    'my first.yaml',
  );
  expect(experiment.model).toMatchObject([
    { dense: 8, activation: 'tanh', penalized: true },
    { dense: 6, activation: 'tanh', penalized: false },
  ]);
  expect(sweep.parameters).toEqual({
    'penalty.type': { values: ['huber', 'decov'] },
    'penalty.weight': { distribution: 'log_uniform_values', min: 0.5, max: 1 },
  });
  const ran = covgrad(directory, 'sweep', 'my first.yaml', '--set', 'sweep.run_cap=2');
  expect([ran.code, ran.stdout]).toEqual([0, `${join('runs', 'my-first')}\n`]);
});

test('--print writes to standard output, and no file', () => {
  const directory = temporaryDirectory();
  const { code, stdout } = covgrad(directory, 'init', '--print', '--method', 'bayes');
  expect([code, existsSync(join(directory, 'sweep.yaml'))]).toEqual([0, false]);
  expect(parseSweepConfig(stdout, 'sweep.yaml').sweep).toMatchObject({ method: 'bayes', run_cap: 20 });
});

test('a file that exists is left alone', () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'sweep.yaml'), 'mine');
  const { code, stderr } = covgrad(directory, 'init');
  expect([code, stderr]).toEqual([
    2,
    'sweep.yaml: a file is never overwritten, got one that exists. Name another.\n',
  ]);
  expect(readFileSync(join(directory, 'sweep.yaml'), 'utf8')).toBe('mine');
});

test.each([
  [
    ['--penalties', 'decof'],
    /^--penalties: must be one of mean, .*, got "decof"\. Did you mean "decov"\?\n$/,
  ],
  [['--penalties', 'decov,'], '--penalties: must be values separated by commas, got "decov,". Write a,b.\n'],
  [['--model', 'wide'], '--model: must be a whole number of at least 1, got "wide". Write 256,128.\n'],
  [['--model', '1'], /: a penalized layer must have at least 2 units to correlate, got 1\.\n$/],
  [['--weights', '0x10'], '--weights: must be numbers above 0, got "0x10". Write 0.01,0.1,1.\n'],
  [['--weights', '-1'], '--weights: must be numbers above 0, got -1. Write 0.01,0.1,1.\n'],
  [['--epochs', '0'], '--epochs: must be a whole number of at least 1, got 0. Leave it out for 3.\n'],
  [
    ['--data', 'mnits'],
    '--data: must be mnist, synthetic or a file that exists, got "mnits". Did you mean "mnist"?\n',
  ],
  [
    ['--target', 'class'],
    '--target: must go with a file, got --data mnist. Leave it out, or name a file by --data.\n',
  ],
])('%j is refused, and nothing is written', (flags, message) => {
  const directory = temporaryDirectory();
  const { code, stderr } = covgrad(directory, 'init', ...flags);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(existsSync(join(directory, 'sweep.yaml'))).toBe(false);
});
