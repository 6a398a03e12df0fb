/** Label smoothing, class weights and mixed samples: losses and steps of an independent implementation, on every kernel. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { createNetwork, type Network, type NetworkOptions } from '../../src/network/network.ts';
import { classWeightsOf } from '../../src/trial/class-weights.ts';
import { allKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';

interface Case {
  readonly labelSmoothing: number;
  readonly classWeights: number[] | null;
  readonly loss: number;
  readonly gradient: number[];
}

const { x, weights, labels, cases } = JSON.parse(
  readFileSync(new URL('../reference/soft-cross-entropy.json', import.meta.url), 'utf8'),
) as { x: number[]; weights: number[]; labels: number[]; cases: Case[] };

const kernels = await allKernels();

/** One dense layer of 5 classes on 4 inputs, which plain gradient descent moves by its gradient. */
function networkOf(kernel: Kernel, options: Partial<NetworkOptions> = {}): Network {
  const network = createNetwork(kernel, {
    inputs: 4,
    layers: [{ units: 5, activation: 'identity' }],
    loss: 'cross-entropy',
    optimizer: { type: 'sgd', learning_rate: 1 },
    ...options,
  });
  network.parameters[0]!.values = weights;
  return network;
}

function gradientOf(network: Network): number[] {
  return [...network.parameters[0]!.values].map((after, i) => weights[i]! - after);
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value)));
  }
}

const source = { samples: 9, values: Float32Array.from(x), divisor: 1, targets: labels };

for (const kernel of kernels) {
  const tolerance = TOLERANCES.training[kernel.precision];
  describe(`${kernel.variant} in ${kernel.precision}`, () => {
    it.each(cases)('smoothing $labelSmoothing and weights $classWeights', (each) => {
      const { labelSmoothing, classWeights, loss, gradient } = each;
      const network = networkOf(kernel, { labelSmoothing, ...(classWeights && { classWeights }) });
      expectClose([network.step(x, labels).loss], [loss], tolerance);
      expectClose(gradientOf(network), gradient, tolerance);
      network.dispose();
    });

    it('an evaluation is the plain loss, whatever training is', () => {
      const [plain, soft] = [
        networkOf(kernel),
        networkOf(kernel, { labelSmoothing: 0.2, classWeights: [1, 2, 3, 4, 5] }),
      ];
      for (const network of [plain, soft]) network.load(source, null, 0, 9);
      expect(soft.evaluateLoaded()).toEqual(plain.evaluateLoaded());
      expect(soft.stepLoaded().loss).not.toBeCloseTo(plain.stepLoaded().loss, 3);
      plain.dispose();
      soft.dispose();
    });

    it('a mixed sample has both targets by their shares, and the class of the larger one counts as right', () => {
      const mixture = {
        shares: labels.map((_, s) => (s % 2 === 0 ? 0.25 : 0.75)),
        targets: labels.map((y) => (y + 1) % 5),
      };
      const mixed = networkOf(kernel, { mixesSamples: true });
      mixed.load({ ...source, mixture }, null, 0, 9);
      const { loss } = mixed.stepLoaded();
      const alone = (
        targets: readonly number[],
        weightsOf: readonly number[],
      ): { loss: number; gradient: number[] } => {
        // Samples one by one, each with its share of the mean.
        let total = 0;
        const sum = new Array<number>(weights.length).fill(0);
        for (let s = 0; s < 9; s++) {
          const network = networkOf(kernel);
          total += (weightsOf[s]! * network.step(x.slice(4 * s, 4 * s + 4), [targets[s]!]).loss) / 9;
          for (const [i, each] of gradientOf(network).entries()) sum[i]! += (weightsOf[s]! * each) / 9;
          network.dispose();
        }
        return { loss: total, gradient: sum };
      };
      const own = alone(labels, mixture.shares);
      const other = alone(
        mixture.targets,
        mixture.shares.map((share) => 1 - share),
      );
      expectClose([loss], [own.loss + other.loss], tolerance);
      expectClose(
        gradientOf(mixed),
        own.gradient.map((each, i) => each + other.gradient[i]!),
        tolerance,
      );
      const told = Array.from(mixed.answersLoaded().targets);
      expect(told).toEqual(labels.map((y, s) => (s % 2 === 0 ? (y + 1) % 5 : y)));
      mixed.dispose();
    });
  });
}

test.each([
  [
    { labelSmoothing: 1 },
    'createNetwork: labelSmoothing: it must be a number of at least 0 and below 1, got 1.',
  ],
  [{ classWeights: [1, 2] }, 'there must be one weight for each of the 5 classes, got 2'],
  [{ classWeights: [0, 0, 0, 0, 0] }, 'one must be above 0, got 0 for all'],
  [{ classWeights: [1, 1, 1, 1, -1] }, 'each must be a number of at least 0, got -1'],
  [{ loss: 'squared-error', labelSmoothing: 0.1 }, 'it must go with the cross-entropy, got squared-error'],
] as const)('%o is refused', (options, message) => {
  expect(() => networkOf(kernels[0]!, options)).toThrow(message);
});

test('balanced weights are samples / (classes · samples of the class), and 0 of a class without samples', () => {
  const train = {
    samples: 6,
    targets: Uint8Array.from([0, 0, 0, 1, 1, 3]),
    values: new Uint8Array(6),
    divisor: 1,
  };
  const dataset = { target: { kind: 'classes', classes: 4 }, train } as unknown as Parameters<
    typeof classWeightsOf
  >[1];
  expect(classWeightsOf('balanced', dataset)).toEqual([6 / 9, 1, 0, 2]);
  expect(classWeightsOf(undefined, dataset)).toBeUndefined();
  expect(classWeightsOf([1, 2, 3, 4], dataset)).toEqual([1, 2, 3, 4]);
});
