/** Correlated Gaussian clusters: a small classification task whose features are as correlated as one asks for. */
import { randomNormal } from 'd3-random';
import type { SyntheticConfig } from '../config/schema.ts';
import { DataError } from '../errors.ts';
import { uniformStream } from '../random.ts';
import type { Split, Splits } from './dataset.ts';
import { allocateShared } from './shared-memory.ts';

/** What the clusters look like, as the sweep file says it. */
export type SyntheticSettings = Omit<SyntheticConfig, 'source'>;

/** Numbers of the random streams: the same means for both splits, and more samples never change the earlier ones. */
const STREAM = { means: 0, train: 1, test: 2 } as const;
/** Labels are bytes. */
const MOST_CLASSES = 256;

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
 * Errors: DataError DATA_SYNTHETIC above 256 classes, DATA_MEMORY.
 */
export function synthesize(settings: SyntheticSettings): Splits {
  const { features, classes, seed } = settings;
  if (classes > MOST_CLASSES) {
    throw new DataError(
      'DATA_SYNTHETIC',
      `data.classes: there are at most ${MOST_CLASSES} classes, got ${classes}. Lower it.`,
      { classes },
    );
  }
  const means = classMeans(settings, normals(seed, STREAM.means));
  const split = (samples: number, stream: number): Split =>
    drawSplit(samples, means, settings, normals(seed, stream));
  return {
    features,
    classes,
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
): Split {
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
  return { samples, values, divisor: 1, labels };
}
