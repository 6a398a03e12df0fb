/** A source of data: what one file under this folder says of itself, and what it loads. */
import type { z } from 'zod';
import type { Normalize } from './common-options.ts';
import type { InputArray, TargetArray } from './dataset.ts';
import type { TargetKind, Task } from './task.ts';

/** The `data` section of an experiment; what a source has for keys beyond these is its own affair. */
export interface DataConfig {
  readonly source: string;
  readonly [key: string]: unknown;
}

/** Sizes of a data set, as far as they can be known without loading it. */
export interface DataSizes {
  readonly features: number;
  /** Of one sample, where that is not [features]. */
  readonly shape?: readonly number[];
  /** Units of the output layer. */
  readonly outputs: number;
  readonly train_samples: number;
  readonly test_samples: number;
}

/**
 * One split as a source reads it, before anything is made of it.
 *
 * Shapes: `values` is row-major samples x (the product of `shape`); a value is `values[i] / divisor`. `targets` holds one label
 * from 0 a sample, or samples x width numbers; null where the task needs none.
 */
export interface SourceSplit {
  readonly samples: number;
  readonly values: InputArray;
  readonly divisor: number;
  readonly targets: TargetArray | null;
}

/** What a source yields; the splits that it does not have are made of `train`. */
export interface SourceData {
  /** Shape of one sample: [features] or [height, width, channels]. */
  readonly shape: readonly number[];
  readonly target: TargetKind;
  readonly train: SourceSplit;
  readonly validation?: SourceSplit;
  readonly test?: SourceSplit;
  /** What a user should know although nothing is wrong, ready to print. */
  readonly notes?: readonly string[];
}

/** What a source is told beside its own settings. */
export interface LoadContext {
  /** Directory that relative paths begin at: that of the sweep file. */
  readonly base: string;
  readonly task: Task;
}

/** A source of data by its name; one file each, and one line in `sources.ts`. */
export interface Source {
  readonly name: string;
  /** What it is, in half a sentence: for the help and the list of sources in the docs. */
  readonly summary: string;
  /** Its keys beside those that all sources have. */
  readonly section: z.ZodObject<Record<string, z.ZodType>, z.core.$strict>;
  /** Scaling unless the settings say another. */
  normalize(train: SourceSplit): Normalize;
  /** Sizes known before loading, without the common options; null where only the files tell. */
  sizes(settings: DataConfig, task: Task): DataSizes | null;
  /** Whether the data may have splits that the settings do not name. */
  readonly hasOwnSplits?: boolean;
  /** Paths of the files that the data depend on, as they are given. */
  files(settings: DataConfig): readonly string[];
  /** Errors: DataError when the data are missing, damaged or not what the settings say. */
  load(settings: DataConfig, context: LoadContext): Promise<SourceData>;
}
