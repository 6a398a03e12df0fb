/** `covgrad init --data file`: what it finds in the file, and that what it writes is trained as it is. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import { openRun } from '../../src/store/run.ts';
import { fixture } from '../codec/files.ts';
import { idxBytes } from '../codec/idx-bytes.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad } from './command-line.ts';

const ROWS = 60;

/** A table in which every kind of column occurs; `kind` and `grade` are classes, `size` is a number. */
function table(): string {
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const age = i % 7 === 3 ? '' : String(20 + (i % 30));
    return [
      i,
      `person ${i}`,
      age,
      ['red', 'blue'][i % 2],
      (i * 0.37).toFixed(2),
      i % 3,
      i % 2 ? 'b' : 'a',
    ].join();
  });
  return `,name,age,colour,size,grade,kind\n${rows.join('\n')}\n`;
}

function directoryWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const directory = temporaryDirectory();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return directory;
}

/** An array of float32 as numpy stores it. */
function npy(shape: readonly number[], valueAt: (position: number) => number): Buffer {
  const count = shape.reduce((product, extent) => product * extent, 1);
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`.padEnd(117);
  const values = new Float32Array(Array.from({ length: count }, (_, i) => valueAt(i)));
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'),
    Buffer.from(`${header}\n`),
    Buffer.from(values.buffer),
  ]);
}

function written(directory: string, file = 'sweep.yaml') {
  return parseSweepConfig(readFileSync(join(directory, file), 'utf8'), file).experiment;
}

/** Trains what was written, one epoch with one seed and one weight; the qualities that were recorded. */
function trained(directory: string, file = 'sweep.yaml'): readonly string[] {
  const sets = [
    'sweep.seeds=1',
    'experiment.training.epochs=1',
    'sweep.parameters.penalty.weight.values=[0.1]',
  ];
  const { code, stdout, stderr } = covgrad(
    directory,
    'sweep',
    file,
    ...sets.flatMap((set) => ['--set', set]),
  );
  expect([code, stderr.match(/failed/)]).toEqual([0, null]);
  const { records } = openRun(join(directory, stdout.trim()));
  expect(records.length).toBeGreaterThan(1);
  return Object.keys(records[0]?.epochs.at(-1)?.train ?? {});
}

describe('of a table', () => {
  test('names, numbers of the rows and missing values are seen, and text is a classification', () => {
    const directory = directoryWith({ 't.csv': table() });
    const { code, stderr } = covgrad(directory, 'init', '--data', 't.csv', '--target', 'kind');
    expect([code, stderr]).toEqual([0, 'Wrote sweep.yaml. See what it trains: covgrad plan sweep.yaml\n']);
    const { data, task } = written(directory);
    expect(task).toBe('classification');
    expect(data).toEqual({
      source: 'csv',
      train: 't.csv',
      target: 'kind',
      exclude: ['column_1', 'name'],
      missing: 'mean',
      test: 0.2,
      validation: 0.2,
    });
  });

  test('numbers with fractions are a regression, whose targets are standardized', () => {
    const directory = directoryWith({ 't.csv': table() });
    expect(covgrad(directory, 'init', '--data', 't.csv', '--target', 'size').code).toBe(0);
    expect(written(directory)).toMatchObject({
      task: 'regression',
      data: { standardize_targets: true },
      training: { optimizer: { type: 'adam' } },
    });
    const qualities = trained(directory);
    expect(qualities).toContain('r2');
    expect(qualities).not.toContain('accuracy');
  });

  test('few whole numbers are classes, unless --task says otherwise', () => {
    const directory = directoryWith({ 't.csv': table() });
    const words = ['--data', 't.csv', '--target', 'grade'];
    covgrad(directory, 'init', 'guessed.yaml', ...words);
    covgrad(directory, 'init', 'told.yaml', ...words, '--task', 'regression');
    expect(written(directory, 'guessed.yaml').task).toBe('classification');
    expect(written(directory, 'told.yaml').task).toBe('regression');
    expect(readFileSync(join(directory, 'told.yaml'), 'utf8')).toContain('# as --task says');
  });

  test('-1 and 1 are classes in a table, and no labels in an array', () => {
    const signs = Array.from({ length: ROWS }, (_, i) => (i % 2 ? -1 : 1));
    const text = `x,sign\n${signs.map((sign, i) => `${i / 7},${sign}`).join('\n')}\n`;
    const x = npy([ROWS, 2], (i) => i / 7);
    const directory = directoryWith({ 't.csv': text, 'x.npy': x, 'y.npy': npy([ROWS], (i) => signs[i]!) });
    covgrad(directory, 'init', 'table.yaml', '--data', 't.csv', '--target', 'sign');
    covgrad(directory, 'init', 'array.yaml', '--data', 'x.npy', '--target', 'y.npy');
    expect(written(directory, 'table.yaml').task).toBe('classification');
    expect(written(directory, 'array.yaml').task).toBe('regression');
  });

  test('several targets are a regression, and paths are relative to the file that is written', () => {
    const directory = directoryWith({ 't.csv': table() });
    mkdirSync(join(directory, 'sweeps'));
    const words = ['--data', 't.csv', '--target', 'size,grade', '--test', 't.csv'];
    expect(covgrad(directory, 'init', 'sweeps/two.yaml', ...words).code).toBe(0);
    expect(written(directory, 'sweeps/two.yaml')).toMatchObject({
      task: 'regression',
      data: { train: '../t.csv', test: '../t.csv', target: ['size', 'grade'], validation: 0.2 },
    });
  });

  test('names that YAML would read otherwise are quoted', () => {
    const text = `yes,"a, b: c",# d\n${Array.from({ length: 20 }, (_, i) => `${i % 2},${i},${i / 3}`).join('\n')}\n`;
    const directory = directoryWith({ 'my: data, 1.csv': text });
    expect(covgrad(directory, 'init', '--data', 'my: data, 1.csv', '--target', 'yes').code).toBe(0);
    expect(written(directory).data).toMatchObject({ train: 'my: data, 1.csv', target: 'yes' });
    covgrad(directory, 'init', 'b.yaml', '--data', 'my: data, 1.csv', '--target', '# d');
    expect(written(directory, 'b.yaml').data).toMatchObject({ target: '# d' });
  });

  test('a Parquet file is read as one', () => {
    const file = fixture('arrow-zstd.parquet');
    const directory = temporaryDirectory();
    const { stdout } = covgrad(directory, 'data', file, '--json');
    const { columns } = JSON.parse(stdout).table;
    expect(columns.length).toBeGreaterThan(1);
    const { code, stderr } = covgrad(directory, 'init', '--data', file);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^--target: must name the column .* There are: /),
    ]);
  });
});

describe('of arrays', () => {
  const x = npy([ROWS, 5], (i) => Math.sin(i * i));
  const fractions = npy([ROWS], (i) => i / 7);
  const labels = npy([ROWS], (i) => i % 3);

  test('inputs and targets are files of numpy, and numbers are standardized', () => {
    const directory = directoryWith({ 'x.npy': x, 'y.npy': fractions, 'labels.npy': labels });
    expect(covgrad(directory, 'init', '--data', 'x.npy', '--target', 'y.npy').code).toBe(0);
    expect(written(directory)).toMatchObject({
      task: 'regression',
      data: { source: 'npy', train: { x: 'x.npy', y: 'y.npy' }, normalize: 'standardize', test: 0.2 },
    });
    covgrad(directory, 'init', 'c.yaml', '--data', 'x.npy', '--target', 'labels.npy');
    expect(written(directory, 'c.yaml').task).toBe('classification');
  });

  test('an autoencoder needs no targets, and its narrowest layer is penalised', () => {
    const directory = directoryWith({ 'x.npy': x });
    expect(covgrad(directory, 'init', '--data', 'x.npy', '--task', 'autoencoding').code).toBe(0);
    const { data, model } = written(directory);
    expect(data.train).toEqual({ x: 'x.npy' });
    expect(model.map(({ penalized }) => penalized)).toEqual([false, true, false]);
    expect(trained(directory)).toContain('reconstruction-loss');
  });

  test('IDX files come with a test split of their own', () => {
    const images = idxBytes(
      0x08,
      [ROWS, 4, 4],
      Uint8Array.from({ length: ROWS * 16 }, (_, i) => (i * i) % 256),
    );
    const digits = idxBytes(
      0x08,
      [ROWS],
      Uint8Array.from({ length: ROWS }, (_, i) => i % 4),
    );
    const directory = directoryWith({ images, labels: digits });
    const pair = ['--data', 'images', '--target', 'labels', '--test', 'images', '--test-target', 'labels'];
    expect(covgrad(directory, 'init', ...pair).code).toBe(0);
    const own = { images: 'images', labels: 'labels' };
    expect(written(directory).data).toEqual({ source: 'idx', train: own, test: own, validation: 0.2 });
  });

  test('one array of several is named by its key', () => {
    const file = fixture('mixed.npz');
    const { code, stderr } = covgrad(temporaryDirectory(), 'init', '--data', file, '--target', file);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^--data: must name one array, got a file of \d+\. Write .*mixed\.npz#\w+; there are: /,
    );
  });
});

test.each([
  [
    ['--data', 't.csv'],
    /^--target: must name the column that is learned, got nothing\. There are: .* Write --target kind, or --task autoencoding\.\n$/,
  ],
  [
    ['--data', 't.csv', '--target', 'knid'],
    '--target: must be a column of t.csv, got "knid". Did you mean kind?\n',
  ],
  [
    ['--data', 'x.npy'],
    '--target: must name the file of the targets, got nothing. Write --target y.npy, or --task autoencoding.\n',
  ],
  [
    ['--data', 'x.npy', '--target', 'y.npy'],
    '--target: must be a file that exists, as the inputs are one, got "y.npy". Check the path.\n',
  ],
  [
    ['--data', 'x.npy', '--target', 'x.npy', '--test', 'x.npy', '--task', 'regression'],
    /^--test-target: must name the file/,
  ],
  [['--data', 't.csv', '--target', 'kind', '--task', 'clustering'], /^--task: must be one of /],
])('%j is refused, and nothing is written', (flags, message) => {
  const directory = directoryWith({ 't.csv': table(), 'x.npy': npy([ROWS, 2], (i) => i) });
  const { code, stderr } = covgrad(directory, 'init', ...flags);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
  expect(() => readFileSync(join(directory, 'sweep.yaml'))).toThrow('ENOENT');
});
