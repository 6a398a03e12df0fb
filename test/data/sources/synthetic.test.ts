/** The synthetic clusters against the formula that describes them. */
import { randomNormal } from 'd3-random';
import { describe, expect, test } from 'vitest';
import type { SourceSplit } from '../../../src/data/source.ts';
import { type SyntheticSettings, synthesize } from '../../../src/data/sources/synthetic.ts';
import { DataError } from '../../../src/errors.ts';
import { uniformStream } from '../../../src/random.ts';
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

describe('a synthetic regression', () => {
  const samples = 20_000;
  const settings = { ...SETTINGS, train_samples: samples, separation: 1.5 };

  test('has as targets the tanh of a random direction, with noise of deviation 0.1', () => {
    const { train, target, shape } = synthesize(settings, 'regression');
    expect([target, shape]).toEqual([{ kind: 'numbers', width: 1 }, [8]]);
    const normal = randomNormal.source(uniformStream(settings.seed, 'synthetic', 0))(0, 1);
    const drawn = Array.from({ length: 8 }, normal);
    const length = Math.hypot(...drawn);
    const noise = Array.from(train.targets as Float32Array, (target, s) => {
      const along = drawn.reduce((sum, g, j) => sum + (g / length) * train.values[s * 8 + j]!, 0);
      return target - Math.tanh(1.5 * along);
    });
    const mean = noise.reduce((sum, value) => sum + value, 0) / samples;
    const variance = noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / samples;
    expectWithin(mean, 0, 0.1 / Math.sqrt(samples));
    expectWithin(variance, 0.01, 0.01 * Math.sqrt(2 / samples));
    const withFirst = noise.reduce((sum, value, s) => sum + value * train.values[s * 8]!, 0) / samples;
    expectWithin(withFirst, 0, 0.1 / Math.sqrt(samples));
  });

  test('has features around one mean, correlated as the settings say', () => {
    const { train } = synthesize(settings, 'regression');
    expectWithin(meanProduct(train, 8, 0, 0), 1, Math.sqrt(2 / samples));
    expectWithin(meanProduct(train, 8, 0, 5), 0.6, Math.sqrt((1 + 0.6 ** 2) / samples));
  });

  test('without its targets is what an autoencoder learns of clusters', () => {
    const { train, target } = synthesize(SETTINGS, 'autoencoding');
    expect([target, train.targets]).toEqual([{ kind: 'inputs' }, null]);
    expect(train.values).toEqual(synthesize(SETTINGS).train.values);
  });
});

describe.each(['classification', 'regression'] as const)('a nuisance in a synthetic %s', (task) => {
  const samples = 20_000;
  const settings = { ...SETTINGS, train_samples: samples, test_samples: samples, nuisance: 0.8 };
  const { train, test: held, shape } = synthesize(settings, task);

  /** Correlation of the last feature with the targets. */
  function correlation({ values, targets }: SourceSplit): number {
    const [x, y] = [values.filter((_, i) => i % 9 === 8), Float64Array.from(targets as Float32Array)];
    const mean = (numbers: ArrayLike<number>): number =>
      Array.from(numbers).reduce((sum, value) => sum + value, 0) / samples;
    const product = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
      mean(Array.from(a, (value, i) => (value - mean0.get(a)!) * (b[i]! - mean0.get(b)!)));
    const mean0 = new Map<ArrayLike<number>, number>([
      [x, mean(x)],
      [y, mean(y)],
    ]);
    return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
  }

  test('is one more feature of variance 1, which follows the target in training and is noise in the test', () => {
    expect(shape).toEqual([9]);
    expectWithin(correlation(train), 0.8, (1 - 0.8 ** 2) / Math.sqrt(samples));
    expectWithin(correlation(held!), 0, 1 / Math.sqrt(samples));
    expectWithin(meanProduct(train, 9, 8, 8), 1, Math.sqrt(2 / samples));
    expectWithin(meanProduct(held!, 9, 8, 8), 1, Math.sqrt(2 / samples));
  });

  test('leaves the other features and the targets as they are without it', () => {
    const { nuisance: _, ...without } = settings;
    const plain = synthesize(without, task);
    expect(train.values.filter((__, i) => i % 9 !== 8)).toEqual(plain.train.values);
    expect(train.targets).toEqual(plain.train.targets);
  });
});
