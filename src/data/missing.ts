/** Missing values: numbers that are not finite, refused where they are read unless a policy says what to do. */
import type { z } from 'zod';
import { choice } from '../schema/rules.ts';
import { keepRows } from './rows.ts';
import type { SourceSplit } from './source.ts';

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

/** The samples whose inputs are all finite; the memory of the split is used again. */
export function dropIncomplete(split: SourceSplit): SourceSplit {
  const { samples, values } = split;
  if (values instanceof Uint8Array) return split;
  const width = values.length / samples;
  const marks = new Uint8Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    let finite = 1;
    for (let i = sample * width; i < (sample + 1) * width; i++) if (!Number.isFinite(values[i])) finite = 0;
    marks[sample] = finite;
  }
  return keepRows(split, marks);
}

/** Fills in, in place, the mean that a feature has in the first split, the training samples; 0 where it has none at all. */
export function fillWithMeans(splits: readonly [SourceSplit, ...SourceSplit[]]): void {
  const [train] = splits;
  if (train.values instanceof Uint8Array) return;
  const width = train.values.length / train.samples;
  const sums = new Float64Array(width);
  const counts = new Float64Array(width);
  for (let i = 0; i < train.values.length; i++) {
    const value = train.values[i]!;
    if (!Number.isFinite(value)) continue;
    sums[i % width]! += value;
    counts[i % width]! += 1;
  }
  for (const { values } of splits) {
    for (let i = 0; i < values.length; i++) {
      if (!Number.isFinite(values[i])) values[i] = sums[i % width]! / (counts[i % width]! || 1);
    }
  }
}
