/** Opens arrays of any format, told apart by their first bytes: `file.npy`, `file.npz#key`, `file.safetensors#tensor`, IDX. */
import { stat } from 'node:fs/promises';
import { DataError } from '../../errors.ts';
import { type DataFile, withDataFile } from '../bytes/file.ts';
import { isGzip } from '../bytes/inflate.ts';
import { openIdx } from './idx.ts';
import { choose, type Member } from './members.ts';
import { openNpy } from './npy.ts';
import { listNpz } from './npz.ts';
import { listSafetensors } from './safetensors.ts';
import type { Tensor } from './tensor.ts';

export type ArrayFormat = 'npy' | 'npz' | 'safetensors' | 'idx';

const START_BYTES = 9;

/**
 * Opens the array that `file` or `file#key` names. A file whose own name has the `#` comes first.
 *
 * Errors: DataError DATA_FORMAT (none of the formats), DATA_KEY (no such key, with those there are; a key in a file of one
 * array), and those of the format.
 */
export async function openArray(reference: string): Promise<Tensor> {
  const { path, key } = await split(reference);
  const format = await formatOf(path);
  if (format === 'npz') {
    const members = await listNpz(path);
    // The name of the member in the archive is understood too.
    const known = members.some((member) => member.key === key);
    return choose(members, known ? key : key?.replace(/\.npy$/, ''), path);
  }
  if (format === 'safetensors') return choose(await listSafetensors(path), key, path);
  if (key !== undefined) {
    throw new DataError(
      'DATA_KEY',
      `${path}: a file with one array has no keys, got "${key}". Leave out #${key}.`,
      {
        file: path,
        key,
      },
    );
  }
  return format === 'npy' ? openNpy(path) : openIdx(path);
}

/**
 * Lists the arrays of a file; the key of the only array in an NPY or IDX file is empty.
 *
 * Errors: DataError DATA_FORMAT and those of the format.
 */
export async function listArrays(path: string): Promise<readonly Member[]> {
  const format = await formatOf(path);
  if (format === 'npz') return listNpz(path);
  if (format === 'safetensors') return listSafetensors(path);
  return [{ key: '', tensor: await (format === 'npy' ? openNpy(path) : openIdx(path)) }];
}

/** The shortest file that exists and is followed by `#`, and what comes after; the whole where it is itself a file. */
async function split(reference: string): Promise<{ path: string; key?: string }> {
  if (await exists(reference)) return { path: reference };
  for (let at = reference.indexOf('#'); at !== -1; at = reference.indexOf('#', at + 1)) {
    const path = reference.slice(0, at);
    if (path !== '' && (await exists(path))) return { path, key: reference.slice(at + 1) };
  }
  // Not there: the reader says so, of the part that looks like a file.
  const at = reference.lastIndexOf('#');
  return at > 0 ? { path: reference.slice(0, at), key: reference.slice(at + 1) } : { path: reference };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * The format of a file by its first bytes.
 *
 * Errors: DataError DATA_FORMAT, DATA_TRUNCATED (no bytes at all), and those of {@link withDataFile}.
 */
export function formatOf(path: string): Promise<ArrayFormat> {
  return withDataFile(path, async (file) => {
    const start = await startOf(file);
    if (start.toString('latin1', 0, 6) === '\x93NUMPY') return 'npy';
    if (start.toString('latin1', 0, 4) === 'PK\x03\x04' || start.toString('latin1', 0, 4) === 'PK\x05\x06')
      return 'npz';
    // After its length, below 2^32, the header of safetensors begins with a brace.
    if (start.length === START_BYTES && start.readUInt32LE(4) === 0 && start[8] === 0x7b)
      return 'safetensors';
    if (isGzip(start) || (start.length >= 4 && start.readUInt16BE(0) === 0)) return 'idx';
    const found = start.length === 0 ? 'no bytes' : `0x${start.toString('hex')}`;
    throw new DataError(
      'DATA_FORMAT',
      `${path}: an array must be in a file of numpy (.npy, .npz), of safetensors, or in an IDX file, got one that starts with ${found}. ` +
        'Save it with numpy.save, or name its source.',
      { file: path, found },
    );
  });
}

async function startOf(file: DataFile): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.min(START_BYTES, file.stamp.sizeBytes));
  await file.read(bytes, 0);
  return bytes;
}
