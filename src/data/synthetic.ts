/** Correlated Gaussian clusters: a small classification task whose features are as correlated as one asks for. */
import { randomNormal } from 'd3-random';
import { allocateShared } from '../codec/bytes/shared-memory.ts';
import { uniformStream } from '../random.ts';
import { choice, realNumber, section, wholeNumber } from '../schema/rules.ts';
import type { Source, SourceData, SourceSplit } from './source.ts';

/** Gaussian clusters, one a class, whose features are correlated. */
export interface SyntheticSettings {
  readonly train_samples: number;
  readonly test_samples: number;
  readonly features: number;
  readonly classes: number;
  /** Correlation of any two features within a class, from 0 to 1. */
  readonly correlation: number;
  /** Distance between the means of two classes, in standard deviations of a feature. */
  readonly separation: number;
  readonly seed: number;
}

const MOST_FEATURES = 65_536;
const MOST_SAMPLES = 10_000_000;
/** Labels are bytes. */
const MOST_CLASSES = 256;

/** Numbers of the random streams: the same means for both splits, and more samples never change the earlier ones. */
const STREAM = { means: 0, train: 1, test: 2 } as const;

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
    seed: wholeNumber(0).default(0).describe('Seed of the data; every trial sees the same data'),
  }),
  normalize: () => 'none',
  sizes(settings) {
    const { features, classes, train_samples, test_samples } = settings as unknown as SyntheticSettings;
    return { features, outputs: classes, train_samples, test_samples };
  },
  files: () => [],
  load: async (settings) => synthesize(settings as unknown as SyntheticSettings),
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
 * Precision: drawn in float64, rounded to float32. The normals use the host's logarithm, so another JavaScript engine
 * may differ in the last bit; the fingerprint shows it.
 * Errors: DataError DATA_MEMORY.
 */
export function synthesize(settings: SyntheticSettings): SourceData {
  const { features, classes, seed } = settings;
  const means = classMeans(settings, normals(seed, STREAM.means));
  const split = (samples: number, stream: number): SourceSplit =>
    drawSplit(samples, means, settings, normals(seed, stream));
  return {
    shape: [features],
    target: { kind: 'classes', classes },
    train: split(settings.train_samples, STREAM.train),
    test: split(settings.test_samples, STREAM.test),
  };
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
  return Array.from({ length: classes }, () => {
    const direction = Float64Array.from({ length: features }, normal);
    const norm = Math.sqrt(direction.reduce((sum, coordinate) => sum + coordinate ** 2, 0));
    return direction.map((coordinate) => (radius * coordinate) / norm);
  });
}

function drawSplit(
  samples: number,
  means: readonly Float64Array[],
  { features, classes, correlation }: SyntheticSettings,
  normal: () => number,
): SourceSplit {
  const where = 'data (synthetic)';
  const bytes = samples * features * Float32Array.BYTES_PER_ELEMENT;
  const values = new Float32Array(allocateShared(bytes, where).buffer);
  const labels = allocateShared(samples, where);
  const shared = Math.sqrt(correlation);
  const own = Math.sqrt(1 - correlation);
  for (let sample = 0; sample < samples; sample++) {
    const label = sample % classes;
    const mean = means[label] as Float64Array;
    const factor = shared * normal();
    for (let feature = 0; feature < features; feature++) {
      values[sample * features + feature] = (mean[feature] as number) + factor + own * normal();
    }
    labels[sample] = label;
  }
  return { samples, values, divisor: 1, targets: labels };
}
