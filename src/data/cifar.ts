/** The binary versions of CIFAR-10 and CIFAR-100 as a source: 32 x 32 pixels in three channels, channels last. */
import { z } from 'zod';
import { CIFAR_TO_NHWC, openCifar } from '../codec/arrays/cifar.ts';
import { readTensor } from '../codec/arrays/tensor.ts';
import { allocateShared } from '../codec/bytes/shared-memory.ts';
import { choice, section } from '../schema/rules.ts';
import { filePath, pathIn, splitKeys } from './files.ts';
import { labelsOf } from './labels.ts';
import type { DataConfig, Source } from './source.ts';
import { assembleSplits, type ReadSplit } from './source-splits.ts';

const SHAPE = [32, 32, 3] as const;
const IMAGE_BYTES = 32 * 32 * 3;

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
  files: (data) => ['train', 'validation', 'test'].flatMap((split) => filesOf(data, split)),
  async load(data, { base, task }) {
    const { version = 10, labels: kind = 'fine' } = data as CifarSettings;
    const read = async (split: string): Promise<ReadSplit | undefined> => {
      const paths = filesOf(data, split).map((path) => pathIn(base, path));
      if (paths.length === 0) return undefined;
      const opened = await Promise.all(
        paths.map((path) => openCifar(path, version === 10 ? 'cifar10' : 'cifar100')),
      );
      const samples = opened.reduce((sum, { images }) => sum + (images.info.shape[0] ?? 0), 0);
      const values = allocateShared(samples * IMAGE_BYTES, `data.${split}`);
      const labels = new Float64Array(samples);
      let done = 0;
      for (const { images, labels: named } of opened) {
        const [count = 0] = images.info.shape;
        const into = values.subarray(done * IMAGE_BYTES, (done + count) * IMAGE_BYTES);
        await readTensor(images, 'bytes', { axes: CIFAR_TO_NHWC, into });
        const chosen = named[version === 10 ? 'labels' : kind];
        if (chosen !== undefined) labels.set((await readTensor(chosen, 'bytes')).data, done);
        done += count;
      }
      const targets =
        task === 'autoencoding'
          ? null
          : ({ kind: 'labels', labels: labelsOf(labels, `data.${split}`) } as const);
      return { samples, shape: SHAPE, values, targets, file: paths.join(', ') };
    };
    const train = (await read('train')) as ReadSplit;
    const validation = await read('validation');
    const test = await read('test');
    return assembleSplits({ train, ...(validation && { validation }), ...(test && { test }) });
  },
};

/** The files of a split; none where it is a share, or not given. */
function filesOf(data: DataConfig, split: string): readonly string[] {
  const given = data[split];
  if (typeof given === 'string') return [given];
  return Array.isArray(given) ? (given as string[]) : [];
}
