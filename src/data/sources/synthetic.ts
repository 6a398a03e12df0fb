/** Correlated Gaussian clusters: a small classification task whose features are as correlated as one asks for. */
import { randomNormal } from 'd3-random';
import { allocateShared } from '../../codec/bytes/shared-memory.ts';
import { uniformStream } from '../../random.ts';
import { choice, realNumber, section, wholeNumber } from '../../schema/rules.ts';
import type { Source, SourceData, SourceSplit } from '../source.ts';
import { DEFAULT_TASK, outputsOf, type TargetKind, type Task } from '../task.ts';

/** Gaussian clusters, one a class, whose features are correlated. */
export interface SyntheticSettings {
  readonly train_samples: number;
  readonly test_samples: number;
  readonly features: number;
  readonly classes: number;
  /** Correlation of any two features within a class, from 0 to 1. */
  readonly correlation: number;
  /** Distance between the means of two classes, in standard deviations of a feature; of a regression the slope. */
  readonly separation: number;
  /** Correlation of a further feature with the target, in the training samples alone. */
  readonly nuisance?: number;
  readonly seed: number;
}

const MOST_FEATURES = 65_536;
const MOST_SAMPLES = 10_000_000;
/** Labels are bytes. */
const MOST_CLASSES = 256;

/** Numbers of the random streams: the same means for both splits, and more samples never change the earlier ones. */
const STREAM = { means: 0, train: 1, test: 2 } as const;
const NUISANCE_STREAM = { train: 3, test: 4 } as const;
/** Deviation of the noise of a regression's targets. */
const TARGET_NOISE = 0.1;
/** What messages call the data. */
const WHERE = 'data (synthetic)';

/** Clusters drawn on demand; its samples are as many as the settings say, so its limits are its sizes. */
export const synthetic: Source = {
  name: 'synthetic',
  summary: 'Gaussian clusters',
  section: section({
    source: choice(['synthetic']),
    train_samples: wholeNumber(2, MOST_SAMPLES).default(2000).describe('Training samples'),
    test_samples: wholeNumber(2, MOST_SAMPLES).default(1000).describe('Test samples'),
    features: wholeNumber(1, MOST_FEATURES).default(20).describe('Features of a sample'),
    classes: wholeNumber(2, MOST_CLASSES).default(4).describe('Classes, one Gaussian cluster each'),
    correlation: realNumber({ from: 0, below: 1 })
      .default(0.5)
      .describe('Correlation between any two features within a class'),
    separation: realNumber({ from: 0 })
      .default(2)
      .describe('Distance between the means of two classes, in standard deviations of a feature'),
    nuisance: realNumber({ from: 0, below: 1 })
      .exactOptional()
      .describe(
        'Correlation of a further feature with the target in the training samples; in the test samples it is noise. Without it there is no such feature',
      ),
    seed: wholeNumber(0).default(0).describe('Seed of the data; every trial sees the same data'),
  }),
  normalize: () => 'none',
  sizes(settings, task) {
    const given = settings as unknown as SyntheticSettings;
    const features = given.features + (given.nuisance === undefined ? 0 : 1);
    const { train_samples, test_samples } = given;
    return {
      features,
      outputs: outputsOf({ features, target: targetOf(given, task) }),
      train_samples,
      test_samples,
    };
  },
  files: () => [],
  load: async (settings, { task }) => synthesize(settings as unknown as SyntheticSettings, task),
};

/**
 * Draws both splits. Sample s of a split belongs to class c = s mod classes, and its feature j is
 *
 *     x_sj = separation/sqrt(2) · u_cj + sqrt(correlation) · f_s + sqrt(1 − correlation) · e_sj
 *
 * with u_c = g_c/‖g_c‖ the direction of the class, and g_cj, f_s, e_sj independent standard normals. Within a class
 * each feature has variance 1, and each pair of features the given correlation (one factor, shared by all). The
 * directions of two classes are nearly orthogonal when there are many features; their means are then `separation` apart.
 *
 * In a regression there is one class without a mean, and the target is y_s = tanh(separation · Σ_j v_j·x_sj) + 0.1·n_s with v a
 * random direction and n_s standard normal.
 *
 * A nuisance is one more feature, the last: nuisance · t_s + sqrt(1 − nuisance²) · n_s in the training split, where t_s is the class
 * or target, less its mean and divided by its deviation; n_s alone in the test split.
 *
 * Precision: drawn in float64, rounded to float32. The normals use the host's logarithm, and a regression its tanh, so another
 * JavaScript engine may differ in the last bit; the fingerprint shows it.
 * Errors: DataError DATA_MEMORY.
 */
export function synthesize(settings: SyntheticSettings, task: Task = DEFAULT_TASK): SourceData {
  const { features, seed, nuisance } = settings;
  const directions = normals(seed, STREAM.means);
  const means = task === 'regression' ? [] : classMeans(settings, directions);
  const slope = task === 'regression' ? direction(features, directions) : null;
  const split = (samples: number, name: 'train' | 'test'): SourceSplit => {
    const drawn = drawSplit(samples, { means, slope, settings, task }, normals(seed, STREAM[name]));
    if (nuisance === undefined) return drawn;
    return withNuisance(drawn, name === 'train' ? nuisance : 0, normals(seed, NUISANCE_STREAM[name]));
  };
  return {
    shape: [features + (nuisance === undefined ? 0 : 1)],
    target: targetOf(settings, task),
    train: dropUnused(split(settings.train_samples, 'train'), task),
    test: dropUnused(split(settings.test_samples, 'test'), task),
  };
}

function targetOf({ classes }: SyntheticSettings, task: Task): TargetKind {
  switch (task) {
    case 'classification':
      return { kind: 'classes', classes };
    case 'regression':
      return { kind: 'numbers', width: 1 };
    case 'autoencoding':
      return { kind: 'inputs' };
  }
}

/** An autoencoder has no targets; its clusters stay. */
function dropUnused(split: SourceSplit, task: Task): SourceSplit {
  return task === 'autoencoding' ? { ...split, targets: null } : split;
}

function normals(seed: number, stream: number): () => number {
  return randomNormal.source(uniformStream(seed, 'synthetic', stream))(0, 1);
}

/** One row of features for each class. */
function classMeans(
  { features, classes, separation }: SyntheticSettings,
  normal: () => number,
): Float64Array[] {
  const radius = separation * Math.SQRT1_2;
  return Array.from({ length: classes }, () => direction(features, normal, radius));
}

/** A vector in a random direction. */
function direction(features: number, normal: () => number, length = 1): Float64Array {
  const drawn = Float64Array.from({ length: features }, normal);
  const norm = Math.sqrt(drawn.reduce((sum, coordinate) => sum + coordinate ** 2, 0));
  return drawn.map((coordinate) => (length * coordinate) / norm);
}

/** What samples are drawn from. */
interface Population {
  readonly means: readonly Float64Array[];
  /** Of a regression; null elsewhere. */
  readonly slope: Float64Array | null;
  readonly settings: SyntheticSettings;
  readonly task: Task;
}

function drawSplit(
  samples: number,
  { means, slope, settings: { features, classes, correlation, separation } }: Population,
  normal: () => number,
): SourceSplit {
  const values = sharedNumbers(samples * features);
  const targets = slope === null ? allocateShared(samples, WHERE) : sharedNumbers(samples);
  const shared = Math.sqrt(correlation);
  const own = Math.sqrt(1 - correlation);
  for (let sample = 0; sample < samples; sample++) {
    const label = sample % classes;
    const mean = means[label];
    const factor = shared * normal();
    let signal = 0;
    for (let feature = 0; feature < features; feature++) {
      const value = (mean?.[feature] ?? 0) + factor + own * normal();
      values[sample * features + feature] = value;
      signal += (slope?.[feature] ?? 0) * value;
    }
    targets[sample] = slope === null ? label : Math.tanh(separation * signal) + TARGET_NOISE * normal();
  }
  return { samples, values, divisor: 1, targets };
}

/** The samples with one more feature, which follows the target as far as `strength` says. */
function withNuisance(
  { samples, values, divisor, targets }: SourceSplit,
  strength: number,
  normal: () => number,
): SourceSplit {
  const features = values.length / samples;
  const answers = Float64Array.from(targets as ArrayLike<number>);
  const mean = answers.reduce((sum, answer) => sum + answer, 0) / samples;
  const deviation = Math.sqrt(answers.reduce((sum, answer) => sum + (answer - mean) ** 2, 0) / samples) || 1;
  const wider = sharedNumbers(samples * (features + 1));
  for (let sample = 0; sample < samples; sample++) {
    const row = sample * (features + 1);
    wider.set(values.subarray(sample * features, (sample + 1) * features), row);
    const standardized = ((answers[sample] as number) - mean) / deviation;
    wider[row + features] = strength * standardized + Math.sqrt(1 - strength ** 2) * normal();
  }
  return { samples, values: wider, divisor, targets };
}

function sharedNumbers(length: number): Float32Array<SharedArrayBuffer> {
  return new Float32Array(allocateShared(length * Float32Array.BYTES_PER_ELEMENT, WHERE).buffer);
}
