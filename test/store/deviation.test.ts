import { describe, expect, test } from 'vitest';
import type { EpochRecord, TrialRecord } from '../../src/record/record.ts';
import { firstDeviation } from '../../src/store/deviation.ts';
import { sampleRecord } from './samples.ts';

function withEpoch(change: (epoch: EpochRecord) => EpochRecord): TrialRecord {
  const record = sampleRecord(0);
  return { ...record, epochs: record.epochs.map(change) };
}

describe('a trial that was trained again', () => {
  test('is the same when all but its times is, and the numbers are counted', () => {
    const again = sampleRecord(0, { timing: { startedAt: 'later', seconds: 9, trainSeconds: 8 } });
    // epoch, three of training, two of testing, layer, units and samples, one metric; and the count of the epochs.
    expect(firstDeviation(sampleRecord(0), again)).toEqual({ numbers: 11, deviation: null });
  });

  test('differs in the first epoch and metric whose last bit is another', () => {
    const again = withEpoch((epoch) => ({
      ...epoch,
      test: { ...epoch.test, loss: epoch.test!.loss + 2 ** -54 },
      layers: epoch.layers.map((layer) => ({
        ...layer,
        metrics: { ...layer.metrics, 'mean-abs-correlation': 9 },
      })),
    }));
    expect(firstDeviation(sampleRecord(0), again).deviation).toEqual({
      epoch: 1,
      path: 'test.loss',
      recorded: 0.3,
      again: 0.3 + 2 ** -54,
    });
  });

  test('names the layer of a metric, and takes a missing value for another one', () => {
    const again = withEpoch((epoch) => ({
      ...epoch,
      layers: epoch.layers.map((layer) => ({
        ...layer,
        metrics: { 'condition-number': 3, 'mean-abs-correlation': 0.1 },
      })),
    }));
    expect(firstDeviation(sampleRecord(0), again).deviation).toMatchObject({
      path: 'layers.dense1.metrics.condition-number',
      recorded: null,
      again: 3,
    });
    const lacking = withEpoch((epoch) => ({ ...epoch, layers: [] }));
    expect(firstDeviation(sampleRecord(0), lacking).deviation?.path).toMatch(/^layers\.dense1/);
  });

  test('differs in its penalty before the first step, in a gradient, and in what was measured at the end', () => {
    const gradient = { penalty: 0.5, cosine: 0.25, strength: 0.125 };
    const measured = (more: Partial<TrialRecord>, strength = 0.125): TrialRecord => ({
      ...withEpoch((epoch) => ({
        ...epoch,
        layers: epoch.layers.map((layer) => ({ ...layer, gradient: { ...gradient, strength } })),
      })),
      penalty: { weight: 0.1, start: { dense1: gradient } },
      final: { dense1: { whitened: { samples: 8, metrics: { 'mean-abs-correlation': 0.01 } } } },
      ...more,
    });
    const path = (again: TrialRecord) => firstDeviation(measured({}), again).deviation?.path;
    expect(path(measured({}))).toBeUndefined();
    expect(path(measured({ penalty: { weight: 0.2, start: { dense1: gradient } } }))).toBe('penalty.weight');
    expect(path(measured({}, 0.5))).toBe('layers.dense1.gradient.strength');
    expect(path(measured({ final: { dense1: {} } }))).toBe('final.dense1.whitened.samples');
  });

  test('may take more memory and other attempts', () => {
    const record = sampleRecord(0, { peakKernelBytes: 1000, attempt: 2 });
    const again = sampleRecord(0, { peakKernelBytes: 2000 });
    expect(firstDeviation(record, again).deviation).toBeNull();
  });

  test('returns a loss that was not a number, which JSON keeps as null', () => {
    const lost = withEpoch((epoch) => ({ ...epoch, train: { ...epoch.train, loss: Number.NaN } }));
    expect(firstDeviation(lost, lost).deviation).toBeNull();
    expect(firstDeviation(lost, sampleRecord(0)).deviation?.path).toBe('train.loss');
  });

  test('differs when it ends otherwise, or after another number of epochs', () => {
    const failed = {
      ...sampleRecord(0),
      outcome: { status: 'diverged', epoch: 2, step: 4, reason: 'NaN' },
    } as const;
    expect(firstDeviation(sampleRecord(0), failed).deviation).toMatchObject({
      epoch: null,
      path: 'outcome.status',
    });
    expect(firstDeviation(sampleRecord(0), { ...sampleRecord(0), epochs: [] }).deviation?.path).toBe(
      'epochs',
    );
  });

  test('may have measured more than the record holds', () => {
    const again = withEpoch((epoch) => ({
      ...epoch,
      layers: epoch.layers.map((layer) => ({ ...layer, metrics: { ...layer.metrics, new: 1 } })),
    }));
    expect(firstDeviation(sampleRecord(0), again).deviation).toBeNull();
  });

  test('differs in what was measured before training, inside an epoch, on validation and on test', () => {
    const [{ test: scores, layers, train }] = sampleRecord(0).epochs as [EpochRecord];
    const measured = (change = 0, where = ''): TrialRecord => {
      const of = (name: string) => ({ loss: scores!.loss + (where === name ? change : 0), accuracy: 0.75 });
      const layersOf = (name: string) =>
        layers.map((layer) => ({
          ...layer,
          metrics: { 'mean-abs-correlation': 0.1 + (where === name ? change : 0) },
        }));
      return {
        ...sampleRecord(0),
        initial: { validation: of('initial'), layers: layersOf('initial layers') },
        epochs: [
          {
            epoch: 1,
            train,
            validation: of('validation'),
            layers: layersOf('layers'),
            test: of('test'),
            testLayers: layersOf('test layers'),
          },
        ],
        steps: [1, 2].flatMap((epoch) =>
          [1, 2].map((each) => {
            const step = 10 * epoch + each;
            return { epoch, step, train, validation: of(`step ${step}`), layers };
          }),
        ),
      };
    };
    const deviationOf = (where: string) => {
      const { deviation } = firstDeviation(measured(), measured(2 ** -40, where));
      return deviation === null ? null : [deviation.epoch, deviation.path];
    };
    expect(deviationOf('nothing')).toBeNull();
    expect(deviationOf('initial')).toEqual([null, 'initial.validation.loss']);
    expect(deviationOf('initial layers')).toEqual([
      null,
      'initial.layers.dense1.metrics.mean-abs-correlation',
    ]);
    expect(deviationOf('step 12')).toEqual([1, 'steps.12.validation.loss']);
    // Of the epoch that was not finished.
    expect(deviationOf('step 21')).toEqual([2, 'steps.21.validation.loss']);
    expect(deviationOf('validation')).toEqual([1, 'validation.loss']);
    expect(deviationOf('layers')).toEqual([1, 'layers.dense1.metrics.mean-abs-correlation']);
    expect(deviationOf('test')).toEqual([1, 'test.loss']);
    expect(deviationOf('test layers')).toEqual([1, 'testLayers.dense1.metrics.mean-abs-correlation']);
    const { steps: _, ...without } = measured();
    expect(firstDeviation(measured(), without).deviation?.path).toBe('steps.11.epoch');
    expect(firstDeviation(without, measured()).deviation).toBeNull();
  });
});
