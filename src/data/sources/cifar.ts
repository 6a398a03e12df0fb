/** The binary versions of CIFAR-10 and CIFAR-100 as a source: 32 x 32 pixels in three channels, channels last. */
import { z } from 'zod';
import { CIFAR_TO_NHWC, openCifar } from '../../codec/arrays/cifar.ts';
import { readTensor } from '../../codec/arrays/tensor.ts';
import { allocateShared } from '../../codec/bytes/shared-memory.ts';
import { choice, section } from '../../schema/rules.ts';
import { filePath, pathIn, splitKeys } from '../reading/files.ts';
import { assembleSplits, eachSplit, givenSplits, type ReadSplit } from '../reading/source-splits.ts';
import type { DataConfig, Source } from '../source.ts';

const SHAPE = [32, 32, 3] as const;
const IMAGE_BYTES = 32 * 32 * 3;

/** Of CIFAR-10, in the order of the labels. */
const NAMES = 'airplane automobile bird cat deer dog frog horse ship truck'.split(' ');

interface CifarSettings {
  readonly version?: 10 | 100;
  readonly labels?: 'fine' | 'coarse';
}

const files = z.union([filePath(), z.array(filePath()).min(1)], {
  error: 'must be a file or a list of files',
});

export const cifar: Source = {
  name: 'cifar',
  summary: 'the binary versions of CIFAR-10 and CIFAR-100',
  section: section({
    source: choice(['cifar']),
    version: choice([10, 100]).exactOptional().describe('10 or 100 classes; 10 unless given'),
    labels: choice(['fine', 'coarse'])
      .exactOptional()
      .describe('Labels of CIFAR-100: 100 fine or 20 coarse classes; fine unless given'),
    ...splitKeys(files, 'Binary files'),
  }),
  normalize: () => 'scale',
  sizes: () => null,
  files: (data) => Object.values(givenSplits<string | string[]>(data)).flat(),
  async load(data, { base }) {
    const given = givenSplits<string | string[]>(data);
    const read = await eachSplit(given, (paths, split) =>
      readFiles(
        [paths].flat().map((path) => pathIn(base, path)),
        data as DataConfig & CifarSettings,
        `data.${split}`,
      ),
    );
    const { version = 10, labels } = data as DataConfig & CifarSettings;
    return assembleSplits(
      read,
      version === 10 ? { names: NAMES } : { classes: labels === 'coarse' ? 20 : 100 },
    );
  },
};

/** The records of some files, one file after another. */
async function readFiles(
  paths: readonly string[],
  { version = 10, labels: kind = 'fine' }: CifarSettings,
  where: string,
): Promise<ReadSplit> {
  const opened = await Promise.all(
    paths.map((path) => openCifar(path, version === 10 ? 'cifar10' : 'cifar100')),
  );
  const samples = opened.reduce((sum, { images }) => sum + (images.info.shape[0] ?? 0), 0);
  const values = allocateShared(samples * IMAGE_BYTES, where);
  const labels = allocateShared(samples, where);
  let done = 0;
  for (const { images, labels: named } of opened) {
    const [count = 0] = images.info.shape;
    const pixels = values.subarray(done * IMAGE_BYTES, (done + count) * IMAGE_BYTES);
    await readTensor(images, 'bytes', { axes: CIFAR_TO_NHWC, into: pixels });
    const chosen = named[version === 10 ? 'labels' : kind];
    if (chosen === undefined) throw new Error(`CIFAR-${version} has no ${kind} labels`);
    await readTensor(chosen, 'bytes', { into: labels.subarray(done, done + count) });
    done += count;
  }
  return { samples, shape: SHAPE, values, targets: { kind: 'labels', labels }, file: paths.join(', ') };
}
