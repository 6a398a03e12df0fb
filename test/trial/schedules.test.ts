/** Trials whose learning rate or weight follows a schedule: the values of every step, and what is recorded. */
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../src/data/load.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { createNetwork, type Network } from '../../src/network/network.ts';
import { shuffledIndices } from '../../src/random.ts';
import type { TrialRecord } from '../../src/record/record.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { runTrial } from '../../src/trial/trial.ts';
import { allKernels } from '../kernels.ts';

const data = {
  source: 'synthetic',
  train_samples: 96,
  test_samples: 40,
  features: 6,
  classes: 3,
  correlation: 0.6,
  separation: 4,
  seed: 2,
};
const dataset = await loadDataset(data);
const kernels = await allKernels();
const EPOCHS = 3;
const BATCH = 32;
const STEPS = 9;

function specOf(
  learningRate: TrialSpec['experiment']['training']['optimizer']['learning_rate'],
  penalty: TrialSpec['experiment']['penalty'],
): TrialSpec {
  return {
    id: 'point-s0',
    index: 0,
    point: 'point',
    baseline: false,
    seed: 0,
    settings: {},
    experiment: {
      data,
      model: [{ dense: 7, activation: 'relu', penalized: true, on: 'activation' }],
      training: {
        epochs: EPOCHS,
        batch_size: BATCH,
        optimizer: {
          type: 'sgd',
          learning_rate: learningRate,
          momentum: 0.9,
          nesterov: false,
          weight_decay: 0,
        },
      },
      penalty,
    },
  };
}

/** Mean training losses and penalties of the epochs, with a rate and a weight of every step. */
function byHand(
  kernel: Kernel,
  rateAt: (step: number) => number,
  weightAt: (step: number) => number,
): { loss: number; penalty: number }[] {
  const network: Network = createNetwork(kernel, {
    inputs: 6,
    layers: [
      { units: 7, activation: 'relu', penalized: true },
      { units: 3, activation: 'identity' },
    ],
    loss: 'cross-entropy',
    optimizer: { type: 'sgd', learning_rate: 1, momentum: 0.9 },
    penalty: { type: 'decov', weight: 1 },
  });
  const epochs = [1, 2, 3].map((epoch) => {
    const order = shuffledIndices(0, 'order', epoch, 96);
    const results = [0, 1, 2].map((batch) => {
      const step = 3 * (epoch - 1) + batch;
      network.learningRate = rateAt(step);
      network.penaltyWeight = weightAt(step);
      network.load(dataset.train, order, batch * BATCH, BATCH);
      return network.stepLoaded();
    });
    const total = (of: 'loss' | 'penalty'): number => results.reduce((sum, each) => sum + each[of], 0);
    const loss = results.reduce((sum, each) => sum + each.loss * BATCH, 0) / 96;
    return { loss, penalty: total('penalty') / 3 };
  });
  network.dispose();
  return epochs;
}

function trainOf({ epochs }: TrialRecord): { loss: number; penalty: number }[] {
  return epochs.map(({ train: { loss, penalty } }) => ({ loss, penalty }));
}

for (const kernel of kernels) {
  describe(`${kernel.variant} in ${kernel.precision}`, () => {
    it('every step has the learning rate and the weight of its schedule, to the last bit', () => {
      const record = runTrial(
        kernel,
        specOf(
          { schedule: 'linear', initial: 0.2, final: 0.1, warmup_epochs: 1 },
          { type: 'decov', weight: { schedule: 'linear', initial: 0, final: 4 } },
        ),
        dataset,
      );
      const rateAt = (step: number): number =>
        step < 3 ? (0.2 * (step + 1)) / 3 : 0.2 + (0.1 - 0.2) * ((step - 3) / 6);
      expect(trainOf(record)).toEqual(byHand(kernel, rateAt, (step) => 4 * (step / STEPS)));
    });

    it('a weight that begins at 0 is probed and recorded at its largest', () => {
      const weight = { schedule: 'linear', initial: 0, final: 0.5 } as const;
      const scheduled = runTrial(kernel, specOf(0.1, { type: 'decov', weight }), dataset);
      const constant = runTrial(kernel, specOf(0.1, { type: 'decov', weight: 0.5 }), dataset);
      expect(scheduled.penalty).toEqual(constant.penalty);
      expect(scheduled.initial).toEqual(constant.initial);
      expect(scheduled.penalty?.weight).toBe(0.5);
      const [first, last] = [scheduled.epochs[0], scheduled.epochs.at(-1)];
      expect(first?.layers[0]?.gradient?.strength).toBeGreaterThan(0);
      expect(last?.train.loss).not.toBe(constant.epochs.at(-1)?.train.loss);
    });

    it('a scheduled strength sets the largest weight, and the weight follows it', () => {
      const strength = { schedule: 'cosine', initial: 0, final: 0.3 } as const;
      const record = runTrial(kernel, specOf(0.1, { type: 'decov', strength }), dataset);
      const plain = runTrial(kernel, specOf(0.1, { type: 'decov', strength: 0.3 }), dataset);
      expect(record.penalty).toEqual(plain.penalty);
      const most = record.penalty!.weight;
      const weighted = runTrial(
        kernel,
        specOf(0.1, { type: 'decov', weight: { schedule: 'linear', initial: 0, final: most } }),
        dataset,
      );
      expect(trainOf(record)).not.toEqual(trainOf(weighted));
      expect(trainOf(record)).not.toEqual(trainOf(plain));
    });
  });
}
