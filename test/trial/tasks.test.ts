/** Trials of every task and loss on every kernel: what they record on which split, and that they repeat to the last bit. */
import { describe, expect, test } from 'vitest';
import type { DataConfig, ExperimentConfig } from '../../src/config/experiment.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { loadDataset } from '../../src/data/load.ts';
import type { Task } from '../../src/data/task.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { createNetwork } from '../../src/network/network.ts';
import { uniformStream } from '../../src/random.ts';
import { qualitiesOf } from '../../src/record/quality.ts';
import type { MomentRecord, TrialRecord } from '../../src/record/record.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { runTrial, type TrialHooks } from '../../src/trial/trial.ts';
import { allKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';

const SYNTHETIC = {
  source: 'synthetic',
  train_samples: 120,
  test_samples: 60,
  features: 8,
  classes: 3,
  correlation: 0.6,
  separation: 3,
  seed: 1,
} satisfies DataConfig;

const kernels = await allKernels();
const [classes, validated, numbers] = await Promise.all([
  loadDataset(SYNTHETIC),
  loadDataset({ ...SYNTHETIC, validation: 30 }),
  loadDataset({ ...SYNTHETIC, validation: 30 }, { task: 'regression' }),
]);
const images = bytesDataset();

/** Pictures of bytes, most of them black, which are compressed on their way: an autoencoder's data. */
function bytesDataset(standardized = false): Dataset {
  const features = 12;
  const split = (samples: number, stream: number) => {
    const next = uniformStream(3, 'check', stream);
    const values = new Uint8Array(new SharedArrayBuffer(samples * features));
    for (let i = 0; i < values.length; i++) values[i] = next() < 0.7 ? 0 : Math.floor(256 * next());
    const shared = (value: number) => {
      const array = new Float32Array(new SharedArrayBuffer(4 * features));
      return array.fill(value);
    };
    const standardization = { mean: shared(0.125), deviation: shared(0.25) };
    return { samples, values, divisor: 255, targets: null, ...(standardized && { standardization }) };
  };
  const [train, test] = [split(96, 0), split(40, 1)];
  return {
    name: 'bytes',
    fingerprint: '',
    features,
    shape: [features],
    target: { kind: 'inputs' },
    train,
    test,
  };
}

function specOf(
  task: Task,
  training: Partial<ExperimentConfig['training']> = {},
  changes: Partial<ExperimentConfig> = {},
): TrialSpec {
  const optimizer = {
    type: 'sgd',
    learning_rate: 0.05,
    momentum: 0.9,
    nesterov: false,
    weight_decay: 0,
  } as const;
  return {
    id: 'p-s0',
    index: 0,
    point: 'p',
    baseline: false,
    seed: 0,
    settings: {},
    experiment: {
      data: SYNTHETIC,
      task,
      model: [{ dense: 6, activation: 'tanh', penalized: true, on: 'activation' }],
      training: { epochs: 3, batch_size: 24, optimizer, ...training },
      penalty: { type: 'decov', weight: 0.02 },
      ...changes,
    },
  };
}

const CASES: [string, Dataset, TrialSpec][] = [
  ['classification', classes, specOf('classification')],
  ['regression by squared error', numbers, specOf('regression')],
  ['regression by Huber loss', numbers, specOf('regression', { loss: 'huber', huber_delta: 0.5 })],
  ['autoencoding by squared error', images, specOf('autoencoding')],
  ['autoencoding by binary cross-entropy', images, specOf('autoencoding', { loss: 'binary-cross-entropy' })],
];

/** A record without its times. */
function results({ timing: _, ...rest }: TrialRecord): Omit<TrialRecord, 'timing'> {
  return rest;
}

const hasTest = ({ test, testLayers }: MomentRecord): boolean[] => [
  test !== undefined,
  testLayers !== undefined,
];

for (const kernel of kernels) {
  describe(`on the ${kernel.variant} ${kernel.precision} kernel`, () => {
    test.each(CASES)(
      '%s lowers its loss, records its qualities and repeats to the last bit',
      (_name, dataset, spec) => {
        const record = runTrial(kernel, spec, dataset);
        expect(record.outcome).toEqual({ status: 'complete' });
        const scoresOf = ({ validation, test }: MomentRecord) => (validation ?? test)!;
        const names = ['loss', ...qualitiesOf(dataset.target).map(({ name }) => name)];
        for (const moment of [record.initial!, ...record.epochs]) {
          expect(Object.keys(scoresOf(moment))).toEqual(names);
        }
        expect(record.epochs.at(-1)!.train.loss).toBeLessThan(record.epochs[0]!.train.loss);
        expect(scoresOf(record.epochs.at(-1)!).loss).toBeLessThan(scoresOf(record.initial!).loss);
        expect(results(runTrial(kernel, spec, dataset))).toEqual(results(record));
      },
    );

    test('under squared error R², RMSE and reconstruction loss are those of the loss', () => {
      const { initial } = runTrial(kernel, specOf('autoencoding'), images);
      const { loss, 'reconstruction-loss': reconstruction } = initial!.test!;
      expectNear(reconstruction!, loss, kernel.precision);
      const regression = runTrial(kernel, specOf('regression'), numbers).initial!.validation!;
      expectNear(regression.rmse!, Math.sqrt(regression.loss), kernel.precision);
    });

    test('under binary cross-entropy quality is of probabilities, by the function of the kernel', () => {
      const network = createNetwork(kernel, {
        inputs: images.features,
        layers: [{ units: images.features, activation: 'identity' }],
        loss: 'binary-cross-entropy',
        optimizer: { type: 'sgd', learning_rate: 0.1 },
      });
      network.load(images.train, null, 0, 20);
      network.evaluateLoaded();
      const { outputs, targets } = network.answersLoaded();
      const { operations } = kernel;
      const x = Float64Array.from(images.train.values.subarray(0, 20 * images.features), (v) => v / 255);
      const round = kernel.precision === 'f32' ? Math.fround : (value: number) => value;
      // The pixels are compressed on their way in, and in full as targets.
      expect(Array.from(targets)).toEqual(Array.from(x, round));
      const answers = Array.from(outputs);
      const logits = operations.allocate(x.length);
      logits.values.set(network.predict(x));
      operations.activationForward('sigmoid', logits, logits, x.length);
      for (const [at, answer] of answers.entries()) expectNear(answer, logits.values[at]!, kernel.precision);
      operations.free(logits);
      network.dispose();
    });

    test('standardized bytes are inputs and targets alike', () => {
      const dataset = bytesDataset(true);
      const network = createNetwork(kernel, {
        inputs: dataset.features,
        layers: [{ units: dataset.features, activation: 'identity' }],
        loss: 'squared-error',
        optimizer: { type: 'sgd', learning_rate: 0.1 },
      });
      network.load(dataset.train, null, 3, 10);
      network.evaluateLoaded();
      const { outputs, targets } = network.answersLoaded();
      const given = Array.from(
        dataset.train.values.subarray(3 * 12, 13 * 12),
        (value) => (value / 255 - 0.125) / 0.25,
      );
      const seen = Array.from(outputs);
      const predicted = network.predict(given);
      for (const [at, value] of given.entries()) {
        expectNear(targets[at]!, value, kernel.precision);
        expectNear(seen[at]!, predicted[at]!, kernel.precision);
      }
      network.dispose();
      expect(runTrial(kernel, specOf('autoencoding'), dataset).outcome.status).toBe('complete');
    });
  });
}

function expectNear(value: number, expected: number, precision: 'f32' | 'f64'): void {
  const tolerance = TOLERANCES.operation[precision] * Math.max(1, Math.abs(expected));
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(tolerance);
}

describe('a validation split', () => {
  const run = (hooks: TrialHooks = {}, evaluation = {}): TrialRecord =>
    runTrial(
      createReferenceKernel(),
      specOf('classification', {}, { evaluation: { permutations: 0, free_baseline: false, ...evaluation } }),
      validated,
      hooks,
    );

  test('is measured before the first step and after every epoch; the test split once, at the end', () => {
    const { initial, epochs } = run();
    expect([initial!, ...epochs].every(({ validation }) => validation !== undefined)).toBe(true);
    expect([initial!, ...epochs].map(hasTest)).toEqual([
      [false, false],
      [false, false],
      [false, false],
      [true, true],
    ]);
    const last = epochs.at(-1)!;
    expect(last.layers.map(({ samples }) => samples)).toEqual([30]);
    expect(last.testLayers!.map(({ samples }) => samples)).toEqual([60]);
  });

  test('leaves a trial that is pruned, stopped or diverges without test numbers', () => {
    const defeat = { epoch: 2, value: 1, threshold: 2, lostTo: 'x', pruner: 'y' };
    const pruned = run({
      onEpoch: ({ epoch }) => (epoch === 2 ? { status: 'pruned', ...defeat } : undefined),
    });
    expect(pruned.outcome.status).toBe('pruned');
    const stopped = run({ shouldStop: () => true });
    expect(stopped.outcome.status).toBe('interrupted');
    for (const { initial, epochs } of [pruned, stopped]) {
      expect([initial!, ...epochs].flatMap(hasTest)).not.toContain(true);
    }
    expect([pruned.epochs.length, stopped.epochs.length]).toEqual([2, 1]);
  });

  test('is what the end measures on, where the experiment asks for permutations: the test split', () => {
    const { final, epochs } = run({}, { permutations: 2 });
    expect(final!.dense1!.permuted!.permutations).toBe(2);
    expect(epochs.at(-1)!.testLayers![0]!.correlation).toBeDefined();
  });

  test('without one the test split is measured throughout, and there are no other numbers', () => {
    const { initial, epochs } = runTrial(createReferenceKernel(), specOf('classification'), classes);
    for (const moment of [initial!, ...epochs]) {
      expect([moment.validation, ...hasTest(moment)]).toEqual([undefined, true, false]);
    }
  });
});

describe('measurements inside an epoch', () => {
  const evaluation = { permutations: 0, free_baseline: false };

  test.each(kernels.map((kernel) => [`${kernel.variant} ${kernel.precision}`, kernel] as const))(
    'change no bit of the training on the %s kernel',
    (_name, kernel) => {
      for (const [, dataset, spec] of CASES) {
        const measured = {
          ...spec,
          experiment: { ...spec.experiment, evaluation: { ...evaluation, every_steps: 2 } },
        };
        const { steps, ...rest } = results(runTrial(kernel, measured, dataset));
        const { peakKernelBytes, ...plain } = results(runTrial(kernel, spec, dataset));
        expect({ ...rest, peakKernelBytes }).toEqual({ ...plain, peakKernelBytes });
        expect(steps!.length).toBeGreaterThan(0);
      }
    },
  );

  test('are after every so many steps of all, but not at the end of an epoch, which is measured anyway', () => {
    const stepsOf = (every_steps: number) =>
      runTrial(
        createReferenceKernel(),
        specOf('classification', {}, { evaluation: { ...evaluation, every_steps } }),
        classes,
      ).steps?.map(({ epoch, step }) => [epoch, step]);
    // Five steps an epoch.
    expect(stepsOf(3)).toEqual([
      [1, 3],
      [2, 6],
      [2, 9],
      [3, 12],
    ]);
    expect(stepsOf(5)).toBeUndefined();
  });

  test('are no training time', () => {
    let time = 0;
    // Every look at the clock takes a second: a step looks three times where it is measured, else once.
    const now = () => {
      time += 1000;
      return time;
    };
    const secondsOf = (changes: Partial<ExperimentConfig>) => {
      time = 0;
      return runTrial(createReferenceKernel(), specOf('classification', {}, changes), classes, { now })
        .timing;
    };
    const [plain, measured] = [secondsOf({}), secondsOf({ evaluation: { ...evaluation, every_steps: 3 } })];
    expect(measured.seconds - plain.seconds).toBe(2 * 4);
    // Of two looks one second lies between them.
    expect(measured.trainSeconds - plain.trainSeconds).toBe(4);
  });

  test('hold the scores that the network has at that step', () => {
    const whole = runTrial(
      createReferenceKernel(),
      specOf('classification', { epochs: 1 }, { evaluation: { ...evaluation, every_steps: 1 } }),
      classes,
    );
    expect(whole.steps!.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(whole.steps![0]!.train.loss).not.toBe(whole.steps![1]!.train.loss);
    expect(whole.steps![3]!.test).not.toEqual(whole.epochs[0]!.test);
    expect(whole.initial!.test).not.toEqual(whole.steps![0]!.test);
  });
});
