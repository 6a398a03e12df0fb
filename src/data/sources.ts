/** The sources of data that a sweep file can name. */
import type { z } from 'zod';
import { cifar } from './cifar.ts';
import { COMMON_OPTIONS, type CommonOptions, countOf } from './common-options.ts';
import { csv } from './csv.ts';
import { idx } from './idx.ts';
import { mnist } from './mnist.ts';
import { module } from './module.ts';
import { npy } from './npy.ts';
import { parquet } from './parquet.ts';
import type { DataConfig, DataSizes, Source } from './source.ts';
import { synthetic } from './synthetic.ts';
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
