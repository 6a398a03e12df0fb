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
});
