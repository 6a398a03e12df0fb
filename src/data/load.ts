/** Loads the data set that a sweep file names. */
import { resolve } from 'node:path';
import { DataError } from '../errors.ts';
import type { CommonOptions } from './common-options.ts';
import { type Dataset, fingerprint } from './dataset.ts';
import { prepareSplits } from './preparation/preparation.ts';
import type { DataConfig, SourceData } from './source.ts';
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
 * Errors: DataError when it is missing, damaged, smaller than the configuration asks for, or of another task.
 */
export async function loadDataset(config: DataConfig, options: LoadOptions = {}): Promise<Dataset> {
  const { task = DEFAULT_TASK, base = '.' } = options;
  const source = sourceOf(config);
  const data = fitTask(await source.load(config, { task, base: resolve(base) }), task, source.name);
  const { splits, notes } = prepareSplits(data, config as CommonOptions, (train) => source.normalize(train));
  const loaded = { name: source.name, ...splits, fingerprint: fingerprint(splits) };
  return notes.length === 0 ? loaded : { ...loaded, notes };
}

/** The data with the targets of the task. Errors: DataError DATA_TASK for a source of classes under regression. */
function fitTask(data: SourceData, task: Task, name: string): SourceData {
  const { target, train, validation, test } = data;
  if (task === 'autoencoding') {
    return {
      ...data,
      target: { kind: 'inputs' },
      train: { ...train, targets: null },
      ...(validation && { validation: { ...validation, targets: null } }),
      ...(test && { test: { ...test, targets: null } }),
    };
  }
  const kind = task === 'classification' ? 'classes' : 'numbers';
  if (target.kind === kind) return data;
  throw new DataError(
    'DATA_TASK',
    `data.source: ${name}: a ${task} must have ${kind} as targets, got ${target.kind}. Write another task, or name another source.`,
    { source: name, task, target: target.kind },
  );
}
