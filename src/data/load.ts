/** Loads the data set that a sweep file names. */
import { resolve } from 'node:path';
import type { CommonOptions } from './common-options.ts';
import { type Dataset, fingerprint } from './dataset.ts';
import { prepareSplits } from './preparation.ts';
import type { DataConfig } from './source.ts';
import { sourceOf } from './sources.ts';
import { DEFAULT_TASK, type Task } from './task.ts';

/** What else decides how data are read. */
export interface LoadOptions {
  /** What is learned. Default: classification. */
  readonly task?: Task | undefined;
  /** Directory that relative paths begin at. Default: the working directory. */
  readonly base?: string | undefined;
}

/**
 * The data set of a configuration, ready to be shared between threads.
 *
 * Errors: DataError when it is missing, damaged or smaller than the configuration asks for.
 */
export async function loadDataset(config: DataConfig, options: LoadOptions = {}): Promise<Dataset> {
  const { task = DEFAULT_TASK, base = '.' } = options;
  const source = sourceOf(config);
  const data = await source.load(config, { task, base: resolve(base) });
  const splits = prepareSplits(data, config as CommonOptions, (train) => source.normalize(train));
  const { notes } = data;
  return { name: source.name, ...splits, fingerprint: fingerprint(splits), ...(notes && { notes }) };
}
