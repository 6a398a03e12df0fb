/** The sources of data that a sweep file can name. */
import type { z } from 'zod';
import { COMMON_OPTIONS, type CommonOptions, countOf } from './common-options.ts';
import type { DataConfig, DataSizes, Source } from './source.ts';
import { cifar } from './sources/cifar.ts';
import { csv } from './sources/csv.ts';
import { idx } from './sources/idx.ts';
import { mnist } from './sources/mnist.ts';
import { module } from './sources/module.ts';
import { npy } from './sources/npy.ts';
import { parquet } from './sources/parquet.ts';
import { synthetic } from './sources/synthetic.ts';
import type { Task } from './task.ts';

/** In the order in which they are listed to users. */
export const SOURCES: readonly Source[] = [mnist, synthetic, idx, npy, csv, parquet, cifar, module];

/** The sections of all sources, each with the common keys. */
export const SOURCE_SECTIONS: readonly z.ZodObject<Record<string, z.ZodType>, z.core.$strict>[] = SOURCES.map(
  ({ section }) => section.safeExtend({ ...COMMON_OPTIONS, ...section.shape }),
);

/** Source of a `data` section that was checked. */
export function sourceOf({ source }: Pick<DataConfig, 'source'>): Source {
  const found = SOURCES.find(({ name }) => name === source);
  if (found === undefined) throw new Error(`no source is called ${source}`);
  return found;
}

/** Sizes of the data set of a checked `data` section once it is split; null where only its files tell. */
export function sizesOf(data: DataConfig, task: Task): DataSizes | null {
  const sizes = sourceOf(data).sizes(data, task);
  if (sizes === null) return null;
  const {
    train_samples = sizes.train_samples,
    test_samples = sizes.test_samples,
    validation,
  } = data as CommonOptions;
  const validationSamples = typeof validation === 'number' ? countOf(validation, train_samples) : 0;
  return {
    ...sizes,
    train_samples: train_samples - validationSamples,
    test_samples: Math.max(test_samples, validationSamples),
  };
}

/** Whether the data of a section have a validation split; undefined where only the data tell. */
export function hasValidation(data: DataConfig): boolean | undefined {
  if (data.validation !== undefined) return true;
  return sourceOf(data).hasOwnSplits === true ? undefined : false;
}
