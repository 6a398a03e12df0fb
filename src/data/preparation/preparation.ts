/** From what a source yields to the splits that training sees: test and validation splits, limits, label noise, scaling. */
import { DataError } from '../../errors.ts';
import { type CommonOptions, countOf, type Normalize } from '../common-options.ts';
import type { Split, Splits } from '../dataset.ts';
import type { SourceData, SourceSplit } from '../source.ts';
import type { TargetKind } from '../task.ts';
import { classNotes, refuseConstant, refuseFew } from './checks.ts';
import { addLabelNoise } from './label-noise.ts';
import { dropIncomplete, fillWithMeans } from './missing.ts';
import { normalize } from './normalization.ts';
import { chooseRows, keepRows, releaseUnused, separateRows } from './rows.ts';
import { standardizeTargets } from './target-scaling.ts';

/** Random streams of the subsets and splits. */
const SUBSET_STREAM = { train: 0, test: 1 } as const;
const SPLIT_STREAM = { test: 0, validation: 1 } as const;
/** A subset belongs to the data set, not to a trial: its seed never varies. */
const SUBSET_SEED = 0;
/** Fewest samples that have a covariance. */
const FEWEST_SAMPLES = 2;

/** The splits, and what a user should know of them although nothing is wrong. */
export interface Prepared {
  readonly splits: Splits;
  readonly notes: readonly string[];
}

/** The splits by their names, while they are made. */
interface Parts {
  readonly train: SourceSplit;
  readonly validation?: SourceSplit | undefined;
  readonly test?: SourceSplit | undefined;
}

/**
 * Makes the splits of a data set; the memory of `data` is used again.
 *
 * In this order: samples with missing values are left out; the test samples are drawn from the training samples where the
 * source has no test split; both are cut to `train_samples` and `test_samples`, each class keeping its share; the validation
 * samples are drawn from the training samples, class by class; then label noise, for the training samples alone, what is
 * filled in for missing values, and the scaling, fitted on them alone.
 *
 * Errors: DataError DATA_SPLIT for a split that is missing or left without samples, DATA_LIMIT for more samples than there
 * are, DATA_MISSING, DATA_ONE_CLASS, DATA_CONSTANT, DATA_TASK, DATA_NORMALIZE.
 */
export function prepareSplits(
  data: SourceData,
  options: CommonOptions,
  defaultNormalize: (train: SourceSplit) => Normalize,
): Prepared {
  const notes = [...(data.notes ?? [])];
  const complete = options.missing === 'drop' ? dropFromAll(data, notes) : data;
  const { train, validation, test } = drawSplits(complete, options, data.target);
  const names = validation === undefined ? ['train', 'test'] : ['train', 'validation', 'test'];
  const parts = releaseUnused(
    validation === undefined ? [train, test] : [train, validation, test],
  ) as readonly [SourceSplit, ...SourceSplit[]];
  for (const [at, part] of parts.entries()) refuseFew(part, FEWEST_SAMPLES, `data.${names[at]}`);
  refuseConstant(parts[0], data.target);
  for (const note of classNotes(parts[0], data.target)) notes.push(note);
  disturbLabels(parts[0], data.target, options);
  if (options.missing === 'mean') fillWithMeans(parts);
  const target = options.standardize_targets === true ? standardizeTargets(parts, data.target) : data.target;
  const { splits, standardization } = normalize(
    parts,
    data.shape,
    options.normalize ?? defaultNormalize(parts[0]),
  );
  const finished = splits.map((split): Split => ({ ...split, ...(standardization && { standardization }) }));
  return {
    notes,
    splits: {
      features: data.shape.reduce((product, extent) => product * extent, 1),
      shape: data.shape,
      target,
      train: finished[0] as Split,
      ...(validation !== undefined && { validation: finished[1] as Split }),
      test: finished.at(-1) as Split,
    },
  };
}

function dropFromAll({ train, validation, test }: Parts, notes: string[]): Parts {
  const drop = (split: SourceSplit | undefined, name: string): SourceSplit | undefined => {
    if (split === undefined) return undefined;
    const left = dropIncomplete(split, `data.${name}`);
    const dropped = split.samples - left.samples;
    if (dropped > 0) {
      notes.push(
        `data.${name}: ${dropped} of ${split.samples} samples are left out, since they have missing values.`,
      );
    }
    return left;
  };
  return {
    train: drop(train, 'train') as SourceSplit,
    validation: drop(validation, 'validation'),
    test: drop(test, 'test'),
  };
}

/** The splits by share and number. */
function drawSplits(
  { train: all, validation: givenValidation, test: givenTest }: Parts,
  { test: share, validation: validationShare, train_samples, test_samples, split_seed = 0 }: CommonOptions,
  target: TargetKind,
): { train: SourceSplit; validation: SourceSplit | undefined; test: SourceSplit } {
  let [train, validation, test] = [all, givenValidation, givenTest];
  if (test === undefined) {
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
  if (validation === undefined && typeof validationShare === 'number') {
    const { marked, rest } = draw(train, validationShare, SPLIT_STREAM.validation, 'data.validation');
    [train, validation] = [rest, marked];
  }
  return { train, validation, test };

  function limit(split: SourceSplit, count: number | undefined, stream: number, where: string): SourceSplit {
    if (count === undefined || count === split.samples) return split;
    const choice = { count, target, purpose: 'subset', seed: SUBSET_SEED, stream, where } as const;
    return keepRows(split, chooseRows(split, choice));
  }

  function draw(
    split: SourceSplit,
    shareOrNumber: number,
    stream: number,
    where: string,
  ): ReturnType<typeof separateRows> {
    const count = countOf(shareOrNumber, split.samples);
    if (count < FEWEST_SAMPLES || split.samples - count < FEWEST_SAMPLES) {
      throw new DataError(
        'DATA_SPLIT',
        `${where}: it must leave at least ${FEWEST_SAMPLES} samples on either side, got ${count} of ${split.samples}. Give another share or number.`,
        { where, count, samples: split.samples },
      );
    }
    const choice = {
      count,
      target,
      purpose: 'split',
      seed: split_seed,
      stream,
      where,
      leaveOne: true,
    } as const;
    return separateRows(split, chooseRows(split, choice));
  }
}

function disturbLabels(
  { targets }: SourceSplit,
  target: TargetKind,
  { label_noise: share = 0, split_seed = 0 }: CommonOptions,
): void {
  if (share === 0) return;
  if (target.kind !== 'classes' || targets === null) {
    throw new DataError(
      'DATA_TASK',
      'data.label_noise: it must go with classes as targets, got other targets. Leave it out.',
    );
  }
  addLabelNoise(targets, target.classes, share, split_seed);
}
