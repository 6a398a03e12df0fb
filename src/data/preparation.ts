/** From what a source yields to the splits that training sees: test and validation splits, limits, label noise, scaling. */
import { DataError } from '../errors.ts';
import { type CommonOptions, countOf, type Normalize } from './common-options.ts';
import type { Split, Splits } from './dataset.ts';
import { addLabelNoise } from './label-noise.ts';
import { dropIncomplete, fillWithMeans } from './missing.ts';
import { normalize } from './normalization.ts';
import { chooseRows, keepRows, separateRows } from './rows.ts';
import type { SourceData, SourceSplit } from './source.ts';
import { standardizeTargets } from './target-scaling.ts';

/** Random streams of the subsets and splits. */
const SUBSET_STREAM = { train: 0, test: 1 } as const;
const SPLIT_STREAM = { test: 0, validation: 1 } as const;
/** A subset belongs to the data set, not to a trial: its seed never varies. */
const SUBSET_SEED = 0;
/** Fewest samples that have a covariance. */
const FEWEST_SAMPLES = 2;

/**
 * Makes the splits of a data set; the memory of `data` is used again.
 *
 * In this order: the test samples are drawn from the training samples where the source has no test split; both are cut to
 * `train_samples` and `test_samples`, each class keeping its share; the validation samples are drawn from the training
 * samples, class by class; then label noise, for the training samples alone, and the scaling, fitted on them alone.
 *
 * Errors: DataError DATA_SPLIT for a split that is missing or left without samples, DATA_LIMIT for more samples than there
 * are, DATA_ONE_CLASS, DATA_NORMALIZE.
 */
export function prepareSplits(
  data: SourceData,
  options: CommonOptions,
  defaultNormalize: (train: SourceSplit) => Normalize,
): Splits {
  const { shape } = data;
  let { target } = data;
  const { split_seed: seed = 0, label_noise: noise = 0, train_samples, test_samples } = options;
  let { train, validation, test } = data;
  if (options.missing === 'drop') {
    train = dropIncomplete(train);
    validation &&= dropIncomplete(validation);
    test &&= dropIncomplete(test);
  }

  if (test === undefined) {
    const share = options.test;
    if (typeof share !== 'number') {
      throw new DataError(
        'DATA_SPLIT',
        'data.test: there must be test samples, got a source without any. Name their file, or write test: 0.2 for a share of the samples.',
      );
    }
    const { marked, rest } = draw(train, share, SPLIT_STREAM.test, 'data.test');
    [train, test] = [rest, marked];
  }
  train = limit(train, train_samples, SUBSET_STREAM.train, 'data.train_samples');
  test = limit(test, test_samples, SUBSET_STREAM.test, 'data.test_samples');
  if (validation === undefined && typeof options.validation === 'number') {
    const { marked, rest } = draw(train, options.validation, SPLIT_STREAM.validation, 'data.validation');
    [train, validation] = [rest, marked];
  }
  const parts = { train, ...(validation !== undefined && { validation }), test };
  for (const [name, { samples }] of Object.entries(parts)) {
    if (samples >= FEWEST_SAMPLES) continue;
    throw new DataError(
      'DATA_SPLIT',
      `data.${name}: a split must have at least ${FEWEST_SAMPLES} samples, got ${samples}. Give it more.`,
      { split: name, samples },
    );
  }
  if (target.kind === 'classes' && train.targets !== null) {
    checkClasses(train);
    if (noise > 0) addLabelNoise(train.targets, target.classes, noise, seed);
  } else if (noise > 0) {
    throw new DataError(
      'DATA_SPLIT',
      'data.label_noise: it must go with classes, got other targets. Leave it out.',
    );
  }
  const [first, ...others] = Object.values(parts) as [SourceSplit, ...SourceSplit[]];
  if (options.missing === 'mean') fillWithMeans([first, ...others]);
  if (options.standardize_targets === true) {
    if (target.kind !== 'numbers') {
      throw new DataError(
        'DATA_SPLIT',
        'data.standardize_targets: it must go with task: regression, got other targets. Leave it out.',
      );
    }
    target = standardizeTargets([first, ...others], target);
  }
  const { splits, standardization } = normalize(
    [first, ...others],
    shape,
    options.normalize ?? defaultNormalize(first),
  );
  const finished = splits.map((split): Split => ({ ...split, ...(standardization && { standardization }) }));
  return {
    features: shape.reduce((product, extent) => product * extent, 1),
    shape,
    target,
    train: finished[0] as Split,
    ...(validation !== undefined && { validation: finished[1] as Split }),
    test: finished.at(-1) as Split,
  };

  function limit(split: SourceSplit, count: number | undefined, stream: number, where: string): SourceSplit {
    if (count === undefined || count === split.samples) return split;
    const choice = { count, target, purpose: 'subset', seed: SUBSET_SEED, stream, where } as const;
    return keepRows(split, chooseRows(split, choice));
  }

  function draw(
    split: SourceSplit,
    share: number,
    stream: number,
    where: string,
  ): ReturnType<typeof separateRows> {
    const count = countOf(share, split.samples);
    if (count < FEWEST_SAMPLES || split.samples - count < FEWEST_SAMPLES) {
      throw new DataError(
        'DATA_SPLIT',
        `${where}: it must leave at least ${FEWEST_SAMPLES} samples on either side, got ${count} of ${split.samples}. Give another share or number.`,
        { where, count, samples: split.samples },
      );
    }
    const choice = { count, target, purpose: 'split', seed, stream, where } as const;
    return separateRows(split, chooseRows(split, choice));
  }
}

function checkClasses({ targets, samples }: SourceSplit): void {
  const first = targets?.[0];
  for (let sample = 1; sample < samples; sample++) if (targets?.[sample] !== first) return;
  throw new DataError(
    'DATA_ONE_CLASS',
    `data: the training samples must have at least two classes, got only class ${first}. Check the labels.`,
    { class: Number(first) },
  );
}
