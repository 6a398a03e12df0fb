/** CIFAR as a source, on files made to its specification: several files a split, fine and coarse labels, tasks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXPECTED, fixture } from '../../codec/files.ts';
import { folder, load, refusal } from '../loading.ts';

const { cifar } = EXPECTED;
const { path, write } = folder();
const TEN = fixture('cifar10.bin');
const HUNDRED = fixture('cifar100.bin');

describe('cifar', () => {
  test('is 32 x 32 x 3 bytes, channels last, one file after another', async () => {
    const {
      train,
      test: held,
      shape,
      target,
    } = await load({ source: 'cifar', train: [TEN, TEN], test: TEN });
    expect([shape, train.divisor]).toEqual([[32, 32, 3], 255]);
    expect(target).toMatchObject({
      kind: 'classes',
      classes: 10,
      names: ['airplane', 'automobile', ...new Array(8).fill(expect.any(String))],
    });
    expect([...train.targets!]).toEqual([...cifar.ten, ...cifar.ten]);
    expect([...held.values.slice(2 * 3072, 3 * 3072)]).toEqual(cifar.image2);
    expect([...train.values.slice(5 * 3072)]).toEqual(cifar.image2);
  });

  test.each([
    [{}, cifar.fine],
    [{ labels: 'fine' }, cifar.fine],
    [{ labels: 'coarse' }, cifar.coarse],
  ])('of 100 classes takes the labels of %j', async (settings, labels) => {
    const { train, target } = await load({
      source: 'cifar',
      version: 100,
      train: HUNDRED,
      test: HUNDRED,
      ...settings,
    });
    expect([...train.targets!]).toEqual(labels);
    expect(target).toEqual({
      kind: 'classes',
      classes: 'labels' in settings && settings.labels === 'coarse' ? 20 : 100,
    });
  });

  test('has all of its classes where the files have not', async () => {
    const record = readFileSync(TEN).subarray(0, 3073);
    write('two.bin', Buffer.concat([record, Buffer.from([1]), record.subarray(1)]));
    const two = join(path, 'two.bin');
    const { target, notes } = await load({ source: 'cifar', train: two, test: two });
    expect(target).toMatchObject({ classes: 10 });
    expect(notes?.[1]).toBe(
      'data.train: 8 of 10 classes have no training sample: bird, cat, deer, dog, frog, horse, ship, truck.',
    );
  });

  test('is encoded without its labels, and is no regression', async () => {
    const { train, target } = await load({ source: 'cifar', train: TEN, test: TEN }, 'autoencoding');
    expect([target, train.targets]).toEqual([{ kind: 'inputs' }, null]);
    expect(await refusal('DATA_TASK', { source: 'cifar', train: TEN, test: TEN }, 'regression')).toBe(
      'data.source: cifar: a regression must have numbers as targets, got classes. Write another task, or name another source.',
    );
  });

  test('of the other version is refused', async () => {
    expect(await refusal('DATA_CIFAR', { source: 'cifar', version: 100, train: TEN, test: TEN })).toMatch(
      /cifar10\.bin: a binary file of cifar100 has .* and not cifar10\.$/,
    );
  });

  test('tells that both splits are the same files', async () => {
    const { notes } = await load({ source: 'cifar', train: TEN, test: TEN });
    expect(notes?.[0]).toContain('3 of 3 test samples (100 %) are training samples as well');
    const shown = await load({
      source: 'cifar',
      train: join('..', 'arrays', 'cifar10.bin'),
      test: [TEN, TEN],
    });
    expect(shown.notes?.[0]).toContain('6 of 6 test samples (100 %)');
  });
});
