/** Opens regular files for reading, notices that they change meanwhile, and says in plain words why one cannot be read. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { DataError } from '../../errors.ts';

/** What tells one state of a file from another: its size, when it was written, and which file it is. */
export interface FileStamp {
  readonly sizeBytes: number;
  readonly modifiedNs: bigint;
  readonly inode: bigint;
}

/** A regular file that is open for reading. */
export interface DataFile {
  readonly path: string;
  readonly stamp: FileStamp;
  /**
   * Fills `target` with the bytes from `position` on.
   *
   * Errors: DataError DATA_FILE_CHANGED when the file ends before, DATA_FILE_UNREADABLE.
   */
  read(target: Uint8Array, position: number): Promise<void>;
}

/** The most bytes that one read call of every supported Node version takes. */
const READ_BYTES = 2 ** 30;

/**
 * Opens a file for as long as `use` takes. With the stamp of an `earlier` opening it must still be the same file; and it
 * must be the same after `use`, whether that succeeded or not: a file that is being written explains every other error.
 *
 * Errors: DataError DATA_FILE_MISSING, DATA_FILE_KIND (a directory, a pipe, a device), DATA_FILE_UNREADABLE,
 * DATA_FILE_CHANGED, and those of `use`.
 */
export async function withDataFile<Result>(
  path: string,
  use: (file: DataFile) => Promise<Result>,
  earlier?: FileStamp,
): Promise<Result> {
  let handle: FileHandle | undefined;
  try {
    await refuseOtherKinds(path);
    const opened = await open(path, 'r');
    handle = opened;
    const stamp = await stampOf(opened);
    if (earlier !== undefined) refuseChange(path, earlier, stamp);
    const file: DataFile = { path, stamp, read: (target, position) => fill(target, opened, position, path) };
    let result: Result;
    try {
      result = await use(file);
    } catch (error) {
      refuseChange(path, stamp, await stampOf(opened));
      throw error;
    }
    refuseChange(path, stamp, await stampOf(opened));
    return result;
  } catch (cause) {
    throw explain(path, cause);
  } finally {
    await handle?.close();
  }
}

/** Asked before opening: opening a pipe would wait for a writer. */
async function refuseOtherKinds(path: string): Promise<void> {
  const information = await stat(path);
  if (information.isFile()) return;
  const kind = information.isDirectory() ? 'a directory' : 'a pipe or a device';
  throw new DataError(
    'DATA_FILE_KIND',
    `${path}: a data file must be a regular file, got ${kind}. Name the file itself.`,
    { file: path, kind },
  );
}

async function stampOf(handle: FileHandle): Promise<FileStamp> {
  const { size, mtimeNs, ino } = await handle.stat({ bigint: true });
  return { sizeBytes: Number(size), modifiedNs: mtimeNs, inode: ino };
}

function refuseChange(path: string, before: FileStamp, after: FileStamp): void {
  const same = before.sizeBytes === after.sizeBytes && before.modifiedNs === after.modifiedNs;
  if (same && before.inode === after.inode) return;
  const found =
    before.sizeBytes === after.sizeBytes
      ? `another file of ${after.sizeBytes} bytes`
      : `${after.sizeBytes} bytes after ${before.sizeBytes}`;
  throw changed(path, found);
}

function changed(path: string, found: string): DataError {
  return new DataError(
    'DATA_FILE_CHANGED',
    `${path}: a data file must not change while it is read, got ${found}. Try again when it is complete.`,
    { file: path, found },
  );
}

async function fill(target: Uint8Array, handle: FileHandle, position: number, path: string): Promise<void> {
  let done = 0;
  while (done < target.length) {
    const length = Math.min(READ_BYTES, target.length - done);
    const { bytesRead } = await handle.read(target, done, length, position + done);
    if (bytesRead === 0) throw changed(path, `its end at byte ${position + done}`);
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
