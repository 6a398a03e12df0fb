/** Which reader a file of data is for: told by its name where that says it, else by its first bytes. */
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { formatOf } from '../codec/arrays/array-file.ts';
import { withDataFile } from '../codec/bytes/file.ts';
import { DataError } from '../errors.ts';
import { printable } from '../printable.ts';

/** Readers of files: arrays are npy, npz, safetensors and IDX. */
export type FileKind = 'arrays' | 'csv' | 'parquet' | 'cifar' | 'module';

const BY_ENDING: Readonly<Record<string, FileKind>> = {
  '.npy': 'arrays',
  '.npz': 'arrays',
  '.safetensors': 'arrays',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.parquet': 'parquet',
  '.bin': 'cifar',
  '.mjs': 'module',
  '.js': 'module',
};

/** What other formats are turned into, where that is one step. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '.xlsx': 'Save the sheet as CSV.',
  '.xls': 'Save the sheet as CSV.',
  '.pt': 'Save its tensors as .safetensors, or by numpy.save.',
  '.pth': 'Save its tensors as .safetensors, or by numpy.save.',
  '.pkl': 'Save its arrays by numpy.save, or its table by to_csv.',
  '.pickle': 'Save its arrays by numpy.save, or its table by to_csv.',
  '.h5': 'Save its arrays by numpy.savez.',
  '.hdf5': 'Save its arrays by numpy.savez.',
  '.mat': 'Save its arrays by numpy.savez.',
  '.feather': 'Save it as Parquet.',
  '.arrow': 'Save it as Parquet.',
  '.json': 'Save it as CSV, or read it in a module.',
  '.jsonl': 'Save it as CSV, or read it in a module.',
  '.zip': 'Unpack it.',
};

/**
 * The kind of a file; of `file.npz#key` that of the file.
 *
 * Errors: DataError DATA_FORMAT for formats that are not read, and those of {@link withDataFile}.
 */
export async function kindOf(reference: string): Promise<FileKind> {
  const path = await fileOf(reference);
  const kind = await kindOfFile(path);
  if (path === reference || kind === 'arrays') return kind;
  const key = printable(reference.slice(path.length));
  throw new DataError(
    'DATA_KEY',
    `${path}: a key must go with a file of arrays, got ${key} for a file of another kind. Leave it out.`,
    { file: path, key },
  );
}

async function kindOfFile(path: string): Promise<FileKind> {
  const ending = extname(path).toLowerCase();
  const known = BY_ENDING[ending];
  const start = await withDataFile(path, async (file) => {
    const bytes = Buffer.alloc(Math.min(4, file.stamp.sizeBytes));
    await file.read(bytes, 0);
    return bytes.toString('latin1');
  });
  if (known !== undefined) return known;
  // IDX files are read as they are compressed, tables are not.
  const remedy = /\.(csv|tsv|txt|parquet|npy)\.gz$/i.test(path) ? 'Unpack it.' : ELSEWHERE[ending];
  if (remedy !== undefined) {
    throw new DataError(
      'DATA_FORMAT',
      `${path}: data must be CSV, Parquet, npy, npz, safetensors, IDX, CIFAR's .bin or a module, got ${printable(ending)}. ${remedy}`,
      { file: path },
    );
  }
  if (start === 'PAR1') return 'parquet';
  if (start === '') return 'csv';
  try {
    await formatOf(path);
    return 'arrays';
  } catch (error) {
    // What is in none of the formats with a signature may still be text.
    if (error instanceof DataError && error.code === 'DATA_FORMAT') return 'csv';
    throw error;
  }
}

/** The file of `file#key`; a file whose own name has the `#` comes first. */
export async function fileOf(reference: string): Promise<string> {
  for (let at = reference.length; at > 0; at = reference.lastIndexOf('#', at - 1)) {
    const path = reference.slice(0, at);
    if (await exists(path)) return path;
  }
  return reference;
}

/** Whether there is a file for `file` or `file#key`. */
export async function isThere(reference: string): Promise<boolean> {
  return exists(await fileOf(reference));
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
