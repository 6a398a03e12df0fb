/** Whole trials on every kernel: what they record, how they end, and that they repeat to the last bit. */
import { describe, expect, it } from 'vitest';
import type { DataConfig } from '../../src/config/schema.ts';
import { loadDataset } from '../../src/data/load.ts';
import { outputsOf } from '../../src/data/task.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { decorrelationMetrics } from '../../src/metrics/decorrelation.ts';
import { createNetwork } from '../../src/network/network.ts';
import type { OptimizerOptions } from '../../src/network/optimizers.ts';
import { stepsPerEpoch } from '../../src/network/steps.ts';
import { shuffledIndices } from '../../src/random.ts';
import type { Outcome, TrialRecord } from '../../src/record/record.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { runTrial, type TrialProgress } from '../../src/trial/trial.ts';
import { allKernels } from '../kernels.ts';

const DATA = {
  source: 'synthetic',
  train_samples: 150,
  test_samples: 90,
  features: 10,
  classes: 3,
  correlation: 0.6,
  separation: 4,
  seed: 1,
} satisfies DataConfig;

const kernels = await allKernels();
const dataset = await loadDataset(DATA);

type ExperimentChanges = Partial<TrialSpec['experiment']>;

function trialSpec(experiment: ExperimentChanges = {}, seed = 0): TrialSpec {
  return {
    id: `point-s${seed}`,
    index: 0,
    point: 'point',
    baseline: false,
    seed,
    settings: { 'penalty.weight': 0.02 },
    experiment: {
      data: DATA,
      model: [
        { dense: 12, activation: 'relu', penalized: true, on: 'activation' },
        { dense: 8, activation: 'tanh', penalized: false, on: 'activation' },
        { dense: 6, activation: 'relu', penalized: true, on: 'preactivation' },
      ],
      training: training({}),
      penalty: { type: 'decov', weight: 0.02 },
      ...experiment,
    },
  };
}

function training(changes: { epochs?: number; batch_size?: number; learning_rate?: number }) {
  const { epochs = 2, batch_size = 32, learning_rate = 0.05 } = changes;
  const optimizer = { type: 'sgd', learning_rate, momentum: 0.9, nesterov: false, weight_decay: 0 } as const;
  return { epochs, batch_size, optimizer };
}

/** The record without its times. */
function results({ timing: _, ...rest }: TrialRecord): Omit<TrialRecord, 'timing'> {
  return rest;
}

function progressOf(kernel: Kernel, spec: TrialSpec): TrialProgress[] {
  const seen: TrialProgress[] = [];
  let time = 0;
  runTrial(kernel, spec, dataset, {
    onProgress: (progress) => seen.push(progress),
    now: () => {
      time += 1000;
      return time;
    },
  });
  return seen;
}

for (const kernel of kernels) {
  describe(`trial on the ${kernel.variant} kernel`, () => {
    it('trains to the end, and says what it trained', () => {
      const spec = trialSpec({ training: training({ epochs: 6 }) });
      const record = runTrial(kernel, spec, dataset);
      const { id, point, baseline, seed, settings } = spec;
      expect(record).toMatchObject({ schemaVersion: 2, kind: 'trial', id, point, baseline, seed, settings });
      expect(record.outcome).toEqual({ status: 'complete' });
      expect(record.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(record.epochs.at(-1)!.train.loss).toBeLessThan(record.epochs[0]!.train.loss);
      expect(record.epochs.at(-1)!.test!.accuracy).toBeGreaterThan(0.9);
      expect(record.timing.seconds).toBeGreaterThanOrEqual(record.timing.trainSeconds);
    });

    it('the same trial gives the same bits, whatever the kernel did before', () => {
      const spec = trialSpec();
      const first = runTrial(kernel, spec, dataset);
      const between = kernel.operations.allocate(777);
      runTrial(kernel, trialSpec({ penalty: { type: 'squared-correlation', weight: 1 } }, 4), dataset);
      expect(results(runTrial(kernel, spec, dataset))).toEqual(results(first));
      kernel.operations.free(between);
    });

    it.each(['labels', 'dense2', 'output'])(
      'a penalty against %s falls, and trains to the same bits each time',
      (against) => {
        const spec = trialSpec({
          penalty: { type: 'cross-covariance', weight: 1, against },
          training: training({ epochs: 4 }),
        });
        const first = runTrial(kernel, spec, dataset);
        const penalties = first.epochs.map(({ train }) => train.penalty);
        expect(penalties[3]).toBeLessThan(penalties[0]!);
        expect(results(runTrial(kernel, spec, dataset))).toEqual(results(first));
      },
    );

    it('an epoch is the steps of a network over the shuffled samples, measured on the test split', () => {
      const spec = trialSpec({ training: training({ epochs: 1, batch_size: 50 }) }, 3);
      const [epoch] = runTrial(kernel, spec, dataset).epochs;
      const network = createNetwork(kernel, {
        inputs: dataset.features,
        layers: [
          ...spec.experiment.model.map(({ dense, ...layer }) => ({ units: dense, ...layer })),
          { units: outputsOf(dataset), activation: 'identity' },
        ],
        loss: 'cross-entropy',
        optimizer: spec.experiment.training.optimizer as OptimizerOptions,
        penalty: { type: 'decov', weight: 0.02 },
        seed: 3,
      });
      const order = shuffledIndices(3, 'order', 1, 150);
      const steps = [0, 50, 100].map((first) => {
        const rows = [...order.subarray(first, first + 50)];
        const x = rows.flatMap((row) => [...dataset.train.values.subarray(10 * row, 10 * row + 10)]);
        return network.step(
          x,
          rows.map((row) => dataset.train.targets![row]!),
        );
      });
      const mean = (values: number[]): number => values.reduce((sum, value) => sum + value * 50, 0) / 150;
      expect(epoch!.train.loss).toBe(mean(steps.map(({ loss }) => loss)));
      expect(epoch!.train.penalty).toBe(steps.reduce((sum, { penalty }) => sum + penalty, 0) / 3);

      expect(epoch!.layers.map(({ layer, name, units, samples }) => [layer, name, units, samples])).toEqual([
        [0, 'dense1', 12, 90],
        [2, 'dense3', 6, 90],
      ]);
      for (const { layer, units, metrics } of epoch!.layers) {
        const activations = kernel.operations.allocate(90 * units);
        activations.values.set(network.activations(dataset.test.values, layer));
        const covariance = kernel.operations.covarianceFloat64(activations, 90, units);
        expect(metrics).toEqual(decorrelationMetrics(covariance, 90, units));
        kernel.operations.free(activations);
      }
      const outputs = network.predict(dataset.test.values);
      const correct = [...dataset.test.targets!].filter((label, s) => {
        const logits = [...outputs.subarray(3 * s, 3 * s + 3)];
        return logits.indexOf(Math.max(...logits)) === label;
      });
      expect(epoch!.test!.accuracy).toBe(correct.length / 90);
      network.dispose();
    });

    it('a trial without penalty reports 0, and its layers are measured all the same', () => {
      const { epochs } = runTrial(kernel, trialSpec({ penalty: { type: 'decov', weight: 0 } }), dataset);
      expect(epochs.map(({ train }) => train.penalty)).toEqual([0, 0]);
      expect(epochs[1]!.layers.map(({ name }) => name)).toEqual(['dense1', 'dense3']);
    });

    it('a penalty on the correlation lowers it', () => {
      const lastCorrelation = (weight: number): number => {
        const spec = trialSpec({
          penalty: { type: 'squared-correlation', weight },
          training: training({ epochs: 6 }),
        });
        return runTrial(kernel, spec, dataset).epochs.at(-1)!.layers[0]!.metrics['mean-abs-correlation']!;
      };
      expect(lastCorrelation(2)).toBeLessThan(lastCorrelation(0));
    });

    it('trials of one seed start from the same weights and the same batch, whatever their penalty', () => {
      const firstLoss = (penalty: TrialSpec['experiment']['penalty'], seed: number): number =>
        progressOf(kernel, trialSpec({ penalty }, seed))[0]!.loss;
      const baseline = firstLoss({ type: 'decov', weight: 0 }, 1);
      expect(firstLoss({ type: 'mean-abs', weight: 3 }, 1)).toBe(baseline);
      expect(firstLoss({ type: 'decov', weight: 0 }, 2)).not.toBe(baseline);
    });

    it('a learning rate that is far too large ends as diverged, with epoch and step', () => {
      const spec = trialSpec({ training: training({ learning_rate: 1e30 }) });
      const { outcome, epochs } = runTrial(kernel, spec, dataset);
      expect(outcome).toMatchObject({ status: 'diverged', epoch: 1 });
      expect(outcome).toHaveProperty('step');
      expect(epochs).toEqual([]);
    });

    it('weights that leave the numbers in the last step of an epoch are noticed before anything is recorded', () => {
      const spec = trialSpec({ training: training({ batch_size: 150, learning_rate: 1e200 }) });
      const { outcome, epochs } = runTrial(kernel, spec, dataset);
      expect(outcome).toMatchObject({ status: 'diverged', epoch: 1, step: 1 });
      expect(epochs).toEqual([]);
    });

    it('a trial that is stopped finishes its epoch, is interrupted and keeps its finished epochs', () => {
      let asked = 0;
      const record = runTrial(kernel, trialSpec({ training: training({ epochs: 4 }) }), dataset, {
        shouldStop: () => ++asked === 2,
      });
      expect(record.outcome).toEqual({ status: 'interrupted', epoch: 2 });
      expect(record.epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
    });

    it('a trial that is told to stop in its last epoch is complete', () => {
      const spec = trialSpec({ training: training({ epochs: 1 }) });
      const { outcome } = runTrial(kernel, spec, dataset, { shouldStop: () => true });
      expect(outcome).toEqual({ status: 'complete' });
    });

    it('every epoch but the last is told as it is recorded, and an answer ends the trial with that outcome', () => {
      const spec = trialSpec({ training: training({ epochs: 3 }) });
      const whole = runTrial(kernel, spec, dataset);
      const told: unknown[] = [];
      runTrial(kernel, spec, dataset, { onEpoch: (epoch) => void told.push(epoch) });
      expect(told).toEqual(whole.epochs.slice(0, 2));

      const defeat = { epoch: 2, value: 1, threshold: 0, lostTo: 'other', pruner: 'asha' };
      const outcome: Outcome = { status: 'pruned', ...defeat };
      const pruned = runTrial(kernel, spec, dataset, {
        onEpoch: ({ epoch }) => (epoch === 2 ? outcome : undefined),
      });
      expect(pruned.outcome).toEqual(outcome);
      expect(pruned.epochs).toEqual(whole.epochs.slice(0, 2));
    });

    it('a trial that takes too long ends at a step; waiting for an answer is not its time', () => {
      let time = 0;
      const hooks = { timeoutSeconds: 100, now: () => time };
      const onEpoch = (): undefined => {
        time += 1e9;
      };
      const spec = trialSpec({ training: training({ epochs: 3 }) });
      const waited = runTrial(kernel, spec, dataset, { ...hooks, onEpoch });
      expect([waited.outcome, waited.timing.seconds]).toEqual([{ status: 'complete' }, 0]);

      const slow = runTrial(kernel, spec, dataset, {
        ...hooks,
        shouldStop: () => {
          time += 101_000;
          return false;
        },
      });
      expect(slow.outcome).toEqual({ status: 'timeout', epoch: 1, seconds: slow.timing.seconds });
      expect(slow.timing.seconds).toBeGreaterThan(100);
      expect(slow.epochs).toEqual(runTrial(kernel, spec, dataset).epochs.slice(0, 1));
    });

    it('is said to be trained once, after its last epoch, where it is complete', () => {
      const told: string[] = [];
      const hooks = { onEpoch: () => void told.push('epoch'), onTrained: () => void told.push('trained') };
      runTrial(kernel, trialSpec({ training: training({ epochs: 3 }) }), dataset, hooks);
      runTrial(kernel, trialSpec({ training: training({ learning_rate: 1e30 }) }), dataset, hooks);
      expect(told).toEqual(['epoch', 'epoch', 'trained']);
    });

    it('the peak of kernel memory is the own one of a trial, whatever the kernel did before', () => {
      const small = trialSpec();
      const wide = trialSpec({
        model: [{ dense: 200, activation: 'relu', penalized: true, on: 'activation' }],
      });
      const [first, large, again] = [small, wide, small].map(
        (spec) => runTrial(kernel, spec, dataset).peakKernelBytes ?? Number.NaN,
      );
      expect(again).toBe(first);
      expect(large).toBeGreaterThan(first as number);
    });

    it('every step is counted, also that of the last, smaller batch', () => {
      const seen = progressOf(kernel, trialSpec({ training: training({ epochs: 2, batch_size: 64 }) }));
      expect(seen.map(({ epoch, step }) => [epoch, step])).toEqual([
        [1, 1],
        [1, 2],
        [1, 3],
        [2, 4],
        [2, 5],
        [2, 6],
      ]);
      expect(new Set(seen.map(({ epochs, steps }) => `${epochs} ${steps}`))).toEqual(new Set(['2 6']));
    });

    it('memory is given back, also when a hook throws', () => {
      runTrial(kernel, trialSpec(), dataset);
      const probe = (): number => {
        const arrays = [500, 2000, 20000].map((length) => kernel.operations.allocate(length));
        const bytes = kernel.operations.memoryBytes;
        for (const array of arrays.reverse()) kernel.operations.free(array);
        return bytes;
      };
      const before = probe();
      for (let i = 0; i < 50; i++) {
        const shouldStop = (): boolean => {
          throw new Error('stopped by the test');
        };
        expect(() => runTrial(kernel, trialSpec(), dataset, { shouldStop })).toThrow('stopped by the test');
      }
      runTrial(kernel, trialSpec(), dataset);
      expect(probe()).toBe(before);
    });

    it('real digits are learnt from their bytes', async () => {
      const mnist = await loadDataset({ source: 'mnist', train_samples: 400, test_samples: 100 });
      const spec = trialSpec({
        model: [{ dense: 16, activation: 'relu', penalized: true, on: 'activation' }],
        training: training({ epochs: 2, batch_size: 20 }),
        penalty: { type: 'squared-correlation', weight: 0.1 },
      });
      const record = runTrial(kernel, spec, mnist);
      expect(record.outcome).toEqual({ status: 'complete' });
      expect(record.epochs[1]!.train.accuracy).toBeGreaterThan(record.epochs[0]!.train.accuracy!);
      expect(record.epochs[1]!.test!.accuracy).toBeGreaterThan(0.6);
    });
  });
}

describe('trial', () => {
  it('a loss that is not a number in a later epoch keeps the epochs before', () => {
    const kernel = createReferenceKernel();
    let losses = 0;
    // Two losses with gradients are no steps: those that are measured before the first step and after the first epoch.
    const seventhStep = 7 + 2;
    const operations = Object.assign(Object.create(kernel.operations), {
      softmaxCrossEntropy(...args: Parameters<typeof kernel.operations.softmaxCrossEntropy>) {
        const result = kernel.operations.softmaxCrossEntropy(...args);
        if (args[0] !== null) losses++;
        return losses === seventhStep ? { ...result, loss: Number.NaN } : result;
      },
    });
    const { outcome, epochs } = runTrial({ ...kernel, operations }, trialSpec(), dataset);
    expect(outcome).toEqual({ status: 'diverged', epoch: 2, step: 7, reason: 'the training loss is NaN' });
    expect(epochs.length).toBe(1);
  });

  it('progress is reported every 100 ms at most, and after the last step', () => {
    let time = 0;
    const seen: number[] = [];
    runTrial(createReferenceKernel(), trialSpec(), dataset, {
      onProgress: ({ step }) => seen.push(step),
      now: () => {
        time += 40;
        return time;
      },
    });
    expect(seen[0]).toBe(1);
    expect(seen.at(-1)).toBe(2 * stepsPerEpoch(150, 32));
    expect(seen.length).toBeLessThan(2 * stepsPerEpoch(150, 32));
  });

  it('a batch larger than the data is the data, and takes no more memory', () => {
    const whole = createReferenceKernel();
    const expected = runTrial(whole, trialSpec({ training: training({ batch_size: 150 }) }), dataset);
    const record = runTrial(
      createReferenceKernel(),
      trialSpec({ training: training({ batch_size: 1e9 }) }),
      dataset,
    );
    expect(record.outcome.status).toBe('complete');
    expect(results(record)).toEqual(results(expected));
  });

  it('a penalty that the rest of an epoch is too small for is refused by name', () => {
    const spec = trialSpec({ training: training({ batch_size: 148 }) });
    const tooFew = { type: 'decov', weight: 1, ddof: 2 } as unknown as TrialSpec['experiment']['penalty'];
    expect(() =>
      runTrial(
        createReferenceKernel(),
        { ...spec, experiment: { ...spec.experiment, penalty: tooFew } },
        dataset,
      ),
    ).toThrow(/decov: samples − ddof must be above 0/);
  });
});
