/** Trials on augmented samples: paired over points, to the last bit, in training alone. */
import { describe, expect, it } from 'vitest';
import type { AugmentationConfig } from '../../src/data/augmentation/augmentations.ts';
import { Augmenter } from '../../src/data/augmentation/augmenter.ts';
import type { Dataset, Split } from '../../src/data/dataset.ts';
import type { TargetKind } from '../../src/data/task.ts';
import { createNetwork } from '../../src/network/network.ts';
import { shuffledIndices, uniformStream } from '../../src/random.ts';
import type { TrialRecord } from '../../src/record/record.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { runTrial } from '../../src/trial/trial.ts';
import { allKernels } from '../kernels.ts';

const SHAPE = [6, 5, 1];
const FEATURES = 30;
const next = uniformStream(3, 'check', 5);

function splitOf(samples: number, target: TargetKind): Split {
  const values = Uint8Array.from({ length: samples * FEATURES }, () => Math.floor(256 * next()));
  const targets =
    target.kind === 'classes'
      ? Uint8Array.from({ length: samples }, (_, s) => s % 3)
      : target.kind === 'numbers'
        ? Float32Array.from({ length: samples }, next)
        : null;
  return { samples, values, divisor: 255, targets } as unknown as Split;
}

function datasetOf(target: TargetKind): Dataset {
  const [train, test] = [splitOf(60, target), splitOf(30, target)];
  return { name: 'images', fingerprint: '', features: FEATURES, shape: SHAPE, target, train, test };
}

const classes = datasetOf({ kind: 'classes', classes: 3 });
const numbers = datasetOf({ kind: 'numbers', width: 1 });
const inputs = datasetOf({ kind: 'inputs' });
const kernels = await allKernels();

const STEPS: readonly AugmentationConfig[] = [
  { type: 'random_crop', padding: 1 },
  { type: 'random_flip', direction: 'horizontal', probability: 0.5 },
  { type: 'random_rotation', degrees: 10 },
  { type: 'gaussian_noise', stddev: 0.05 },
  { type: 'mixup', alpha: 0.4 },
];

function specOf(augmentation: readonly AugmentationConfig[] | undefined, weight = 0.1): TrialSpec {
  return {
    id: 'point-s0',
    index: 0,
    point: 'point',
    baseline: weight === 0,
    seed: 0,
    settings: {},
    experiment: {
      data: { source: 'images' },
      model: [{ dense: 8, activation: 'relu', penalized: true, on: 'activation' }],
      training: {
        epochs: 2,
        batch_size: 20,
        optimizer: { type: 'sgd', learning_rate: 0.05, momentum: 0.9, nesterov: false, weight_decay: 0 },
        ...(augmentation && { augmentation }),
      },
      penalty: { type: 'decov', weight },
    },
  };
}

function results({ timing: _, ...rest }: TrialRecord): Omit<TrialRecord, 'timing'> {
  return rest;
}

for (const kernel of kernels) {
  describe(`${kernel.variant} in ${kernel.precision}`, () => {
    it('a trial repeats to the last bit, and what it begins with is not augmented', () => {
      const whole = runTrial(kernel, specOf(STEPS), classes);
      expect(results(runTrial(kernel, specOf(STEPS), classes))).toEqual(results(whole));
      // Mixed samples have the gradient of another operation, whose last bits differ.
      const first = runTrial(kernel, specOf(STEPS.slice(0, 4)), classes);
      const plain = runTrial(kernel, specOf(undefined), classes);
      expect(first.initial).toEqual(plain.initial);
      expect(first.penalty).toEqual(plain.penalty);
      expect(first.epochs[0]?.train.loss).not.toBe(plain.epochs[0]?.train.loss);
      expect(results(runTrial(kernel, specOf([]), classes))).toEqual(results(plain));
    });

    it('its steps are those of a network on the augmented batches, which every point has alike', () => {
      const [{ train } = {}] = runTrial(kernel, specOf(STEPS, 0), classes).epochs;
      const network = createNetwork(kernel, {
        inputs: FEATURES,
        layers: [
          { units: 8, activation: 'relu' },
          { units: 3, activation: 'identity' },
        ],
        loss: 'cross-entropy',
        optimizer: { type: 'sgd', learning_rate: 0.05, momentum: 0.9 },
        mixesSamples: true,
      });
      const augmenter = new Augmenter(STEPS, SHAPE, classes.train, 0);
      const order = shuffledIndices(0, 'order', 1, 60);
      let loss = 0;
      for (let first = 0; first < 60; first += 20) {
        network.load(augmenter.batch(1, order, first, 20), null, 0, 20);
        loss += network.stepLoaded().loss * 20;
      }
      expect(train?.loss).toBe(loss / 60);
      network.dispose();
    });

    it.each([
      ['regression', numbers],
      ['autoencoding', inputs],
    ])('%s mixes its targets as well', (_, dataset) => {
      const mixed = runTrial(kernel, specOf(STEPS), dataset);
      expect(mixed.outcome).toEqual({ status: 'complete' });
      const unmixed = runTrial(kernel, specOf(STEPS.slice(0, 4)), dataset);
      expect(mixed.epochs[0]?.train.loss).not.toBe(unmixed.epochs[0]?.train.loss);
    });
  });
}
