/** Scaling of inputs and targets against numpy, fitted on the training samples alone; bytes stay bytes. */
import { describe, expect, test } from 'vitest';
import type { Split } from '../../../src/data/dataset.ts';
import { TOLERANCES } from '../../tolerances.ts';
import { difference, EXPECTED, folder, load, npyBytes, refusal } from '../loading.ts';

const { path, write } = folder();
const NUMBERS = { x: 'numbers.npy', y: 'targets.npy' };
const IMAGES = { x: 'images.npy', y: 'labels.npy' };

/** What a network is given of a split. */
function inputsOf({ values, divisor, standardization }: Split): number[] {
  return Array.from(values, (value, i) => {
    const x = value / divisor;
    if (standardization === undefined) return x;
    const j = i % standardization.mean.length;
    return (x - (standardization.mean[j] as number)) / (standardization.deviation[j] as number);
  });
}

describe('numbers', () => {
  test.each([
    ['none', 'numbers'],
    ['standardize', 'standardized'],
    ['scale', 'scaled'],
  ] as const)(
    'with %s are %s as numpy has it, the feature that never changes too',
    async (normalize, expected) => {
      const { train } = await load({ source: 'npy', train: NUMBERS, test: NUMBERS, normalize }, 'regression');
      expect(difference(train.values, EXPECTED[expected])).toBeLessThan(TOLERANCES.normalized);
      expect([train.divisor, train.standardization]).toEqual([1, undefined]);
      if (normalize !== 'none')
        expect(train.values.filter((_, i) => i % 3 === 2)).toEqual(new Float32Array(20));
    },
  );

  test('are as they are unless it is said otherwise', async () => {
    const { train } = await load({ source: 'npy', train: NUMBERS, test: NUMBERS }, 'regression');
    expect([...train.values]).toEqual(EXPECTED.numbers);
  });

  test('are scaled by what the training samples are, in all splits', async () => {
    write('small.npy', npyBytes(Float32Array.of(0, 2), [2, 1]));
    write('wide.npy', npyBytes(Float32Array.of(4, -2), [2, 1]));
    const data = {
      source: 'npy',
      train: { x: 'small.npy' },
      validation: { x: 'wide.npy' },
      test: { x: 'wide.npy' },
    };
    const scaled = await load({ ...data, normalize: 'scale' }, 'autoencoding', path);
    expect([scaled.train, scaled.validation, scaled.test].map((split) => [...split!.values])).toEqual([
      [0, 1],
      [2, -1],
      [2, -1],
    ]);
    const standard = await load({ ...data, normalize: 'standardize' }, 'autoencoding', path);
    expect([...standard.test.values]).toEqual([3, -3]);
    const given = await load({ ...data, normalize: { mean: 1, std: 2 } }, 'autoencoding', path);
    expect([...given.test.values]).toEqual([1.5, -1.5]);
  });

  test('a mean or deviation for each feature, or as many as are wanted', async () => {
    const data = { source: 'npy', train: NUMBERS, test: NUMBERS };
    const given = { mean: [1, 2, 3], std: [2, 4, 8] };
    const { train } = await load({ ...data, normalize: given }, 'regression');
    const expected = EXPECTED.numbers.map((x, i) => (x - given.mean[i % 3]!) / given.std[i % 3]!);
    expect(difference(train.values, expected)).toBeLessThan(TOLERANCES.normalized);
    expect(
      await refusal('DATA_NORMALIZE', { ...data, normalize: { mean: [1, 2], std: 1 } }, 'regression'),
    ).toBe('data.normalize.mean: it must be one number or 3, one for each feature, got 2. Give as many.');
  });
});

describe('bytes', () => {
  const data = { source: 'npy', train: IMAGES, test: IMAGES } as const;

  test.each([
    [{}, 255],
    [{ normalize: 'scale' }, 255],
    [{ normalize: 'none' }, 1],
  ])('with %j stay bytes over %i', async (settings, divisor) => {
    const { train } = await load({ ...data, ...settings });
    expect(train.values).toBeInstanceOf(Uint8Array);
    expect([[...train.values], train.divisor, train.standardization]).toEqual([
      EXPECTED.images,
      divisor,
      undefined,
    ]);
  });

  test('standardized stay bytes; each channel has the mean and deviation that numpy finds', async () => {
    const { train } = await load({ ...data, normalize: 'standardize' });
    const { mean, deviation } = train.standardization!;
    expect([...train.values]).toEqual(EXPECTED.images);
    expect([mean.length, mean.buffer instanceof SharedArrayBuffer]).toEqual([24, true]);
    expect(difference(mean.slice(21), EXPECTED.channelMeans)).toBeLessThan(TOLERANCES.normalized);
    expect(difference(deviation.slice(0, 3), EXPECTED.channelDeviations)).toBeLessThan(TOLERANCES.normalized);
    const inputs = inputsOf(train);
    for (let channel = 0; channel < 3; channel++) {
      const own = inputs.filter((_, i) => i % 3 === channel);
      const average = own.reduce((sum, x) => sum + x, 0) / own.length;
      const square = own.reduce((sum, x) => sum + x * x, 0) / own.length;
      expect(difference([average, square], [0, 1])).toBeLessThan(TOLERANCES.normalized);
    }
  });

  test('take a given mean and deviation as shares of white, one for each channel', async () => {
    const { train } = await load({ ...data, normalize: { mean: [0, 0.5, 1], std: 0.25 } });
    expect([...train.standardization!.mean.slice(0, 4)]).toEqual([0, 0.5, 1, 0]);
    expect(inputsOf(train)[1]).toBe((EXPECTED.images[1]! / 255 - 0.5) / 0.25);
    expect(await refusal('DATA_NORMALIZE', { ...data, normalize: { mean: 0, std: [1, 1] } })).toBe(
      'data.normalize.std: it must be one number or 3, one for each channel, got 2. Give as many.',
    );
  });
});

describe('targets', () => {
  test('standardized have the mean 0 and the deviation 1 that numpy gives them, and tell by what they were divided', async () => {
    const data = { source: 'npy', train: NUMBERS, test: NUMBERS, standardize_targets: true };
    const { train, test: held, target } = await load(data, 'regression');
    expect(difference(train.targets!, EXPECTED.standardizedTargets)).toBeLessThan(TOLERANCES.normalized);
    expect([...held.targets!]).toEqual([...train.targets!]);
    if (target.kind !== 'numbers') throw new Error(target.kind);
    expect(difference(target.deviations!, EXPECTED.targetDeviations)).toBeLessThan(TOLERANCES.normalized);
  });

  test.each([
    ['classification', 'classes'],
    ['autoencoding', 'none'],
  ] as const)('of a %s are not standardized', async (task, got) => {
    const data = { source: 'npy', train: IMAGES, test: IMAGES, standardize_targets: true };
    expect(await refusal('DATA_TASK', data, task)).toBe(
      `data.standardize_targets: it must go with numbers as targets, got ${got}. Leave it out.`,
    );
  });
});
