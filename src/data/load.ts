/** Loads the data set that a sweep file names. */
import type { DataConfig } from '../config/schema.ts';
import { type Dataset, fingerprint, type Splits } from './dataset.ts';
import { findMnist, readMnist } from './mnist.ts';
import { stratifiedSubset } from './subset.ts';
import { synthesize } from './synthetic.ts';

/**
 * The data set of a configuration, ready to be shared between threads.
 *
 * Errors: DataError when it is missing, damaged or smaller than the configuration asks for.
 */
export async function loadDataset(config: DataConfig): Promise<Dataset> {
  const splits = config.source === 'mnist' ? await loadMnist(config) : synthesize(config);
  return { name: config.source, ...splits, fingerprint: fingerprint(splits) };
}

/** MNIST, or as much of it as the limits ask for. */
async function loadMnist({
  train_samples,
  test_samples,
}: Extract<DataConfig, { source: 'mnist' }>): Promise<Splits> {
  const { train, test, ...sizes } = await readMnist(findMnist());
  const limited = (split: typeof train, limit: number | undefined, stream: number, where: string) =>
    limit === undefined ? split : stratifiedSubset(split, { ...sizes, limit, stream, where });
  return {
    ...sizes,
    train: limited(train, train_samples, 0, 'data.train_samples'),
    test: limited(test, test_samples, 1, 'data.test_samples'),
  };
}
