/** Missing values: numbers that are not finite, refused where they are read unless a policy says what to do. */
import type { z } from 'zod';
import { DataError } from '../../errors.ts';
import { choice } from '../../schema/rules.ts';
import type { TargetArray } from '../dataset.ts';
import { MISSING_LABEL } from '../reading/labels.ts';
import type { SourceSplit } from '../source.ts';
import { keepRows } from './rows.ts';

/** What to do: refuse the data, leave out the samples, or take the mean of the training samples. */
export const MISSING_POLICIES = ['error', 'drop', 'mean'] as const;

export type MissingPolicy = (typeof MISSING_POLICIES)[number];

/** The key of a source of files. */
export function missingKey(): z.ZodType {
  return choice(MISSING_POLICIES)
    .exactOptional()
    .describe(
      'Missing values, NaN and infinity: error (unless given) refuses them, drop leaves out the samples, mean fills in the mean of the training samples',
    );
}

/**
 * The samples whose inputs and targets are all there; the memory of the split is used again. `where` is its setting.
 *
 * Errors: DataError DATA_MISSING where none are left.
 */
export function dropIncomplete(split: SourceSplit, where: string): SourceSplit {
  const { samples } = split;
  const marks = new Uint8Array(samples).fill(1);
  if (!(split.values instanceof Uint8Array)) markFinite(split.values, marks);
  if (split.targets !== null) markPresent(split.targets, marks);
  if (marks.includes(1)) return keepRows(split, marks);
  throw new DataError(
    'DATA_MISSING',
    `${where}: missing: drop must leave samples, got none of ${samples} without a missing value. Write missing: mean, or leave out the columns that are empty.`,
    { where, samples },
  );
}

function markFinite(values: Float32Array, marks: Uint8Array): void {
  const width = values.length / marks.length;
  for (let sample = 0; sample < marks.length; sample++) {
    for (let i = sample * width; i < (sample + 1) * width; i++) {
      const value = values[i]!;
      // What is not finite differs from itself less itself.
      if (value - value !== 0) marks[sample] = 0;
    }
  }
}

function markPresent(targets: TargetArray, marks: Uint8Array): void {
  if (targets instanceof Float32Array) markFinite(targets, marks);
  else for (const [sample, label] of targets.entries()) if (label === MISSING_LABEL) marks[sample] = 0;
}

/** Fills in, in place, the mean that a feature has in the first split, the training samples; 0 where it has none at all. */
export function fillWithMeans(splits: readonly [SourceSplit, ...SourceSplit[]]): void {
  const [train] = splits;
  if (train.values instanceof Uint8Array) return;
  const means = finiteMeans(train.values, train.values.length / train.samples);
  for (const { values } of splits) {
    for (let row = 0; row < values.length; row += means.length) {
      for (let j = 0; j < means.length; j++)
        if (!Number.isFinite(values[row + j])) values[row + j] = means[j]!;
    }
  }
}

function finiteMeans(values: Float32Array, features: number): Float64Array {
  const sums = new Float64Array(features);
  const counts = new Float64Array(features);
  for (let row = 0; row < values.length; row += features) {
    for (let j = 0; j < features; j++) {
      const value = values[row + j]!;
      if (!Number.isFinite(value)) continue;
      sums[j]! += value;
      counts[j]! += 1;
    }
  }
  return sums.map((sum, j) => sum / (counts[j]! || 1));
}
