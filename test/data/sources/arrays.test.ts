/** IDX, numpy and safetensors as sources, by files that numpy and struct wrote: values, shapes, layouts, tasks, refusals. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TOLERANCES } from '../../tolerances.ts';
import { difference, EXPECTED, folder, load, npyBytes, refusal } from '../loading.ts';

const SHARE = { test: 0.25 } as const;
const { path, write } = folder();

/** The values of train and test, put back in the order of the file by what only one sample has. */
function together(...splits: readonly { values: ArrayLike<number>; samples: number }[]): string[] {
  return splits
    .flatMap(({ values, samples }) => {
      const width = values.length / samples;
      return Array.from({ length: samples }, (_, row) =>
        Array.from(values)
          .slice(row * width, (row + 1) * width)
          .join(),
      );
    })
    .sort();
}

function rowsOf(values: readonly number[], width: number): string[] {
  return Array.from({ length: values.length / width }, (_, row) =>
    values.slice(row * width, (row + 1) * width).join(),
  ).sort();
}

describe('npy', () => {
  test.each([
    ['images.npy', {}],
    ['images-first.npy', { layout: 'channels-first' }],
    ['images-flat-first.npy', { layout: 'channels-first', shape: [4, 2, 3] }],
    ['images.npz#x', {}],
  ])('reads the bytes of %s as images with the channels last', async (x, options) => {
    const train = { x, y: 'labels.npy' };
    const {
      train: read,
      test: held,
      shape,
      target,
    } = await load({ source: 'npy', train, ...SHARE, ...options });
    expect(shape).toEqual([4, 2, 3]);
    expect(target).toEqual({ kind: 'classes', classes: 3 });
    expect([read.samples, held.samples, read.divisor]).toEqual([9, 3, 255]);
    expect(read.values).toBeInstanceOf(Uint8Array);
    expect(together(read, held)).toEqual(rowsOf(EXPECTED.images, 24));
  });

  test("reads channels-first images of float64 in Fortran's order", async () => {
    const train = { x: 'images-first-fortran.npy', y: 'labels-float.npy' };
    const { train: read, test: held } = await load({
      source: 'npy',
      train,
      ...SHARE,
      layout: 'channels-first',
    });
    expect(read.values).toBeInstanceOf(Float32Array);
    expect(together(read, held)).toEqual(rowsOf(EXPECTED.images, 24));
  });

  test('gives flat images a shape', async () => {
    const train = { x: 'images-flat-first.npy', y: 'labels.npy' };
    const { shape, features } = await load({ source: 'npy', train, ...SHARE, shape: [4, 6, 1] });
    expect([shape, features]).toEqual([[4, 6, 1], 24]);
  });

  test('keeps each label with its image', async () => {
    const { train, test: held } = await load({
      source: 'npy',
      train: { x: 'images.npy', y: 'labels.npy' },
      ...SHARE,
    });
    const labelOf = new Map<string, number>();
    for (const [row, label] of EXPECTED.labels.entries()) {
      labelOf.set(EXPECTED.images.slice(row * 24, row * 24 + 24).join(), label);
    }
    for (const { values, targets, samples } of [train, held]) {
      for (let row = 0; row < samples; row++) {
        expect(targets![row]).toBe(labelOf.get([...values.slice(row * 24, row * 24 + 24)].join()));
      }
    }
  });

  test('takes splits from files, and validation too', async () => {
    const files = { x: 'images.npz#x_test', y: 'images.npz#y_test' };
    const {
      train,
      validation,
      test: held,
    } = await load({
      source: 'npy',
      train: { x: 'images.npz#x', y: 'images.npz#y' },
      validation: files,
      test: files,
    });
    expect([train.samples, validation?.samples, held.samples]).toEqual([12, 5, 5]);
    expect([...held.values]).toEqual(EXPECTED.images.slice(0, 120));
    expect([...train.targets!]).toEqual(EXPECTED.labels);
  });

  test('learns several numbers a sample, in float32', async () => {
    const files = { x: 'numbers.npy', y: 'targets.npy' };
    const { train, target, shape } = await load({ source: 'npy', train: files, test: files }, 'regression');
    expect([shape, target]).toEqual([[3], { kind: 'numbers', width: 2 }]);
    expect([...train.values]).toEqual(EXPECTED.numbers);
    expect([...train.targets!]).toEqual(EXPECTED.targets.map(Math.fround));
  });

  test('reads two tensors of one safetensors file', async () => {
    const files = { x: 'numbers.safetensors#x', y: 'numbers.safetensors#y' };
    const { train } = await load({ source: 'npy', train: files, test: files }, 'regression');
    expect([...train.values]).toEqual(EXPECTED.numbers);
    expect([...train.targets!]).toEqual(EXPECTED.targets.map(Math.fround));
  });

  test('needs no targets to encode the inputs', async () => {
    const { target, train } = await load(
      { source: 'npy', train: { x: 'numbers.npy' }, ...SHARE },
      'autoencoding',
    );
    expect([target, train.targets]).toEqual([{ kind: 'inputs' }, null]);
  });
});

describe('idx', () => {
  test.each(['gray.idx', 'gray.idx.gz'])(
    'reads %s as published: images of bytes, and labels',
    async (images) => {
      const files = { images, labels: images.replace('gray', 'labels') };
      const { train, shape, target } = await load({ source: 'idx', train: files, test: files });
      expect([shape, target]).toEqual([[4, 2, 1], { kind: 'classes', classes: 3 }]);
      expect([...train.values]).toEqual(EXPECTED.gray);
      expect([...train.targets!]).toEqual(EXPECTED.labels);
      expect(train.divisor).toBe(255);
    },
  );
});

describe('what goes wrong', () => {
  const source = 'npy';

  test.each([
    [
      'one-hot labels',
      'one-hot.npy',
      'DATA_SHAPE',
      /^data\.train\.y: .*one-hot\.npy: a label must be one number a sample, got \[12, 3\] of f32\. Save the position of the 1 \(argmax\)/,
    ],
    [
      'images in place of labels',
      'images.npy',
      'DATA_SHAPE',
      /the targets of 12 samples must be \[12\] or \[12, width\], got \[12, 4, 2, 3\] of u8/,
    ],
    [
      'labels of other samples',
      'numbers.npy',
      'DATA_SHAPE',
      /the targets of 12 samples must be .* got \[20, 3\]/,
    ],
    ['a file that is not there', 'none.npy', 'DATA_FILE_MISSING', /none\.npy: a data file must exist/],
    ['a folder', '.', 'DATA_FILE_KIND', /must be a regular file, got a directory/],
    [
      'a key that is not there',
      'images.npz#z',
      'DATA_KEY',
      /the key must be in the file, got "z".*there are x \(\[12, 4, 2, 3\] of u8\)/,
    ],
    [
      'text',
      'homes.csv',
      'DATA_FORMAT',
      /an array must be in a file of numpy .* got one that starts with 0x6167652c/,
    ],
  ])('%s: refused by name', async (_, y, code, message) => {
    expect(await refusal(code, { source, train: { x: 'images.npy', y }, ...SHARE })).toMatch(message);
  });

  test.each([
    [[0, 1.5, 1], 'DATA_NOT_WHOLE', 'row 1: a label must be a whole number, got 1.5 (rows count from 0)'],
    [[0, 1, -1], 'DATA_LABEL', 'row 2: a label must be a whole number from 0 to 65535, got -1'],
    [[0, 1, 65_536], 'DATA_LABEL', 'row 2: a label must be a whole number from 0 to 65535, got 65536'],
    [[0, Number.NaN, 1], 'DATA_NOT_WHOLE', 'row 1: a label must be a whole number, got NaN'],
  ])('the labels %j are refused with the row', async (labels, code, message) => {
    write('x.npy', npyBytes(Float32Array.of(1, 2, 3), [3, 1]));
    write('y.npy', npyBytes(Float64Array.from(labels), [3]));
    const found = await refusal(
      code,
      { source, train: { x: 'x.npy', y: 'y.npy' }, ...SHARE },
      undefined,
      path,
    );
    expect(found).toContain(message);
    expect(found).toMatch(/^data\.train\.y: .* write task: regression\.$/);
  });

  test('more than 256 classes are labels of four bytes', async () => {
    const labels = Int32Array.from({ length: 600 }, (_, row) => row % 300);
    write('x600.npy', npyBytes(Float32Array.from(labels), [600, 1]));
    write('y600.npy', npyBytes(labels, [600]));
    const { train, target } = await load(
      { source, train: { x: 'x600.npy', y: 'y600.npy' }, test: 0.5 },
      undefined,
      path,
    );
    expect(target).toEqual({ kind: 'classes', classes: 300 });
    expect(train.targets).toBeInstanceOf(Int32Array);
    expect([...train.targets!]).toEqual([...train.values]);
  });

  test('NaN and infinity are refused with row and column, unless a policy says what to do', async () => {
    const train = { x: 'holes.npy', y: 'targets.npy' };
    expect(await refusal('DATA_NOT_FINITE', { source, train, ...SHARE }, 'regression')).toMatch(
      /^data\.train\.x: .*holes\.npy: row 3, column 1: a value must be finite, got NaN \(rows and columns count from 0\)\. Write missing: drop, or missing: mean, or mend the file\.$/,
    );
    const filled = await load({ source, train, test: train, missing: 'mean' }, 'regression');
    expect(difference(filled.train.values, EXPECTED.filled)).toBeLessThan(TOLERANCES.normalized);
    const dropped = await load({ source, train, test: train, missing: 'drop' }, 'regression');
    expect([...dropped.train.values]).toEqual(EXPECTED.complete);
    expect(dropped.notes?.[0]).toMatch(
      /^data\.test: 20 of 20 test samples \(100 %\) are training samples as well/,
    );
    expect(dropped.notes?.[1]).toBe(
      'data.train: 3 of 20 samples are left out, since they have missing values.',
    );
  });

  test('a target that is missing leaves its sample out, or is refused', async () => {
    const numbers = Float64Array.of(1, Number.NaN, 3, 4, 5);
    write('t.npy', npyBytes(numbers, [5]));
    write('five.npy', npyBytes(Float32Array.of(10, 20, 30, 40, 50), [5, 1]));
    const train = { x: 'five.npy', y: 't.npy' };
    const { train: read } = await load({ source, train, test: train, missing: 'drop' }, 'regression', path);
    expect([...read.values]).toEqual([10, 30, 40, 50]);
    expect(
      await refusal('DATA_NOT_FINITE', { source, train, test: train, missing: 'mean' }, 'regression', path),
    ).toMatch(/t\.npy: row 1: a value must be finite, got NaN .* Write missing: drop, or mend/);
    write('l.npy', npyBytes(Float64Array.of(0, Number.NaN, 1, 0, 1), [5]));
    const labelled = { x: 'five.npy', y: 'l.npy' };
    const classes = await load({ source, train: labelled, test: labelled, missing: 'drop' }, undefined, path);
    expect([...classes.train.targets!]).toEqual([0, 1, 0, 1]);
  });

  test('inputs without a finite sample leave nothing to drop', async () => {
    write('nan.npy', npyBytes(new Float32Array(4).fill(Number.NaN), [4, 1]));
    write('four.npy', npyBytes(Float32Array.of(1, 2, 3, 4), [4]));
    const train = { x: 'nan.npy', y: 'four.npy' };
    const message = await refusal(
      'DATA_MISSING',
      { source, train, ...SHARE, missing: 'drop' },
      'regression',
      path,
    );
    expect(message).toMatch(/^data\.train: missing: drop must leave samples, got none of 4 /);
  });

  test.each([
    [
      'images.npy',
      { shape: [5, 5, 1] },
      /samples must have the numbers of the shape 5 x 5 x 1, got \[12, 4, 2, 3\] of u8\. Give another shape\./,
    ],
    [
      'numbers.npy',
      { layout: 'channels-first' },
      /channels-first inputs must have 4 axes, or a shape, got \[20, 3\]/,
    ],
  ])('%s with %j is refused', async (x, options, message) => {
    expect(
      await refusal('DATA_SHAPE', { source, train: { x, y: 'labels.npy' }, ...SHARE, ...options }),
    ).toMatch(message);
  });

  test.each([
    [
      'of another width',
      'images.npy',
      /it must have samples of 3, as train has, got samples of 4 x 2 x 3\. Name files that belong together\./,
    ],
    [
      'of bytes beside numbers',
      'bytes.npy',
      /it must have inputs that are no bytes, as train has, got inputs that are bytes/,
    ],
  ])('a test split %s is refused', async (_, x, message) => {
    write('bytes.npy', npyBytes(Uint8Array.of(1, 2, 3), [1, 3]));
    const test = { x: x === 'bytes.npy' ? join(path, x) : x };
    expect(
      await refusal('DATA_WIDTH', { source, train: { x: 'numbers.npy' }, test }, 'autoencoding'),
    ).toMatch(message);
  });

  test('a split without samples is refused', async () => {
    write('none.npy', npyBytes(new Float32Array(0), [0, 3]));
    const test = { x: join(path, 'none.npy') };
    expect(
      await refusal('DATA_SPLIT', { source, train: { x: 'numbers.npy' }, test }, 'autoencoding'),
    ).toMatch(/^data\.test: .*none\.npy: a split must have samples, got none\. Name a file with data\.$/);
  });

  test('data without a test split, or without targets, say what to write', async () => {
    expect(
      await refusal('DATA_SPLIT', { source, train: { x: 'numbers.npy', y: 'targets.npy' } }, 'regression'),
    ).toMatch(/write test: 0\.2 for a share/);
    expect(await refusal('DATA_TARGETS', { source, train: { x: 'numbers.npy' }, ...SHARE })).toMatch(
      /^data\.train\.y: a classification must have targets, got none\. Name their file, or write task: autoencoding\.$/,
    );
  });

  test.each(['', 'a', 'images.npy'])('an empty, a short and a cut file are refused', async (name) => {
    const whole = npyBytes(Float32Array.of(1, 2, 3), [3, 1]);
    write('cut.npy', name === 'images.npy' ? whole.subarray(0, -4) : name);
    const message = await refusal(
      name === 'images.npy' ? 'DATA_TRUNCATED' : 'DATA_FORMAT',
      { source, train: { x: 'cut.npy' }, ...SHARE },
      'autoencoding',
      path,
    );
    expect(message).toMatch(/cut\.npy: .* got /);
  });

  test('a file that grows while it is read is refused', async () => {
    write('grows.npy', npyBytes(new Float32Array(3_000_000), [1_000_000, 3]));
    let reading = true;
    const done = refusal(
      'DATA_FILE_CHANGED',
      { source, train: { x: 'grows.npy' }, ...SHARE },
      'autoencoding',
      path,
    );
    const grow = (): void => {
      appendFileSync(join(path, 'grows.npy'), 'x');
      if (reading) setImmediate(grow);
    };
    grow();
    const message = await done.finally(() => {
      reading = false;
    });
    expect(message).toMatch(
      /grows\.npy: a data file must not change while it is read, got .* Try again when it is complete\.$/,
    );
  });

  test('files are shown as they are given where that leads there', async () => {
    mkdirSync(join(path, 'sub'), { recursive: true });
    const absolute = join(path, 'sub', 'gone.npy');
    const given = { source, train: { x: absolute }, ...SHARE };
    expect(await refusal('DATA_FILE_MISSING', given, 'autoencoding')).toMatch(new RegExp(`^${absolute}: `));
    const near = { source, train: { x: 'sources/gone.npy' }, ...SHARE };
    const base = join(process.cwd(), 'test', 'fixtures');
    expect(await refusal('DATA_FILE_MISSING', near, 'autoencoding', base)).toMatch(
      /^test\/fixtures\/sources\/gone\.npy: /,
    );
  });
});
