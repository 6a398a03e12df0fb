/** Whole data sets by configuration: limits, fingerprints, and the way to another thread. */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { type Dataset, fingerprint, type Split, type Splits } from '../../src/data/dataset.ts';
import { loadDataset } from '../../src/data/load.ts';

const SYNTHETIC = {
  source: 'synthetic',
  train_samples: 30,
  test_samples: 12,
  features: 5,
  classes: 3,
  correlation: 0.5,
  separation: 3,
  seed: 7,
} as const;

/** SHA-256 of the whole of MNIST in the form that covgrad keeps it. */
const MNIST_FINGERPRINT = '3e84a46cc6e2019c1a113f56da8441e4487a1c79a63d3a44146294f2aed2a4e3';

function bytes(...values: readonly number[]): Uint8Array<SharedArrayBuffer> {
  const shared = new Uint8Array(new SharedArrayBuffer(values.length));
  shared.set(values);
  return shared;
}

function floatsOf(...values: readonly number[]): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(4 * values.length);
  new Float32Array(shared).set(values);
  return shared;
}

describe('mnist', () => {
  test('without limits is complete, and always the same', async () => {
    const { name, train, test, fingerprint } = await loadDataset({ source: 'mnist' });
    expect([name, train.samples, test.samples]).toEqual(['mnist', 60_000, 10_000]);
    expect(fingerprint).toBe(MNIST_FINGERPRINT);
  });

  test('with limits keeps the share of every digit', async () => {
    const { train, test, features } = await loadDataset({
      source: 'mnist',
      train_samples: 6000,
      test_samples: 1000,
    });
    expect([train.samples, train.values.length, test.samples]).toEqual([6000, 6000 * features, 1000]);
    const digits = new Array<number>(10).fill(0);
    for (const label of train.targets!) digits[label] = (digits[label] ?? 0) + 1;
    expect(digits).toEqual([592, 674, 596, 613, 584, 542, 592, 627, 585, 595]);
    expect(train.values.buffer.byteLength).toBe(train.values.length);
  });

  test('with a limit past its end is refused with both numbers', async () => {
    await expect(loadDataset({ source: 'mnist', train_samples: 60_001 })).rejects.toThrow(
      /^data\.train_samples: .* the 60000 samples there are, got 60001\. /,
    );
    await expect(loadDataset({ source: 'mnist', test_samples: 10_001 })).rejects.toThrow(
      /^data\.test_samples: .* the 10000 samples there are, got 10001\. /,
    );
  });
});

describe('synthetic', () => {
  test('is drawn as configured', async () => {
    const dataset = await loadDataset(SYNTHETIC);
    expect(dataset).toMatchObject({ name: 'synthetic', features: 5, target: { classes: 3 } });
    expect([dataset.train.samples, dataset.test.samples]).toEqual([30, 12]);
    expect(await loadDataset(SYNTHETIC)).toEqual(dataset);
  });
});

describe('a fingerprint', () => {
  const split: Split = { samples: 2, values: bytes(1, 2, 3, 4), divisor: 255, targets: bytes(0, 1) };
  const target = { kind: 'classes', classes: 2 } as const;
  const standardization = {
    mean: new Float32Array(floatsOf(0, 0)),
    deviation: new Float32Array(floatsOf(1, 1)),
  };
  const splits: Splits = { features: 2, shape: [2], target, train: split, test: split };
  const floats = new Float32Array(bytes(1, 2, 3, 4).buffer);

  test.each<[string, Splits]>([
    ['a value', { ...splits, train: { ...split, values: bytes(1, 2, 3, 5) } }],
    ['a label', { ...splits, test: { ...split, targets: bytes(1, 1) } }],
    ['the divisor', { ...splits, train: { ...split, divisor: 1 } }],
    ['the element type', { ...splits, train: { ...split, values: floats } }],
    ['the shape', { ...splits, features: 4 }],
    ['the number of classes', { ...splits, target: { ...target, classes: 3 } }],
    ['the task', { ...splits, target: { kind: 'numbers', width: 1 } }],
    ['a validation split', { ...splits, validation: split }],
    ['what is taken off bytes', { ...splits, train: { ...split, standardization } }],
    ['the shape of an image', { ...splits, shape: [2, 1, 1] }],
    ['the axes of an image', { ...splits, shape: [1, 2, 1] }],
    ['its channels', { ...splits, shape: [1, 1, 2] }],
  ])('changes with %s', (_, changed) => {
    expect(fingerprint(changed)).not.toBe(fingerprint(splits));
  });

  test('tells one change from another', () => {
    const shapes = [[2], [2, 1, 1], [1, 2, 1], [1, 1, 2]].map((shape) => fingerprint({ ...splits, shape }));
    expect(new Set(shapes).size).toBe(4);
  });

  test('is the same whatever the classes and targets are called', () => {
    const numbers = { kind: 'numbers', width: 1 } as const;
    expect(fingerprint({ ...splits, target: { ...target, names: ['a', 'b'] } })).toBe(fingerprint(splits));
    expect(fingerprint({ ...splits, target: { ...numbers, names: ['a'] } })).toBe(
      fingerprint({ ...splits, target: numbers }),
    );
  });
});

test('a data set passes to another thread without a copy of its values', async () => {
  const dataset = await loadDataset(SYNTHETIC);
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(dataset);
  const received = receiveMessageOnPort(port2)?.message as Dataset;
  port1.close();
  expect(received).toEqual(dataset);
  received.train.targets![0] = 2;
  received.test.values[0] = 42;
  expect([dataset.train.targets![0], dataset.test.values[0]]).toEqual([2, 42]);
});
