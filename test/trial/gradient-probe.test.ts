/** What a trial says about its penalty's gradient, against the definitions; and that asking changes no training. */
import { describe, expect, it } from 'vitest';
import type { DataConfig, PenaltyConfig } from '../../src/config/schema.ts';
import { loadDataset } from '../../src/data/load.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { createNetwork, type Network } from '../../src/network/network.ts';
import type { OptimizerOptions } from '../../src/network/optimizers.ts';
import { shuffledIndices } from '../../src/random.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { createGradientProbe } from '../../src/trial/gradient-probe.ts';
import { runTrial } from '../../src/trial/trial.ts';
import { allKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';

const DATA = {
  source: 'synthetic',
  train_samples: 120,
  test_samples: 60,
  features: 6,
  classes: 3,
  correlation: 0.6,
  separation: 2,
  seed: 1,
} satisfies DataConfig;

const BATCH = 40;
const kernels = await allKernels();
const dataset = await loadDataset(DATA);

type Layer = TrialSpec['experiment']['model'][number];
const RELU: Layer = { dense: 7, activation: 'relu', penalized: true, on: 'activation' };
const TANH: Layer = { dense: 5, activation: 'tanh', penalized: true, on: 'preactivation' };

function specOf(penalty: PenaltyConfig, model: readonly Layer[] = [RELU]): TrialSpec {
  return {
    id: 'p-s3',
    index: 0,
    point: 'p',
    baseline: false,
    seed: 3,
    settings: {},
    experiment: {
      data: DATA,
      model,
      training: {
        epochs: 2,
        batch_size: BATCH,
        optimizer: { type: 'sgd', learning_rate: 0.05, momentum: 0.9, nesterov: false, weight_decay: 0 },
      },
      penalty,
    },
  };
}

function networkOf(kernel: Kernel, spec: TrialSpec, type: string, weight: number): Network {
  return createNetwork(kernel, {
    inputs: 6,
    layers: [
      ...spec.experiment.model.map(({ dense, ...layer }) => ({ units: dense, ...layer })),
      { units: 3, activation: 'identity' },
    ],
    loss: 'cross-entropy',
    optimizer: spec.experiment.training.optimizer as OptimizerOptions,
    penalty: { type, weight },
    seed: 3,
  });
}

/** The one batch that a probe of so few steps looks at. */
function firstBatch(): { x: number[]; labels: number[] } {
  const rows = [...shuffledIndices(3, 'order', 1, 120).subarray(0, BATCH)];
  return {
    x: rows.flatMap((row) => [...dataset.train.values.subarray(6 * row, 6 * row + 6)]),
    labels: rows.map((row) => dataset.train.targets![row]!),
  };
}

function norm(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
}

/** Loss of the outputs of a linear layer over `a`, differentiated by hand: (softmax − onehot)·Wᵀ/n. */
function lossGradient(network: Network, x: readonly number[], labels: readonly number[]): number[] {
  const logits = network.predict(x);
  const weights = network.parameters.find(({ name }) => name === 'dense2.weights')!.values;
  return labels.flatMap((label, s) => {
    const row = [...logits.subarray(3 * s, 3 * s + 3)];
    const total = row.reduce((sum, z) => sum + Math.exp(z), 0);
    const delta = row.map((z, k) => (Math.exp(z) / total - (k === label ? 1 : 0)) / labels.length);
    return Array.from({ length: 7 }, (_, i) => delta.reduce((sum, d, k) => sum + d * weights[3 * i + k]!, 0));
  });
}

function expectClose(actual: number | null | undefined, expected: number, tolerance: number): void {
  const error = Math.abs((actual ?? Number.NaN) - expected) / Math.max(1, Math.abs(expected));
  expect(error, `${actual} is not ${expected}`).toBeLessThanOrEqual(tolerance);
}

for (const kernel of kernels) {
  describe(`gradients of a trial on the ${kernel.variant} ${kernel.precision} kernel`, () => {
    const tolerance = TOLERANCES.gradient[kernel.precision];

    it('strength and cosine are those of the gradients of loss and penalty at the layer', () => {
      const spec = specOf({ type: 'decov', weight: 0.3 });
      const network = networkOf(kernel, spec, 'decov', 0.3);
      const found = createGradientProbe(network, spec, dataset).measure().get(0);
      const { x, labels } = firstBatch();
      const activations = network.activations(x, 0);
      const { value, gradient } = kernel.penalty('decov', activations, { samples: BATCH, units: 7 });
      const loss = lossGradient(network, x, labels);
      expectClose(found?.penalty, value, tolerance);
      expectClose(found?.strength, (0.3 * norm(gradient)) / norm(loss), tolerance);
      const means = Array.from({ length: 7 }, (_, i) =>
        labels.reduce((sum, _label, s) => sum + activations[7 * s + i]! / BATCH, 0),
      );
      const centered = Array.from(activations, (a, at) => a - means[at % 7]!);
      const inner = centered.reduce((sum, a, at) => sum + a * gradient[at]!, 0);
      expectClose(found?.cosine, inner / (norm(gradient) * norm(centered)), tolerance);
      network.dispose();
    });

    it('of many steps more than one batch is measured, and the penalty is their mean', async () => {
      const many = await loadDataset({ ...DATA, train_samples: 400 });
      const plain = specOf({ type: 'decov', weight: 0.3 });
      const experiment = { ...plain.experiment, training: { ...plain.experiment.training, batch_size: 2 } };
      const network = networkOf(kernel, plain, 'decov', 0.3);
      const found = createGradientProbe(network, { ...plain, experiment }, many)
        .measure()
        .get(0);
      const rows = [...shuffledIndices(3, 'order', 1, 400).subarray(0, 4)];
      const values = [rows.slice(0, 2), rows.slice(2)].map((batch) => {
        const x = batch.flatMap((row) => [...many.train.values.subarray(6 * row, 6 * row + 6)]);
        return kernel.penalty('decov', network.activations(x, 0), { samples: 2, units: 7 }).value;
      });
      expectClose(found?.penalty, (values[0]! + values[1]!) / 2, tolerance);
      network.dispose();
    });

    it('a penalty that is indifferent to scale does not point along the activations at all', () => {
      const spec = specOf({ type: 'squared-correlation', weight: 1, epsilon: 1e-12 });
      const { penalty } = runTrial(kernel, spec, dataset);
      expectClose(penalty?.start.dense1?.cosine, 0, tolerance);
    });

    it('the gradient of the loss at a lower layer is free of the penalties above it', () => {
      const both = specOf({ type: 'decov', weight: 0.3 }, [RELU, TANH]);
      const lower = specOf({ type: 'decov', weight: 0.3 }, [RELU, { ...TANH, penalized: false }]);
      const start = (spec: TrialSpec) => runTrial(kernel, spec, dataset).penalty?.start;
      expect(start(both)?.dense1).toEqual(start(lower)?.dense1);
      expect(Object.keys(start(both) ?? {})).toEqual(['dense1', 'dense2']);
    });

    it('asking between two steps changes neither of them, to the last bit', () => {
      const spec = specOf({ type: 'decov', weight: 0.3 }, [RELU, TANH]);
      const [plain, probed] = [1, 2].map(() => networkOf(kernel, spec, 'decov', 0.3)) as [Network, Network];
      const probe = createGradientProbe(probed, spec, dataset);
      const { x, labels } = firstBatch();
      for (let step = 0; step < 4; step++) {
        probe.measure();
        expect(probed.step(x, labels)).toEqual(plain.step(x, labels));
      }
      for (const [i, { values }] of plain.parameters.entries()) {
        expect(probed.parameters[i]!.values).toEqual(values);
      }
      plain.dispose();
      probed.dispose();
    });

    it('every epoch of a penalised trial says it for each layer, a baseline never', () => {
      const { epochs, penalty } = runTrial(
        kernel,
        specOf({ type: 'decov', weight: 0.3 }, [RELU, TANH]),
        dataset,
      );
      expect(penalty?.weight).toBe(0.3);
      for (const { layers } of epochs) {
        for (const { gradient } of layers) {
          expect(gradient?.strength).toBeGreaterThan(0);
          expect(gradient?.cosine).toBeGreaterThan(0);
        }
      }
      const baseline = runTrial(kernel, { ...specOf({ type: 'decov', weight: 0 }), baseline: true }, dataset);
      expect(baseline.penalty).toBeUndefined();
      expect(baseline.epochs[0]?.layers[0]).not.toHaveProperty('gradient');
    });

    it('a penalty on two activations is measured at the layer that it is put on', () => {
      const against = { type: 'cross-covariance', against: 'labels' };
      const { penalty } = runTrial(kernel, specOf({ ...against, strength: 0.2 }), dataset);
      const weight = penalty?.weight ?? Number.NaN;
      expectClose(penalty?.start.dense1?.strength, 0.2, tolerance);
      const network = networkOf(kernel, specOf({ ...against, weight }), 'decov', 0);
      const { x, labels } = firstBatch();
      const oneHot = labels.flatMap((label) => [0, 1, 2].map((k) => (k === label ? 1 : 0)));
      const activations = network.activations(x, 0);
      const sizes = { samples: BATCH, units: 7, otherUnits: 3 };
      const { gradientX } = kernel.crossPenalty('cross-covariance', activations, oneHot, sizes);
      expectClose((weight * norm(gradientX)) / norm(lossGradient(network, x, labels)), 0.2, tolerance);
      network.dispose();
    });

    it('a strength sets the weight, and trains exactly as that weight does', () => {
      const { penalty, epochs } = runTrial(kernel, specOf({ type: 'decov', strength: 0.2 }), dataset);
      expectClose(penalty?.start.dense1?.strength, 0.2, tolerance);
      const weight = penalty?.weight ?? Number.NaN;
      const given = runTrial(kernel, specOf({ type: 'decov', weight }), dataset);
      expect(given.epochs).toEqual(epochs);
      const doubled = runTrial(kernel, specOf({ type: 'decov', strength: 0.4 }), dataset);
      expectClose(doubled.penalty?.weight, 2 * weight, tolerance);
    });
  });
}

describe('a strength that no weight has', () => {
  it('fails the trial by name', () => {
    const spec = specOf({ type: 'huber', strength: 0.1 }, [{ ...RELU, dense: 2 }]);
    const kernel = createReferenceKernel();
    const operations = Object.assign(Object.create(kernel.operations), {
      penalty: (gradient: { values: Float64Array }) => {
        gradient.values.fill(0);
        return 0;
      },
    });
    expect(() => runTrial({ ...kernel, operations }, spec, dataset)).toThrow(
      expect.objectContaining({ code: 'STRENGTH_UNDEFINED', name: 'TrialError' }),
    );
  });
});
