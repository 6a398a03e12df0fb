/** The synthetic clusters against the formula that describes them. */
import { describe, expect, test } from 'vitest';
import type { SourceSplit } from '../../../src/data/source.ts';
import { type SyntheticSettings, synthesize } from '../../../src/data/sources/synthetic.ts';
import { DataError } from '../../../src/errors.ts';
import { TOLERANCES } from '../../tolerances.ts';

const SETTINGS: SyntheticSettings = {
  train_samples: 200,
  test_samples: 50,
  features: 8,
  classes: 3,
  correlation: 0.6,
  separation: 4,
  seed: 0,
};

/** Mean of the products of two features over the samples (the noise has mean zero when the separation is 0). */
function meanProduct(split: SourceSplit, features: number, first: number, second: number): number {
  let sum = 0;
  for (let sample = 0; sample < split.samples; sample++) {
    const row = sample * features;
    sum += (split.values[row + first] as number) * (split.values[row + second] as number);
  }
  return sum / split.samples;
}

function expectWithin(estimate: number, expected: number, standardError: number): void {
  expect(Math.abs(estimate - expected) / standardError).toBeLessThan(TOLERANCES.standardErrors);
}

describe('synthetic clusters', () => {
  test.each([0, 0.3, 0.9, 1])(
    'have noise of variance 1 and correlation %s between any two features',
    (correlation) => {
      const samples = 20_000;
      const features = 4;
      const { train } = synthesize({
        ...SETTINGS,
        train_samples: samples,
        features,
        correlation,
        separation: 0,
      });
      for (let first = 0; first < features; first++) {
        expectWithin(meanProduct(train, features, first, first), 1, Math.sqrt(2 / samples));
        for (let second = 0; second < first; second++) {
          const standardError = Math.sqrt((1 + correlation ** 2) / samples);
          expectWithin(meanProduct(train, features, first, second), correlation, standardError);
        }
      }
    },
  );

  test('are centred where two orthogonal means are as far apart as the separation says', () => {
    const samples = 9_000;
    const { features, classes, separation } = SETTINGS;
    const radius = separation / Math.SQRT2;
    const { train } = synthesize({ ...SETTINGS, train_samples: samples, correlation: 0 });
    for (let label = 0; label < classes; label++) {
      const mean = new Float64Array(features);
      for (let sample = label; sample < samples; sample += classes) {
        for (let feature = 0; feature < features; feature++) {
          mean[feature] = (mean[feature] as number) + (train.values[sample * features + feature] as number);
        }
      }
      const size = samples / classes;
      const distance = Math.sqrt(mean.reduce((sum, total) => sum + (total / size) ** 2, 0));
      // The mean's own noise lengthens it by (features − 1)/(2 · size · radius), far below its standard error.
      expectWithin(distance, radius, Math.sqrt(1 / size));
    }
  });

  test('take their classes in turn', () => {
    const { test, target, shape } = synthesize(SETTINGS);
    expect([target, shape, test?.samples]).toEqual([{ kind: 'classes', classes: 3 }, [8], 50]);
    expect([...test!.targets!.subarray(0, 5)]).toEqual([0, 1, 2, 0, 1]);
  });

  test('are float32 on shared memory, to be taken as they are', () => {
    const { train } = synthesize(SETTINGS);
    expect(train.values).toBeInstanceOf(Float32Array);
    expect(train.values).toHaveLength(200 * 8);
    expect(train.values.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(train.targets?.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(train.divisor).toBe(1);
  });

  test('are the same for the same seed and others for another, and the splits differ', () => {
    const { train, test } = synthesize(SETTINGS);
    expect(synthesize(SETTINGS).train.values).toEqual(train.values);
    expect(synthesize({ ...SETTINGS, seed: 1 }).train.values).not.toEqual(train.values);
    expect(test?.values).not.toEqual(train.values.subarray(0, test?.values.length));
  });

  test('with more samples begin with the same ones', () => {
    const { train, test } = synthesize(SETTINGS);
    const more = synthesize({ ...SETTINGS, train_samples: 300 });
    expect(more.train.values.subarray(0, train.values.length)).toEqual(train.values);
    expect(more.test?.values).toEqual(test?.values);
  });

  test('past any memory are refused', () => {
    const huge = { ...SETTINGS, train_samples: 2 ** 45 };
    expect(() => synthesize(huge)).toThrow(DataError);
    expect(() => synthesize(huge)).toThrow(
      /^data \(synthetic\): the data must fit in memory, got 1125899906842624 bytes\. /,
    );
  });
});
