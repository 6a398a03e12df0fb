/** Networks whose penalty looks at two activations: both gradients against central differences, and on every kernel. */
import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import {
  createNetwork,
  type LayerOptions,
  type NetworkOptions,
  type NetworkPenalty,
} from '../../src/network/network.ts';
import { uniformStream } from '../../src/random.ts';
import { allKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';

const SAMPLES = 12;
const INPUTS = 5;
const CLASSES = 4;
const LABELS = Array.from({ length: SAMPLES }, (_, s) => (s * s) % CLASSES);
const STEP = 1e-5;

const kernels = await allKernels();
const reference = createReferenceKernel();

function batch(index: number): Float32Array {
  const next = uniformStream(11, 'check', index);
  return Float32Array.from({ length: SAMPLES * INPUTS }, () => 2 * next() - 1);
}

const TANH = { units: CLASSES, activation: 'tanh' } as const;
const SIGMOID = { units: CLASSES, activation: 'sigmoid' } as const;
const WIDE = { units: 7, activation: 'tanh' } as const;
const OUTPUT = { units: CLASSES, activation: 'identity' } as const;
const PENALIZED = { penalized: true } as const;
const BEFORE = { on: 'preactivation' } as const;

/** Hidden layers, and what the penalised ones are set against. All have as many units as there are classes. */
const NETWORKS: readonly (readonly [string, readonly LayerOptions[], string])[] = [
  ['the labels', [{ ...TANH, ...PENALIZED }, SIGMOID], 'labels'],
  ['the outputs', [{ ...TANH, ...PENALIZED }], 'output'],
  ['the layer above', [{ ...TANH, ...PENALIZED }, SIGMOID], 'dense2'],
  ['the layer below', [SIGMOID, { ...TANH, ...PENALIZED }], 'dense1'],
  [
    'what a layer further up has before its activation function',
    [{ ...TANH, ...PENALIZED }, TANH, { ...SIGMOID, ...BEFORE }],
    'dense3',
  ],
  [
    'a layer below, both before their activation functions',
    [
      { ...SIGMOID, ...BEFORE },
      { ...TANH, ...BEFORE, ...PENALIZED },
    ],
    'dense1',
  ],
  [
    'one layer for two that are penalised',
    [{ ...TANH, ...PENALIZED }, TANH, { ...SIGMOID, ...PENALIZED }],
    'dense2',
  ],
];

const PENALTIES: readonly NetworkPenalty[] = [
  { type: 'cross-covariance', weight: 3 },
  { type: 'cross-covariance', weight: 2, centered: false, ddof: 1 },
  { type: 'barlow-twins', weight: 0.3, lambda: 0.2 },
];

function options(hidden: readonly LayerOptions[], penalty: NetworkPenalty): NetworkOptions {
  return {
    inputs: INPUTS,
    layers: [...hidden, OUTPUT],
    loss: 'cross-entropy',
    // The parameters lose exactly their gradient.
    optimizer: { type: 'sgd', learning_rate: 1 },
    penalty,
    seed: 2,
  };
}

type Parameters = readonly Float64Array[];

/** One step from given parameters: what the batch cost before it, and the parameters after it. */
function stepFrom(kernel: Kernel, network: NetworkOptions, start?: Parameters) {
  const trained = createNetwork(kernel, network);
  if (start !== undefined)
    for (const [i, parameter] of trained.parameters.entries()) parameter.values = start[i]!;
  const before = trained.parameters.map(({ values }) => Float64Array.from(values));
  const { loss, penalty } = trained.step(batch(0), LABELS);
  const after = trained.parameters.map(({ values }) => Float64Array.from(values));
  trained.dispose();
  return { before, after, penalty, cost: loss + network.penalty!.weight * penalty };
}

describe.each(NETWORKS)('against %s', (_claim, hidden, against) => {
  it.each(PENALTIES)('the gradient of the whole network is that of its cost: $type', (settings) => {
    const network = options(hidden, { ...settings, against });
    const { before, after, penalty } = stepFrom(reference, network);
    expect(penalty).toBeGreaterThan(0);
    const gradient = before.map((values, i) => values.map((value, k) => value - after[i]![k]!));
    const largest = Math.max(...gradient.flatMap((values) => [...values].map(Math.abs)));
    const costAt = (i: number, k: number, shift: number): number => {
      const moved = before.map((values) => values.slice());
      moved[i]![k]! += shift;
      return stepFrom(reference, network, moved).cost;
    };
    for (const [i, values] of gradient.entries()) {
      for (const [k, own] of values.entries()) {
        const difference = (costAt(i, k, STEP) - costAt(i, k, -STEP)) / (2 * STEP);
        expect(Math.abs(own - difference)).toBeLessThanOrEqual(TOLERANCES.finiteDifference * largest);
      }
    }
  });

  it.each(PENALTIES)('every kernel trains as the reference does: $type', (settings) => {
    const network: NetworkOptions = {
      ...options(hidden, { ...settings, against }),
      optimizer: { type: 'sgd', learning_rate: 0.1, momentum: 0.9 },
    };
    const trajectory = (kernel: Kernel): number[] => {
      const trained = createNetwork(kernel, network);
      const costs = [0, 1, 2, 3, 4].flatMap((index) => {
        // The last batch is smaller than those before.
        const samples = index === 4 ? 5 : SAMPLES;
        const x = batch(index).subarray(0, samples * INPUTS);
        const { loss, penalty } = trained.step(x, LABELS.slice(0, samples));
        return [loss, penalty];
      });
      const ends = trained.parameters.flatMap(({ values }) => [...values]);
      trained.dispose();
      return [...costs, ...ends];
    };
    const expected = trajectory(reference);
    for (const kernel of kernels) {
      const tolerance = TOLERANCES.training[kernel.precision];
      for (const [i, value] of trajectory(kernel).entries()) {
        const error = Math.abs(value - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
        expect(error).toBeLessThanOrEqual(tolerance);
      }
    }
  });
});

for (const kernel of kernels) {
  describe(`a penalty on two activations on the ${kernel.variant} kernel`, () => {
    it('is the penalty of the kernel between the activations and the one-hot labels of the batch', () => {
      const network = createNetwork(
        kernel,
        options([{ ...WIDE, ...PENALIZED }], { type: 'cross-covariance', weight: 1, against: 'labels' }),
      );
      const oneHot = LABELS.flatMap((label) => Array.from({ length: CLASSES }, (_, c) => +(c === label)));
      const x = network.activations(batch(0), 0);
      const shape = { samples: SAMPLES, units: 7, otherUnits: CLASSES };
      const { value } = kernel.crossPenalty('cross-covariance', x, oneHot, shape);
      expect(network.step(batch(0), LABELS).penalty).toBe(value);
      network.dispose();
    });

    it('is summed over the penalised layers, and counts once for each', () => {
      const hidden = [{ ...WIDE, ...PENALIZED }, TANH, { ...SIGMOID, ...PENALIZED }];
      const network = createNetwork(
        kernel,
        options(hidden, { type: 'cross-covariance', weight: 1, against: 'dense2' }),
      );
      const [first, second, third] = [0, 1, 2].map((layer) => network.activations(batch(0), layer));
      const samples = SAMPLES;
      const values = [
        kernel.crossPenalty('cross-covariance', first!, second!, { samples, units: 7, otherUnits: CLASSES }),
        kernel.crossPenalty('cross-covariance', third!, second!, { samples, units: CLASSES }),
      ].map(({ value }) => value);
      expect(network.step(batch(0), LABELS).penalty).toBe(values[1]! + values[0]!);
      network.dispose();
    });

    it('a class without a sample is a constant column, and all stays finite', () => {
      for (const settings of PENALTIES) {
        const network = createNetwork(
          kernel,
          options([{ ...TANH, ...PENALIZED }], { ...settings, against: 'labels' }),
        );
        const { penalty } = network.step(
          batch(0),
          LABELS.map(() => 1),
        );
        expect(Number.isFinite(penalty)).toBe(true);
        expect(network.isFinite()).toBe(true);
        network.dispose();
      }
    });

    it('what cannot be set against each other is refused by name', () => {
      const hidden = [{ ...WIDE, ...PENALIZED }, TANH];
      const cross = { type: 'cross-covariance', weight: 1 };
      const wrong: readonly [Partial<NetworkOptions>, RegExp][] = [
        [
          { penalty: cross },
          /penalty.against: it must be labels, output, or the name of .* not penalised, got undefined/,
        ],
        [{ penalty: { ...cross, against: 'dense1' } }, /a layer that is not penalised, got dense1/],
        [{ penalty: { ...cross, against: 'dense3' } }, /a layer that is not penalised, got dense3/],
        [{ penalty: { type: 'decov', weight: 1, against: 'labels' } }, /left out for decov.*got labels/],
        [
          { penalty: { ...cross, against: 'labels' }, loss: 'squared-error' },
          /labels must go with the cross-entropy, got squared-error/,
        ],
        [
          { penalty: { ...cross, against: 'labels', lambda: 1 } },
          /cross-covariance: it has no parameter lambda/,
        ],
        [
          { penalty: { type: 'barlow-twins', weight: 1, against: 'labels' } },
          /barlow-twins: otherUnits must be units = 7, .* got 4/,
        ],
      ];
      for (const [changes, message] of wrong) {
        expect(() => createNetwork(kernel, { ...options(hidden, cross), ...changes })).toThrow(message);
      }
    });
  });
}
