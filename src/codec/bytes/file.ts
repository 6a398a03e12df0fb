/** Reads a whole data file into shared memory, and says in plain words why it cannot. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { DataError } from '../../errors.ts';
import { allocateShared } from './shared-memory.ts';

/** The most bytes that one read call of every supported Node version takes. */
const READ_BYTES = 2 ** 30;

/**
 * The bytes of a regular file, read once and straight into shared memory.
 *
 * Errors: DataError DATA_FILE_MISSING, DATA_FILE_KIND (a directory, a pipe, a device), DATA_FILE_UNREADABLE,
 * DATA_FILE_CHANGED (it shrank while it was read), DATA_MEMORY.
 */
export async function readSharedFile(file: string): Promise<Uint8Array<SharedArrayBuffer>> {
  let handle: FileHandle | undefined;
  try {
    // Asked before opening: opening a pipe would wait for a writer.
    const information = await stat(file);
    if (!information.isFile()) {
      const kind = information.isDirectory() ? 'a directory' : 'a pipe or a device';
      throw new DataError(
        'DATA_FILE_KIND',
        `${file}: a data file must be a regular file, got ${kind}. Name the file itself.`,
        { file, kind },
      );
    }
    handle = await open(file, 'r');
    const bytes = allocateShared(information.size, file);
    await fill(bytes, handle, file);
    return bytes;
  } catch (cause) {
    throw explain(file, cause);
  } finally {
    await handle?.close();
  }
}

async function fill(bytes: Uint8Array, handle: FileHandle, file: string): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(READ_BYTES, bytes.length - done), done);
    if (bytesRead === 0) {
      throw new DataError(
        'DATA_FILE_CHANGED',
        `${file}: a data file must not change while it is read, got ${done} of ${bytes.length} bytes. Try again when it is complete.`,
        { file, bytesRead: done, bytesExpected: bytes.length },
      );
    }
    done += bytesRead;
  }
}

/** Turns an error of the operating system into one that names the file and the remedy; leaves others alone. */
function explain(file: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause) || !('syscall' in cause)) return cause;
  const system = String(cause.code);
  if (system === 'ENOENT' || system === 'ENOTDIR') {
    return new DataError(
      'DATA_FILE_MISSING',
      `${file}: a data file must exist, got no such file. Check the path.`,
      { file, system },
      { cause },
    );
  }
  return new DataError(
    'DATA_FILE_UNREADABLE',
    `${file}: a data file must be readable, got ${system}. Check its permissions and the disk.`,
    { file, system },
    { cause },
  );
}
