/** The network on every kernel: trajectories of an independent implementation, and what its users rely on. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { experimentSchema } from '../../src/config/experiment.ts';
import { nonZerosOf } from '../../src/data/non-zeros.ts';
import type { FloatArray, Operations } from '../../src/kernel/operations.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import {
  createNetwork,
  type Network,
  type NetworkOptions,
  type SampleSource,
} from '../../src/network/network.ts';
import { resolveOptimizer } from '../../src/network/optimizers.ts';
import { uniformStream } from '../../src/random.ts';
import { allKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';

interface Trajectory extends NetworkOptions {
  readonly name: string;
  readonly batch: number;
  /** Weights and biases, layer by layer. */
  readonly initial: readonly (readonly number[])[];
  readonly batches: readonly { readonly x: readonly number[]; readonly y: readonly number[] }[];
  /** Before the step of each batch. */
  readonly expected: readonly { readonly loss: number; readonly penalty: number }[];
  readonly final: readonly (readonly number[])[];
}

const { cases: trajectories } = JSON.parse(
  readFileSync(new URL('../reference/training.json', import.meta.url), 'utf8'),
) as { cases: readonly Trajectory[] };

const kernels = await allKernels();

function setParameters(network: Network, values: readonly ArrayLike<number>[]): void {
  for (const [i, parameter] of network.parameters.entries()) parameter.values = values[i]!;
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
    expect(error).toBeLessThanOrEqual(tolerance);
  }
}

function batchOf(samples: number, inputs: number, index: number): Float32Array {
  const next = uniformStream(3, 'check', index);
  return Float32Array.from({ length: samples * inputs }, () => 2 * next() - 1);
}

const HIDDEN = { units: 6, activation: 'relu', penalized: true } as const;
const OUTPUT = { units: 3, activation: 'identity' } as const;
const SMALL = {
  inputs: 4,
  layers: [HIDDEN, OUTPUT],
  loss: 'cross-entropy',
  optimizer: { type: 'sgd', learning_rate: 0.1, momentum: 0.9 },
  penalty: { type: 'decov', weight: 0.5 },
  seed: 5,
} satisfies NetworkOptions;

for (const kernel of kernels) {
  describe(`network on the ${kernel.variant} kernel`, () => {
    const tolerance = TOLERANCES.training[kernel.precision];

    for (const { name, initial, batches, expected, final, ...options } of trajectories) {
      it(`reproduces the trajectory: ${name}`, () => {
        const network = createNetwork(kernel, options);
        setParameters(network, initial);
        for (const [i, { x, y }] of batches.entries()) {
          const { loss, penalty } = network.step(x, y);
          expectClose([loss, penalty], [expected[i]!.loss, expected[i]!.penalty], tolerance);
        }
        for (const [i, { values }] of network.parameters.entries()) expectClose(values, final[i]!, tolerance);
        network.dispose();
      });
    }

    it('a batch gathered from a split trains like the same batch given', () => {
      const given = createNetwork(kernel, SMALL);
      const gathered = createNetwork(kernel, SMALL);
      const values = Uint8Array.from(batchOf(8, 4, 0), (value) => Math.round((value + 1) * 100));
      const labels = Uint8Array.of(0, 1, 2, 0, 1, 2, 0, 1);
      const rows = Uint32Array.of(9, 7, 0, 3, 5);
      gathered.load({ samples: 8, values, divisor: 255, targets: labels }, rows, 1, 4);
      const x = [7, 0, 3, 5].flatMap((row) =>
        [...values.subarray(4 * row, 4 * row + 4)].map((byte) => byte / 255),
      );
      const { loss, penalty } = given.step(x, [1, 0, 0, 2]);
      expect(gathered.stepLoaded()).toMatchObject({ loss, penalty });
      for (const [i, parameter] of given.parameters.entries()) {
        expect(gathered.parameters[i]!.values).toEqual(parameter.values);
      }
      given.dispose();
      gathered.dispose();
    });

    it('a batch gathered from the non-zeros that its source keeps trains to the same bits', () => {
      const [samples, inputs] = [40, 12];
      const next = uniformStream(8, 'check', 0);
      const values = new Uint8Array(new SharedArrayBuffer(samples * inputs));
      for (let i = 0; i < values.length; i++) values[i] = next() < 0.7 ? 0 : Math.floor(256 * next());
      // A batch of which too much is other than zero.
      values.fill(7, 30 * inputs);
      const targets = Uint8Array.from({ length: samples }, (_, i) => i % 3);
      const source = { samples, values, divisor: 255, targets };
      const nonZeros = nonZerosOf({ ...source, targets: null }, inputs, 1)!;
      const order = Uint32Array.from({ length: samples }, (_, i) => (i < 30 ? (7 * i) % 30 : i));
      const train = (from: SampleSource): unknown => {
        const network = createNetwork(kernel, { ...SMALL, inputs, batch: 10 });
        const results = [0, 10, 20, 30].map((first) => {
          network.load(from, order, first, 10);
          return network.stepLoaded();
        });
        network.load(from, null, 3, 8);
        const answers = [...network.answersLoaded().outputs];
        const parameters = network.parameters.map(({ values }) => [...values]);
        network.dispose();
        return { results, answers, parameters };
      };
      expect(train({ ...source, nonZeros })).toEqual(train(source));
      const network = createNetwork(kernel, { ...SMALL, inputs, batch: 10 });
      expect(() => network.load({ ...source, nonZeros }, null, 35, 10)).toThrow('rows must be from 0 to 39');
      network.dispose();
    });

    it('floats with a divisor are divided', () => {
      const network = createNetwork(kernel, SMALL);
      const values = batchOf(3, 4, 1);
      network.load(
        { samples: 3, values: values.map((v) => v * 4), divisor: 4, targets: [0, 1, 2] },
        null,
        0,
        3,
      );
      const loaded = network.stepLoaded();
      const other = createNetwork(kernel, SMALL);
      expect(loaded.loss).toBe(other.step(values, [0, 1, 2]).loss);
      network.dispose();
      other.dispose();
    });

    it('a batch larger than any before changes nothing but the memory, a smaller one uses a part of it', () => {
      const large = createNetwork(kernel, { ...SMALL, batch: 64 });
      const growing = createNetwork(kernel, { ...SMALL, batch: 2 });
      for (const samples of [2, 9, 3, 17]) {
        const labels = Array.from({ length: samples }, (_, s) => s % 3);
        const x = batchOf(samples, 4, samples);
        expect(growing.step(x, labels)).toEqual(large.step(x, labels));
      }
      large.dispose();
      growing.dispose();
    });

    it('the same seed gives the same weights, and another penalty does not change them', () => {
      const weights = (options: NetworkOptions): FloatArray[] => {
        const network = createNetwork(kernel, options);
        const values = network.parameters.map((parameter) => parameter.values.slice());
        network.dispose();
        return values;
      };
      const first = weights(SMALL);
      expect(weights({ ...SMALL, penalty: { type: 'mean', weight: 2 } })).toEqual(first);
      expect(weights({ ...SMALL, seed: 6 })[0]).not.toEqual(first[0]);
      expect(first[1]).toEqual(first[1]!.map(() => 0));
      const limits = [Math.sqrt(6 / 4), Math.sqrt(6 / 9)];
      for (const [i, limit] of limits.entries()) {
        const largest = Math.max(...first[2 * i]!.map(Math.abs));
        expect(largest).toBeLessThanOrEqual(Math.fround(limit));
        expect(largest).toBeGreaterThan(limit / 2);
      }
    });

    it('weight 0, no penalised layer and no penalty are the same training, and report a penalty of 0', () => {
      const x = batchOf(6, 4, 2);
      const labels = [0, 1, 2, 2, 1, 0];
      const { penalty: _, ...without } = SMALL;
      const plain = [{ ...HIDDEN, penalized: false }, OUTPUT];
      const trained = [
        { ...SMALL, penalty: { type: 'none', weight: 0 } },
        { ...SMALL, layers: plain },
        without,
      ].map((options) => {
        const network = createNetwork(kernel, options);
        const results = [network.step(x, labels), network.step(x, labels)];
        network.dispose();
        return results;
      });
      expect(trained[1]).toEqual(trained[0]);
      expect(trained[2]).toEqual(trained[0]);
      expect(trained[0]!.map(({ penalty }) => penalty)).toEqual([0, 0]);
    });

    it('activations are what the penalty sees, and predictions the outputs of the last layer', () => {
      const x = batchOf(5, 4, 3);
      const relu = createNetwork(kernel, SMALL);
      const before = createNetwork(kernel, {
        ...SMALL,
        layers: [{ ...HIDDEN, on: 'preactivation' }, OUTPUT],
      });
      const z = before.activations(x, 0);
      expect(z.some((value) => value < 0)).toBe(true);
      expect(relu.activations(x, 0)).toEqual(z.map((value) => Math.max(value, 0)));
      expect(z.length).toBe(5 * HIDDEN.units);
      expect(relu.predict(x)).toEqual(relu.activations(x, 1));
      expect(before.predict(x)).toEqual(relu.predict(x));
      relu.dispose();
      before.dispose();
    });

    it('parameters are live views: what is written to them is what the network computes with', () => {
      const network = createNetwork(kernel, SMALL);
      const [weights] = network.parameters;
      const x = [1, 2, 3, 4];
      const before = network.predict(x);
      const w = Float64Array.from(weights!.values, (value) => value / 2 + 0.25);
      weights!.values.set(w);
      expect([...weights!.values]).toEqual(
        Array.from(weights!.values, (_, i) =>
          weights!.values instanceof Float32Array ? Math.fround(w[i]!) : w[i]!,
        ),
      );
      const after = network.predict(x);
      expect(after).not.toEqual(before);
      const assigned = createNetwork(kernel, SMALL);
      assigned.parameters[0]!.values = w;
      expect(assigned.predict(x)).toEqual(after);
      assigned.dispose();
      expect(() => assigned.parameters[0]!.values).toThrow(/must not be used after dispose/);
      expect(() => {
        assigned.parameters[0]!.values = w;
      }).toThrow(/must not be used after dispose/);
      weights!.values = new Float64Array(24).fill(0.5);
      expect([...weights!.values]).toEqual(Array(24).fill(0.5));
      expect(network.parameters.map(({ name, shape }) => [name, shape])).toEqual([
        ['dense1.weights', [4, 6]],
        ['dense1.biases', [6]],
        ['dense2.weights', [6, 3]],
        ['dense2.biases', [3]],
      ]);
      expect(() => {
        weights!.values = [1, 2];
      }).toThrow(/dense1.weights: it must be set to 24 numbers \(4 x 6\), got 2/);
      network.dispose();
    });

    it('a weight that is not a number is found', () => {
      const network = createNetwork(kernel, SMALL);
      expect(network.isFinite()).toBe(true);
      network.parameters[3]!.values = [0, Number.NaN, 0];
      expect(network.isFinite()).toBe(false);
      network.dispose();
    });

    it('what does not fit is refused', () => {
      const network = createNetwork(kernel, SMALL);
      expect(() => network.step(new Float32Array(9), [0, 1])).toThrow(/4 numbers for each sample, got 9/);
      expect(() => network.step(new Float32Array(8), [0])).toThrow(/1 for each of 2 samples, got 1/);
      expect(() => network.step(new Float32Array(8), [0, 3])).toThrow(/from 0 to 2, got 3/);
      expect(() => network.step(new Float32Array(8), [0, 0.5])).toThrow(/from 0 to 2, got 0.5/);
      expect(() => network.activations(new Float32Array(8), 2)).toThrow(
        /layer must be .* from 0 to 1, got 2/,
      );
      const source = { samples: 1, values: new Uint8Array(4), divisor: 1, targets: [0] };
      expect(() => network.load(source, null, 1, 1)).toThrow(/rows must be from 0 to 0, got 1/);
      expect(() => network.stepLoaded()).toThrow(/a batch must be loaded first/);
      network.dispose();
      expect(() => network.predict(new Float32Array(4))).toThrow(/after dispose/);
    });

    it('options that make no network are refused, and what was allocated is given back', () => {
      const wrong: readonly [Partial<NetworkOptions>, RegExp][] = [
        [{ inputs: 0 }, /inputs: it must be a whole number of at least 1, got 0/],
        [{ layers: [] }, /at least one layer/],
        [{ layers: [{ units: 2, activation: 'swish' as 'relu' }] }, /layers\[0\].activation.*got swish/],
        [{ penalty: { type: 'devoc', weight: 1 } }, /got "devoc"/],
        [{ penalty: { type: 'decov', weight: 1, epsilon: 1 } }, /no parameter epsilon/],
        [{ penalty: { type: 'decov', weight: Number.NaN } }, /penalty.weight/],
        [
          { optimizer: { type: 'sgd', learning_rate: 0.1, momentum: 1 } },
          /optimizer.momentum.*below 1, got 1/,
        ],
        [{ optimizer: { type: 'sgd', learning_rate: 0.1, nesterov: true } }, /nesterov.*momentum above 0/],
        [{ optimizer: { type: 'adagrad' as 'sgd', learning_rate: 0.1 } }, /optimizer.type.*got "adagrad"/],
      ];
      const other = createNetwork(kernel, SMALL);
      other.dispose();
      const before = kernel.operations.memoryBytes;
      for (const [options, message] of wrong) {
        expect(() => createNetwork(kernel, { ...SMALL, ...options })).toThrow(message);
      }
      expect(kernel.operations.memoryBytes).toBe(before);
    });

    it('a penalty with more samples to lose than the batch has is refused by name', () => {
      const network = createNetwork(kernel, { ...SMALL, penalty: { type: 'smooth-abs', weight: 1 } });
      expect(() => network.step(new Float32Array(4), [0])).toThrow(
        /smooth-abs: samples − ddof must be above 0/,
      );
      network.dispose();
    });
  });
}

describe('the corrections of Adam', () => {
  it('are of products of the betas, which every host rounds alike, and not of its powers', () => {
    const kernel = createReferenceKernel();
    const seen: (readonly [number, number])[] = [];
    const operations = Object.assign(Object.create(kernel.operations), {
      adam(...[, , , , count, { correction1, correction2 }]: Parameters<Operations['adam']>) {
        if (count === 3) seen.push([correction1, correction2]);
      },
    });
    const optimizer = { type: 'adam', learning_rate: 0.1 } as const;
    const network = createNetwork({ ...kernel, operations }, { ...SMALL, optimizer });
    const products = [1, 1] as [number, number];
    for (let step = 0; step < 40; step++) {
      network.step(batchOf(3, 4, 0), [0, 1, 2]);
      products[0] *= 0.9;
      products[1] *= 0.999;
      expect(seen.at(-1)).toEqual([1 - products[0], 1 - products[1]]);
    }
    expect(seen).toHaveLength(40);
  });
});

describe('optimizer defaults', () => {
  it('an optimizer that is given by its type alone means the same as in a sweep file', () => {
    for (const type of ['sgd', 'adam', 'adamw', 'rmsprop', 'lion', 'lars'] as const) {
      const optimizer = { type, learning_rate: 0.1 };
      const { training } = experimentSchema.parse({
        data: { source: 'mnist' },
        model: [{ dense: 8, penalized: true }],
        training: { optimizer },
        penalty: { type: 'decov', weight: 0 },
      });
      expect(resolveOptimizer(optimizer)).toEqual(training.optimizer);
    }
  });
});
