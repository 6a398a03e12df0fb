/** Paths of data files as a sweep file gives them, and the keys of the splits that are files. */
import { isAbsolute, relative, resolve } from 'node:path';
import { z } from 'zod';
import { expandHome } from '../../home.ts';
import { section } from '../../schema/rules.ts';
import { shareOrCount } from '../common-options.ts';

/** A path, relative to the sweep file. */
export function filePath(): z.ZodString {
  const error = 'must be the path of a file';
  return z.string({ error }).min(1, { error });
}

/** Where a path leads that is relative to `base`, or begins with `~/`; written from the working directory where it lies below that. */
export function pathIn(base: string, path: string): string {
  const given = expandHome(path);
  const whole = resolve(base, given);
  if (isAbsolute(given)) return whole;
  const near = relative('', whole);
  return near === '' || near.startsWith('..') || isAbsolute(near) ? whole : near;
}

/** Keys of the splits of a source whose splits are files in this form. */
export function splitKeys<Files extends z.ZodType>(files: Files, what: string): Record<string, z.ZodType> {
  return {
    train: files.describe(`${what} of the training samples`),
    validation: shareOr(files)
      .exactOptional()
      .describe(`${what} of the validation samples, or a share or number of the training samples`),
    test: shareOr(files)
      .exactOptional()
      .describe(`${what} of the test samples, or a share or number of the training samples`),
  };
}

/** Files, or a share or number of the training samples. */
function shareOr(files: z.ZodType): z.ZodType {
  return z.union([shareOrCount(), files], {
    error: 'must be files as train has them, a share between 0 and 1, or a whole number of samples',
  });
}

/** Two files that belong together. */
export function filePair(
  inputs: string,
  targets: string,
): z.ZodObject<Record<string, z.ZodType>, z.core.$strict> {
  return section(
    {
      [inputs]: filePath().describe('File of the inputs'),
      [targets]: filePath().exactOptional().describe('File of the targets; not needed by an autoencoder'),
    },
    `{${inputs}: x.npy, ${targets}: y.npy}`,
  );
}
