/** The splits of a data set: shares, numbers, classes kept, seeds, label noise, limits, and what is refused. */
import { describe, expect, test } from 'vitest';
import type { Split } from '../../../src/data/dataset.ts';
import { folder, load, npyBytes, refusal } from '../loading.ts';

const { path, write } = folder();

/** `count` samples that are their own numbers, with these classes in turn. */
function numbered(count: number, classOf: (row: number) => number) {
  write(
    'x.npy',
    npyBytes(
      Float32Array.from({ length: count }, (_, row) => row),
      [count, 1],
    ),
  );
  write(
    'y.npy',
    npyBytes(
      Int32Array.from({ length: count }, (_, row) => classOf(row)),
      [count],
    ),
  );
  return { source: 'npy', train: { x: 'x.npy', y: 'y.npy' } } as const;
}

function counts({ targets }: Split, classes: number): number[] {
  const found = new Array<number>(classes).fill(0);
  for (const label of targets!) found[label]! += 1;
  return found;
}

const rows = ({ values }: Split): number[] => [...values];

describe('splits by share', () => {
  test('have every sample once, and of each class its share', async () => {
    const data = numbered(200, (row) => (row % 10 === 0 ? 1 : 0));
    const {
      train,
      validation,
      test: held,
    } = await load({ ...data, test: 0.2, validation: 0.25 }, undefined, path);
    expect([train, validation!, held].map((split) => counts(split, 2))).toEqual([
      [108, 12],
      [36, 4],
      [36, 4],
    ]);
    expect([train, validation!, held].flatMap(rows).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 200 }, (_, row) => row),
    );
    for (const split of [train, validation!, held]) {
      expect(rows(split)).toEqual([...rows(split)].sort((a, b) => a - b));
      expect([...split.targets!]).toEqual(rows(split).map((row) => (row % 10 === 0 ? 1 : 0)));
    }
  });

  test('are numbers of samples from 2 on', async () => {
    const data = numbered(40, (row) => row % 2);
    const {
      train,
      validation,
      test: held,
    } = await load({ ...data, test: 10, validation: 6 }, undefined, path);
    expect([train.samples, validation?.samples, held.samples]).toEqual([24, 6, 10]);
  });

  test('are the same for the same seed, others for another; the test split does not hang on the validation split', async () => {
    const data = { ...numbered(100, (row) => row % 2), test: 0.2 };
    const [plain, again, seeded, validated] = await Promise.all(
      [{}, {}, { split_seed: 1 }, { validation: 0.1 }].map((settings) =>
        load({ ...data, ...settings }, undefined, path),
      ),
    );
    expect(rows(again!.test)).toEqual(rows(plain!.test));
    expect(again!.fingerprint).toBe(plain!.fingerprint);
    expect(rows(seeded!.test)).not.toEqual(rows(plain!.test));
    expect(rows(validated!.test)).toEqual(rows(plain!.test));
    expect(validated!.fingerprint).not.toBe(plain!.fingerprint);
  });

  test('leave a class with one sample in training, and take from each that has two', async () => {
    const data = numbered(23, (row) => (row < 10 ? 0 : row < 20 ? 1 : row === 20 ? 2 : 3));
    for (let split_seed = 0; split_seed < 5; split_seed++) {
      const { train, test: held } = await load({ ...data, test: 0.5, split_seed }, undefined, path);
      expect(counts(held, 4)).toEqual([6, 5, 0, 1]);
      expect(counts(train, 4)).toEqual([4, 5, 1, 1]);
    }
  });

  test('of a regression are drawn at random', async () => {
    const data = { ...numbered(50, (row) => row), test: 0.3 };
    const { train, test: held, target } = await load(data, 'regression', path);
    expect(target).toEqual({ kind: 'numbers', width: 1 });
    expect([train.samples, held.samples]).toEqual([35, 15]);
    expect([...held.targets!]).toEqual(rows(held));
    expect(rows(held)).not.toEqual(Array.from({ length: 15 }, (_, row) => row));
  });

  test.each([
    [
      { test: 0.01 },
      /^data\.test: it must leave at least 2 samples on either side, got 0 of 10\. Give another share or number\.$/,
    ],
    [{ test: 0.99 }, /^data\.test: .* got 10 of 10/],
    [{ test: 9 }, /^data\.test: .* got 9 of 10/],
    [{ test: 11 }, /^data\.test: .* got 11 of 10/],
    [{ test: 2, validation: 7 }, /^data\.validation: .* got 7 of 8/],
  ])('%j of ten samples is refused', async (settings, message) => {
    const data = numbered(10, (row) => row % 2);
    expect(await refusal('DATA_SPLIT', { ...data, ...settings }, undefined, path)).toMatch(message);
  });
});

describe('limits', () => {
  test('cut training and test, the validation samples are of those that are left', async () => {
    const data = { ...numbered(100, (row) => row % 2), test: 0.4 };
    const {
      train,
      validation,
      test: held,
    } = await load({ ...data, train_samples: 20, test_samples: 10, validation: 0.2 }, undefined, path);
    expect([train.samples, validation?.samples, held.samples]).toEqual([16, 4, 10]);
    expect([train, validation!, held].map((split) => counts(split, 2))).toEqual([
      [8, 8],
      [2, 2],
      [5, 5],
    ]);
  });

  test('past the samples there are are refused', async () => {
    const data = { ...numbered(10, (row) => row % 2), test: 4 };
    expect(await refusal('DATA_LIMIT', { ...data, train_samples: 7 }, undefined, path)).toMatch(
      /^data\.train_samples: .* the 6 samples there are, got 7\. /,
    );
  });

  test('of a small part give the rest of the memory back', async () => {
    const data = { ...numbered(1000, (row) => row % 2), test: 0.1 };
    const { train, test: held } = await load({ ...data, train_samples: 50 }, undefined, path);
    expect([train.values.buffer.byteLength, held.values.buffer.byteLength]).toEqual([200, 400]);
    const whole = await load(data, undefined, path);
    expect(whole.train.values.buffer).toBe(whole.test.values.buffer);
  });
});

describe('label noise', () => {
  const noisy = (share: number, split_seed?: number) => {
    const data = { ...numbered(100, (row) => row % 4), test: 0.2, label_noise: share };
    return load({ ...data, ...(split_seed !== undefined && { split_seed }) }, undefined, path);
  };
  const wrong = (split: Split): number[] => rows(split).filter((row, at) => split.targets![at] !== row % 4);

  test('mislabels its share of the training samples, always the same, and no others', async () => {
    const [none, some, again, other] = await Promise.all([
      noisy(0),
      noisy(0.25),
      noisy(0.25),
      noisy(0.25, 3),
    ]);
    expect(wrong(none.train)).toEqual([]);
    expect(wrong(some.train)).toHaveLength(20);
    expect(wrong(some.test)).toEqual([]);
    expect([...again.train.targets!]).toEqual([...some.train.targets!]);
    expect(wrong(other.train)).not.toEqual(wrong(some.train));
    expect(some.fingerprint).not.toBe(none.fingerprint);
  });

  test('of a larger share mislabels the same samples and more', async () => {
    const [some, more, all] = await Promise.all([noisy(0.25), noisy(0.5), noisy(1)]);
    expect(wrong(more.train)).toEqual(expect.arrayContaining(wrong(some.train)));
    expect(wrong(all.train)).toHaveLength(80);
  });

  test('goes with classes', async () => {
    const data = { ...numbered(10, (row) => row), test: 4, label_noise: 0.5 };
    expect(await refusal('DATA_TASK', data, 'regression', path)).toBe(
      'data.label_noise: it must go with classes as targets, got other targets. Leave it out.',
    );
  });
});

test('one class only is refused', async () => {
  const data = { ...numbered(10, () => 1), test: 4 };
  expect(await refusal('DATA_ONE_CLASS', data, undefined, path)).toBe(
    'data: the training samples must have at least two classes, got only class 1. Check the labels.',
  );
});

test('the targets of mnist follow the task', async () => {
  const small = { source: 'mnist', train_samples: 20, test_samples: 10 };
  const encoded = await load(small, 'autoencoding');
  expect([encoded.target, encoded.train.targets]).toEqual([{ kind: 'inputs' }, null]);
  expect(await refusal('DATA_TASK', small, 'regression')).toMatch(
    /^data\.source: mnist: a regression must have numbers/,
  );
});
