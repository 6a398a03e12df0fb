/** What penalties see of images: rows of channels at all, some or the mean of the positions, or the image as one row. */
import { describe, expect, it, test } from 'vitest';
import { ConfigError, ShapeError } from '../../src/errors.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import type { Positions } from '../../src/network/layer.ts';
import { createNetwork, type Network } from '../../src/network/network.ts';
import { heldOutRows, MOST_HELD_OUT, observedShape } from '../../src/network/observed-shape.ts';
import { drawPositions } from '../../src/network/positions.ts';
import { uniformStream } from '../../src/random.ts';
import { refusal } from '../refusal.ts';

const kernel = createReferenceKernel();
const SAMPLES = 4;
const x = (() => {
  const next = uniformStream(1, 'check', 0);
  return Float64Array.from({ length: SAMPLES * 12 }, () => next());
})();

function network(positions: Positions | undefined, more: object = {}): Network {
  const layer = { conv2d: 3, kernel_size: 1, penalized: true, ...more };
  return createNetwork(kernel, {
    inputShape: [3, 2, 2],
    layers: [
      positions === undefined ? layer : { ...layer, on_positions: positions },
      { flatten: true },
      { dense: 2 },
    ],
    loss: 'cross-entropy',
    optimizer: { type: 'sgd', learning_rate: 0.1 },
    penalty: { type: 'decov', weight: 1 },
  });
}

describe('a layer shows', () => {
  const whole = network(undefined).activations(x, 0);

  it('every position of every sample unless it says otherwise', () => {
    expect(whole).toHaveLength(SAMPLES * 6 * 3);
    expect(network('all').activations(x, 0)).toEqual(whole);
    expect(network('all').layers[0]).toMatchObject({ units: 3, rows: 6, positions: 6 });
  });

  it('its image as one row under flatten', () => {
    const flat = network('flatten');
    expect(flat.activations(x, 0)).toEqual(whole);
    expect(flat.layers[0]).toMatchObject({ units: 18, rows: 1, positions: 1 });
  });

  it('the mean over the positions', () => {
    const means = network('mean').activations(x, 0);
    expect(means).toHaveLength(SAMPLES * 3);
    const first = [0, 1, 2, 3, 4, 5].reduce((sum, position) => sum + whole[position * 3]!, 0) / 6;
    expect(means[0]).toBeCloseTo(first, 14);
  });

  it('as many random positions as it says, other ones each step, each at most once', () => {
    const some = network(4);
    const rowsOf = (values: ArrayLike<number>): string[] =>
      Array.from({ length: values.length / 3 }, (_, row) => [0, 1, 2].map((c) => values[3 * row + c]).join());
    const all = rowsOf(whole);
    const seen = rowsOf(some.activations(x, 0));
    expect(seen).toHaveLength(SAMPLES * 4);
    for (const [i, row] of seen.entries()) {
      const sample = Math.floor(i / 4);
      expect(all.slice(6 * sample, 6 * sample + 6)).toContain(row);
    }
    expect(new Set(seen)).toHaveLength(SAMPLES * 4);
    expect(rowsOf(network(4).activations(x, 0))).toEqual(seen);
    expect(network(9).layers[0]).toMatchObject({ rows: 6 });
  });
});

test('positions are drawn evenly, and are a function of seed, layer and step', () => {
  const shape = { samples: 3000, count: 2, positions: 5 };
  const drawn = drawPositions({ seed: 1, layer: 2, step: 3 }, shape);
  expect(drawPositions({ seed: 1, layer: 2, step: 3 }, shape)).toEqual(drawn);
  for (const other of [
    { seed: 2, layer: 2, step: 3 },
    { seed: 1, layer: 3, step: 3 },
    { seed: 1, layer: 2, step: 4 },
  ]) {
    expect(drawPositions(other, shape)).not.toEqual(drawn);
  }
  const counts = [0, 0, 0, 0, 0];
  for (const position of drawn) counts[position]! += 1;
  // Of 1200 each the standard deviation is about 27.
  for (const count of counts) expect(Math.abs(count - 1200)).toBeLessThan(5 * 27);
});

test('held-out rows are as many as fit into a bound, at least one a sample', () => {
  const image = observedShape({ output: [28, 28, 32], positions: 'all' });
  expect(heldOutRows(image, 10)).toBe(784);
  expect(heldOutRows(image, 10_000)).toBe(Math.floor(MOST_HELD_OUT / 320_000));
  expect(heldOutRows(image, 10_000_000)).toBe(1);
  expect(heldOutRows(observedShape({ output: [28, 28, 32], positions: 7 }), 100)).toBe(7);
  expect(heldOutRows(observedShape({ output: [256], positions: 'all' }), 10_000_000)).toBe(1);
  expect(heldOutRows(observedShape({ output: [9, 9, 4], positions: 'flatten' }), 10_000_000)).toBe(1);
});

test('a penalty between layers that show other numbers of rows is refused', () => {
  const options = {
    inputShape: [3, 2, 2],
    layers: [{ conv2d: 3, kernel_size: 1, penalized: true }, { flatten: true }, { dense: 2 }],
    loss: 'cross-entropy',
    optimizer: { type: 'sgd', learning_rate: 0.1 },
    penalty: { type: 'cross-covariance', weight: 1, against: 'labels' },
  } as const;
  expect(refusal(ShapeError, () => createNetwork(kernel, options)).message).toBe(
    'penalty.against: it must have as many rows of each sample as each penalized layer, got 1 in labels and 6 in conv2d1. Write on_positions: mean or flatten on the layers with images.',
  );
});

test('on_positions that is none is refused', () => {
  expect(refusal(ConfigError, () => network(0)).message).toBe(
    'createNetwork: layers[0].on_positions: it must be a whole number of at least 1, got 0.',
  );
  expect(refusal(ConfigError, () => network('none' as 'all')).message).toBe(
    'createNetwork: layers[0].on_positions: it must be all, flatten, mean, or how many random positions of each sample, a whole number above 0, got none.',
  );
});
