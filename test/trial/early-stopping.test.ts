/** Early stopping: when a trial ends, which weights its results are of, and what readers make of it. */
import { describe, expect, it, test } from 'vitest';
import { loadDataset } from '../../src/data/load.ts';
import { trialHistories } from '../../src/export/trial-history.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { createNetwork } from '../../src/network/network.ts';
import type { EarlyStoppingConfig } from '../../src/record/early-stopping.ts';
import { readMetric } from '../../src/record/measures.ts';
import { objectiveOfTrial } from '../../src/record/objective.ts';
import {
  checkStored,
  type EpochRecord,
  finalEpoch,
  type Manifest,
  type TrialRecord,
  trialRecordSchema,
} from '../../src/record/record.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { describeEnding } from '../../src/render/outcome.ts';
import { EarlyStopping } from '../../src/trial/early-stopping.ts';
import { runTrial } from '../../src/trial/trial.ts';
import { allKernels } from '../kernels.ts';

const data = {
  source: 'synthetic',
  train_samples: 120,
  test_samples: 60,
  features: 6,
  classes: 3,
  correlation: 0.5,
  separation: 2,
  seed: 4,
  validation: 40,
};
const dataset = await loadDataset(data);
const kernels = await allKernels();

function specOf(epochs: number, early_stopping?: Partial<EarlyStoppingConfig>): TrialSpec {
  const stopping = { metric: 'validation.loss', patience: 2, min_delta: 0, restore_best: true };
  return {
    id: 'point-s0',
    index: 0,
    point: 'point',
    baseline: false,
    seed: 0,
    settings: {},
    experiment: {
      data,
      model: [{ dense: 16, activation: 'relu', penalized: true, on: 'activation' }],
      training: {
        epochs,
        batch_size: 20,
        optimizer: {
          type: 'adam',
          learning_rate: 0.05,
          beta1: 0.9,
          beta2: 0.999,
          epsilon: 1e-8,
          weight_decay: 0,
        },
        ...(early_stopping && { early_stopping: { ...stopping, ...early_stopping } }),
      },
      penalty: { type: 'decov', weight: 0.01 },
      evaluation: { permutations: 2, free_baseline: false },
    },
  };
}

/** What is measured on the test split, and once, at the end. */
function resultsOf(record: TrialRecord) {
  const { test: scores, testLayers } = finalEpoch(record) as EpochRecord;
  return { scores, testLayers, final: record.final };
}

for (const kernel of kernels) {
  describe(`${kernel.variant} in ${kernel.precision}`, () => {
    const stopped = runTrial(kernel, specOf(60, {}), dataset);
    const { best, last, value } = stopped.earlyStopping!;

    it('a trial ends when its metric has not become better for as many epochs as its patience, and is complete', () => {
      expect(stopped.outcome).toEqual({ status: 'complete' });
      expect(stopped.earlyStopping).toEqual({
        metric: 'validation.loss',
        best,
        value,
        last,
        stopped: true,
        restored: true,
      });
      expect(last).toBe(best + 2);
      expect(stopped.epochs).toHaveLength(last);
      const losses = stopped.epochs.map(({ validation }) => validation!.loss);
      expect(losses[best - 1]).toBe(Math.min(...losses));
      expect(value).toBe(losses[best - 1]);
    });

    it('its results are those of a training that ends with the best epoch, to the last bit', () => {
      const shorter = runTrial(kernel, specOf(best), dataset);
      expect(resultsOf(stopped)).toEqual(resultsOf(shorter));
      expect(finalEpoch(stopped)).toEqual(shorter.epochs.at(-1));
      expect(stopped.epochs.flatMap((epoch) => (epoch.test === undefined ? [] : epoch.epoch))).toEqual([
        best,
      ]);
    });

    it('without restore_best they are those of the last epoch', () => {
      const kept = runTrial(kernel, specOf(60, { restore_best: false }), dataset);
      const shorter = runTrial(kernel, specOf(last), dataset);
      expect(kept.earlyStopping).toEqual({ ...stopped.earlyStopping, restored: false });
      expect(resultsOf(kept)).toEqual(resultsOf(shorter));
    });

    it('a training that comes to its end has the best weights all the same', () => {
      const whole = runTrial(kernel, specOf(last - 1, {}), dataset);
      expect(whole.earlyStopping).toMatchObject({ best, last: last - 1, stopped: false });
      expect(resultsOf(whole)).toEqual(resultsOf(stopped));
    });
  });
}

describe('the epochs that count', () => {
  const network = createNetwork(createReferenceKernel(), {
    inputs: 2,
    layers: [{ units: 2, activation: 'identity' }],
    loss: 'cross-entropy',
    optimizer: { type: 'sgd', learning_rate: 0.1 },
  });
  const epochOf = (epoch: number, accuracy: number): EpochRecord => ({
    epoch,
    train: { loss: 1, penalty: 0 },
    validation: { loss: 1, accuracy },
    layers: [],
  });
  const endsAt = (settings: Partial<EarlyStoppingConfig>, values: readonly number[]) => {
    const stopping = new EarlyStopping(
      { metric: 'validation.accuracy', patience: 2, min_delta: 0, restore_best: true, ...settings },
      network,
    );
    const ends = values.findIndex((value, index) => stopping.ends(epochOf(index + 1, value)));
    return [ends + 1, stopping.recordOf(values.length).best];
  };

  test.each([
    ['more accuracy is better', {}, [0.5, 0.6, 0.55, 0.6, 0.7], [4, 2]],
    ['a value must be better, not as good', { patience: 1 }, [0.5, 0.5, 0.6], [2, 1]],
    ['by more than min_delta', { min_delta: 0.1 }, [0.5, 0.55, 0.59, 0.9], [3, 1]],
    [
      'what is no number is no better, and everything is better than it',
      {},
      [Number.NaN, 0.1, Number.NaN, 0.2, 0.1],
      [0, 4],
    ],
    ['patience begins anew with every better value', {}, [0.1, 0.05, 0.2, 0.1, 0.3, 0.2], [0, 5]],
  ])('%s', (_, settings, values, expected) => {
    expect(endsAt(settings, values)).toEqual(expected);
  });
});

test('a stored record, an objective, a metric and an export are of the best epoch, and the ending says so', () => {
  const spec = specOf(60, {});
  const record = runTrial(kernels[0]!, spec, dataset);
  const stored = checkStored(trialRecordSchema, JSON.parse(JSON.stringify(record)), 'RECORD_INVALID', 'test');
  const { best, last, value } = record.earlyStopping!;
  expect(stored.earlyStopping).toEqual(record.earlyStopping);
  expect(objectiveOfTrial({ name: 'validation.loss' }, stored)).toBe(value);
  expect(readMetric('validation.loss', stored)).toBe(value);
  expect(readMetric('test.accuracy', stored)).toBe(record.epochs[best - 1]?.test?.accuracy);
  expect(describeEnding(stored)).toBe(`complete, stopped after epoch ${last}, best in epoch ${best}`);
  const manifest = {
    trials: [spec],
    config: { sweep: { metric: { name: 'validation.loss', goal: 'minimize' } } },
  } as unknown as Manifest;
  const [history] = trialHistories({ manifest, records: [stored] });
  expect(history?.reached.get('validation/loss')).toBe(value);
  expect(history?.reached.get('best-epoch')).toBe(best);
  expect(history?.steps.at(-1)?.epoch).toBe(last);
});
