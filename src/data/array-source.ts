/** Sources whose splits are a file of inputs and a file of targets. */

import { z } from 'zod';
import { DataError } from '../errors.ts';
import { choice, section, wholeNumber } from '../schema/rules.ts';
import { type ImageOptions, readInputs, readTargets } from './arrays.ts';
import { filePair, pathIn, splitKeys } from './files.ts';
import { missingKey } from './missing.ts';
import type { DataConfig, LoadContext, Source } from './source.ts';
import { assembleSplits, type ReadSplit } from './source-splits.ts';

/** What tells one such source from another. */
export interface ArraySourceOptions {
  readonly name: string;
  readonly summary: string;
  /** Keys of the two files of a split. */
  readonly keys: readonly [inputs: string, targets: string];
}

/** A source of arrays by the names of its keys. */
export function arraySource({ name, summary, keys }: ArraySourceOptions): Source {
  const [inputs, targets] = keys;
  const settings = splitKeys(filePair(inputs, targets), 'Files');
  type Pair = Readonly<Record<string, string>>;
  const pairsOf = (data: DataConfig): [string, Pair][] =>
    ['train', 'validation', 'test'].flatMap((split) =>
      typeof data[split] === 'object' && data[split] !== null ? [[split, data[split] as Pair]] : [],
    );
  return {
    name,
    summary,
    normalize: ({ values }) => (values instanceof Uint8Array ? 'scale' : 'none'),
    section: section({
      source: choice([name]),
      ...settings,
      shape: z
        .array(wholeNumber(1))
        .length(3, { error: 'must be [height, width, channels]' })
        .exactOptional()
        .describe('[height, width, channels] of images that are stored flat'),
      layout: choice(['channels-last', 'channels-first'])
        .exactOptional()
        .describe('Order of the axes of an image in the file; channels-last unless given'),
      missing: missingKey(),
    }),
    sizes: () => null,
    files: (data) => pairsOf(data).flatMap(([, pair]) => Object.values(pair)),
    async load(data, { base, task }: LoadContext) {
      const read = async (split: string, pair: Pair): Promise<ReadSplit> => {
        const where = `data.${split}`;
        const file = pathIn(base, pair[inputs] as string);
        const x = await readInputs(file, data as ImageOptions, `${where}.${inputs}`);
        if (task === 'autoencoding') return { ...x, file, targets: null };
        const answers = pair[targets];
        if (answers === undefined) {
          throw new DataError(
            'DATA_TARGETS',
            `${where}.${targets}: a ${task} must have targets, got none. Name their file, or write task: autoencoding.`,
            { where },
          );
        }
        const y = await readTargets(pathIn(base, answers), task, x.samples, `${where}.${targets}`);
        return { ...x, file, targets: y };
      };
      const splits: Record<string, ReadSplit> = {};
      // One after another: each takes the disk, and memory for its chunks.
      for (const [split, pair] of pairsOf(data)) splits[split] = await read(split, pair);
      return assembleSplits(splits as unknown as Parameters<typeof assembleSplits>[0]);
    },
  };
}
