/** Layers that do one thing in training and another in evaluation: which is used where, and where their random numbers come from. */
import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../../src/kernel/kernel.ts';
import { createReferenceKernel } from '../../../src/kernel/reference.ts';
import type { LayerSettings } from '../../../src/network/layer.ts';
import { createNetwork, type Network } from '../../../src/network/network.ts';
import { layerStep, uniformStream } from '../../../src/random.ts';
import { allKernels } from '../../kernels.ts';

const SAMPLES = 6;
const reference = createReferenceKernel();
const kernels = await allKernels();

const x = Float64Array.from({ length: SAMPLES * 4 }, (_, i) => Math.fround(Math.sin(3 * i * i)));
const y = [0, 1, 2, 0, 1, 2];
const source = { samples: SAMPLES, values: Float32Array.from(x), divisor: 1, targets: y };

const RANDOM: readonly object[] = [
  { dense: 8, activation: 'relu' },
  { batch_normalization: true, momentum: 0.5 },
  { dropout: 0.5 },
  { dense: 5, activation: 'tanh', penalized: true },
  { gaussian_noise: 0.5 },
  { dense: 3 },
];

const networkOf = (kernel: Kernel = reference, layers = RANDOM, seed = 3): Network =>
  createNetwork(kernel, {
    inputs: 4,
    layers: layers as readonly LayerSettings[],
    seed,
    loss: 'cross-entropy',
    optimizer: { type: 'sgd', learning_rate: 0.1 },
    penalty: { type: 'decov', weight: 0.1 },
  });

describe('evaluation', () => {
  it('answers alike whenever it is asked, and leaves the moving moments as they are', () => {
    for (const kernel of kernels) {
      const network = networkOf(kernel);
      for (let step = 0; step < 3; step++) network.step(x, y);
      const buffers = network.buffers.map(({ values }) => [...values]);
      network.load(source, null, 0, SAMPLES);
      const first = network.evaluateLoaded();
      const answers = [...network.predict(x)];
      const activations = [...network.activations(x, 3)];
      network.load(source, null, 0, SAMPLES);
      expect(network.evaluateLoaded()).toEqual(first);
      expect([...network.predict(x)]).toEqual(answers);
      expect([...network.activations(x, 3)]).toEqual(activations);
      expect(network.buffers.map(({ values }) => [...values])).toEqual(buffers);
      network.dispose();
    }
  });

  it('a sample is answered alike alone and in a batch', () => {
    const network = networkOf();
    for (let step = 0; step < 3; step++) network.step(x, y);
    const together = [...network.predict(x)];
    const alone = Array.from({ length: SAMPLES }, (_, s) => [
      ...network.predict(x.subarray(4 * s, 4 * s + 4)),
    ]).flat();
    expect(alone).toEqual(together);
    network.dispose();
  });
});

describe('random numbers', () => {
  it('a dropout takes those of its seed, its position and the step', () => {
    for (const kernel of kernels) {
      const layers = [{ dropout: 0.5, penalized: true }, { dense: 3 }];
      const network = networkOf(kernel, layers, 17);
      for (let step = 0; step < 3; step++) {
        network.load(source, null, 0, SAMPLES);
        network.stepLoaded();
        const seen = kernel.operations.allocate(x.length);
        network.copyActivations(seen, 0, 0);
        const next = uniformStream(17, 'dropout', layerStep(0, step));
        // Products with 2 are exact.
        const expected = Array.from(source.values, (value) => (next() < 0.5 ? 0 : 2 * value));
        expect(Array.from(seen.values, (value) => value + 0)).toEqual(expected.map((value) => value + 0));
        kernel.operations.free(seen);
      }
      network.dispose();
    }
  });

  it('differ from layer to layer, step to step and seed to seed, and are the same for the same seed', () => {
    const masks = [
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ].map(([layer, step, seed]) => {
      const next = uniformStream(seed!, 'dropout', layerStep(layer!, step!));
      return Array.from({ length: 64 }, next).join();
    });
    expect(new Set(masks).size).toBe(4);
    const [first, again] = [networkOf(), networkOf()];
    const results = [first, again].map((network) => [0, 1, 2].map(() => network.step(x, y)));
    expect(results[0]).toEqual(results[1]);
    const other = networkOf(reference, RANDOM, 4);
    expect(other.step(x, y)).not.toEqual(results[0]![0]);
    for (const network of [first, again, other]) network.dispose();
  });
});

describe('the gradients that a trial measures', () => {
  it('are those of the step to come: of training, with its masks and its moments, and without a trace', () => {
    for (const kernel of kernels) {
      const [probed, plain] = [networkOf(kernel), networkOf(kernel)];
      for (let step = 0; step < 3; step++) {
        probed.load(source, null, 0, SAMPLES);
        const probe = probed.probeLoaded();
        expect(probed.probeLoaded()).toEqual(probe);
        plain.load(source, null, 0, SAMPLES);
        const { penalty } = plain.stepLoaded();
        // The penalty sees what the dropout below has left, which evaluation would not.
        expect(probe[0]!.value).toBe(penalty);
        expect(probed.stepLoaded().penalty).toBe(penalty);
        const numbers = (network: Network) =>
          [...network.parameters, ...network.buffers].map(({ values }) => [...values]);
        expect(numbers(probed)).toEqual(numbers(plain));
      }
      probed.dispose();
      plain.dispose();
    }
  });
});
