/** Settings that every source has: splits, sizes, normalization and label noise. */
import { z } from 'zod';
import { choice, realNumber, section, truthValue, wholeNumber } from '../schema/rules.ts';
import type { MissingPolicy } from './preparation/missing.ts';

/** How inputs are scaled; what is fitted is fitted on the training split alone. */
export const NORMALIZATIONS = ['none', 'scale', 'standardize'] as const;

/** Means and standard deviations that are given: one number, or one for each channel or feature. */
export interface GivenNormalization {
  readonly mean: number | readonly number[];
  readonly std: number | readonly number[];
}

export type Normalize = (typeof NORMALIZATIONS)[number] | GivenNormalization;

/** The keys; what is left out is as each source has it. */
export interface CommonOptions {
  /** Share below 1, or number, of the training samples that a sweep selects by. A source with files may take files. */
  readonly validation?: unknown;
  /** Share below 1, or number, of the samples for the test, where a source has no test split of its own. */
  readonly test?: unknown;
  readonly train_samples?: number;
  readonly test_samples?: number;
  /** What a source of files does about values that are missing. */
  readonly missing?: MissingPolicy;
  readonly normalize?: Normalize;
  /** Whether the numbers of a regression get mean 0 and deviation 1. */
  readonly standardize_targets?: boolean;
  /** Share of the training labels that are replaced by another class, drawn evenly. */
  readonly label_noise?: number;
  /** Seed of what is drawn here: the validation and test splits, and the label noise. */
  readonly split_seed?: number;
}

const MOST_SAMPLES = 10_000_000_000;
const SHARE_OR_COUNT = 'must be a share between 0 and 1 or a whole number of samples of at least 2';

/** A share of the samples below 1, or a number of them. */
export function shareOrCount(): z.ZodType<number> {
  return z
    .number({ error: SHARE_OR_COUNT })
    .refine((value) => value > 0 && (value < 1 || (Number.isInteger(value) && value >= 2)), {
      error: SHARE_OR_COUNT,
    });
}

/** Number of samples that a share or a number stands for. */
export function countOf(shareOrNumber: number, samples: number): number {
  return shareOrNumber < 1 ? Math.round(shareOrNumber * samples) : shareOrNumber;
}

const perChannel = z.union([realNumber({}), z.array(realNumber({})).min(1)], {
  error: 'must be a number, or a list with one for each channel or feature',
});
const deviations = z.union([realNumber({ above: 0 }), z.array(realNumber({ above: 0 })).min(1)], {
  error: 'must be a number above 0, or a list with one for each channel or feature',
});

/** Schemas of the keys that every source has. */
export const COMMON_OPTIONS: Readonly<Record<string, z.ZodType>> = {
  validation: shareOrCount()
    .exactOptional()
    .describe('Share or number of the training samples that a sweep selects by, drawn class by class'),
  train_samples: wholeNumber(2, MOST_SAMPLES)
    .exactOptional()
    .describe('Training samples to use; all unless given'),
  test_samples: wholeNumber(2, MOST_SAMPLES)
    .exactOptional()
    .describe('Test samples to use; all unless given'),
  normalize: z
    .union(
      [
        choice(NORMALIZATIONS),
        section(
          {
            mean: perChannel.describe('Taken off the inputs, which are 0 … 1 where they are bytes'),
            std: deviations.describe('What the inputs are divided by then'),
          },
          '{mean: 0.1307, std: 0.3081}',
        ),
      ],
      { error: 'must be none, scale, standardize or a mapping such as {mean: 0.1307, std: 0.3081}' },
    )
    .exactOptional()
    .describe(
      'Scaling of the inputs, fitted on the training samples: none, scale (to 0 … 1), standardize, or given means and deviations',
    ),
  standardize_targets: truthValue()
    .exactOptional()
    .describe(
      'Whether the targets of a regression get mean 0 and deviation 1, fitted on the training samples; false unless given. Errors are told in their own unit all the same',
    ),
  label_noise: realNumber({ from: 0, to: 1 })
    .exactOptional()
    .describe('Share of the training labels that are replaced by another class'),
  split_seed: wholeNumber(0)
    .exactOptional()
    .describe('Seed of the validation and test splits and of the label noise; 0 unless given'),
};
