/** Arrays that numpy and others wrote: every element type, byte order, order of the axes and rank, value by value. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openArray } from '../../../src/codec/arrays/array-file.ts';
import { openCifar } from '../../../src/codec/arrays/cifar.ts';
import { readTensor, type Targets } from '../../../src/codec/arrays/tensor.ts';
import { EXPECTED, type Expected, fixture, fixtureBytes, scratch } from '../files.ts';

const { write } = scratch();
const REFUSING = ['nan.npy', 'large.npy', 'wide.npy', 'wide-unsigned.npy'];
const arrays = Object.entries(EXPECTED.arrays).filter(([name]) => !REFUSING.includes(name));

test('there are arrays of every type and format', () => {
  expect(arrays.length).toBeGreaterThan(60);
});

describe.each<[keyof Targets, (value: number) => number]>([
  ['f64', (value) => value],
  ['f32', Math.fround],
])('as %s', (as, rounded) => {
  test.each(arrays)(
    '%s has the values that its program says, row-major on shared memory',
    async (name, told) => {
      const { shape, data, nonFinite } = await readTensor(await openArray(fixture(name)), as);
      expect(shape).toEqual(told.shape);
      expect([...data]).toEqual(told.values.map((value) => rounded(Number(value))));
      expect(data.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(nonFinite).toBe(0);
    },
  );
});

test('integers and booleans of every width are read as exact whole numbers', async () => {
  for (const [name, told] of arrays.filter(([, { dtype }]) => /^[<>|][biu]/.test(dtype))) {
    const { data } = await readTensor(await openArray(fixture(name)), 'whole');
    expect([...data], name).toEqual(told.values.map(Number));
  }
});

test('bytes and booleans stay bytes', async () => {
  for (const name of ['u1-little.npy', 'b1-little.npy', 'deflated.npz#images', 'types.safetensors#bool']) {
    const { data } = await readTensor(await openArray(fixture(name)), 'bytes');
    expect(data).toBeInstanceOf(Uint8Array);
    expect([...data], name).toEqual(EXPECTED.arrays[name]?.values);
  }
});

test('each of the 65536 float16 becomes the float32 that numpy makes of it', async () => {
  const header = fixtureBytes('f2-little.npy').subarray(0, 128).toString('latin1');
  const halves = Buffer.from(Uint16Array.from({ length: 65536 }, (_, bits) => bits).buffer);
  const file = write(
    'every.npy',
    Buffer.concat([Buffer.from(header.replace('(2, 3), }', '(65536,)}'), 'latin1'), halves]),
  );
  const { data, nonFinite } = await readTensor(await openArray(file), 'f32', { allowNonFinite: true });
  expect(createHash('sha256').update(data).digest('hex')).toBe(EXPECTED.float16);
  expect(nonFinite).toBe(2 * 1024);
});

test('axes are permuted as numpy transposes them, from both orders of a file', async () => {
  const told = EXPECTED.arrays['rank4.npy'] as Expected;
  const permuted: number[] = [];
  for (let i = 0; i < 2; i++)
    for (let j = 0; j < 4; j++)
      for (let k = 0; k < 5; k++)
        for (let l = 0; l < 3; l++) permuted.push(Number(told.values[((i * 3 + l) * 4 + j) * 5 + k]));
  for (const name of ['rank4.npy', 'fortran4-big.npy']) {
    const { shape, data } = await readTensor(await openArray(fixture(name)), 'f64', { axes: [0, 2, 3, 1] });
    expect(shape).toEqual([2, 4, 5, 3]);
    expect([...data]).toEqual(permuted);
  }
});

test('elements go into given memory, so that several files fill one', async () => {
  const all = new Float64Array(new SharedArrayBuffer(8 * 8));
  const tensor = await openArray(fixture('stored.npz#labels'));
  await readTensor(tensor, 'whole', { into: all.subarray(0, 4) });
  await readTensor(tensor, 'whole', { into: all.subarray(4) });
  expect([...all]).toEqual([0, 1, 2, 1, 0, 1, 2, 1]);
});

describe('CIFAR', () => {
  const told = EXPECTED.cifar;

  test.each([
    ['cifar10', 'cifar10.bin', { labels: EXPECTED.cifar.ten }],
    ['cifar100', 'cifar100.bin', { coarse: EXPECTED.cifar.coarse, fine: EXPECTED.cifar.fine }],
  ] as const)('%s: planes become NHWC, and labels are beside them', async (version, name, labels) => {
    const file = await openCifar(fixture(name), version);
    const { shape, data } = await readTensor(file.images, 'bytes', { axes: [0, 2, 3, 1] });
    expect(shape).toEqual([3, 32, 32, 3]);
    expect([...data.subarray(0, 9)]).toEqual(told.start);
    expect([...data.subarray(2 * 3072)]).toEqual(told.image2);
    expect(data.reduce((sum, pixel) => sum + pixel, 0)).toBe(told.sum);
    expect(Object.keys(file.labels)).toEqual(Object.keys(labels));
    for (const [kind, values] of Object.entries(labels)) {
      expect([...(await readTensor(file.labels[kind]!, 'bytes')).data]).toEqual(values);
    }
  });
});
