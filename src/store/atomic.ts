/** Replaces a file as a whole: after a crash there is either the old file or the new one, never a part. */
import { closeSync, fstatSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { storeFailure } from './failure.ts';

/**
 * Write `text` to `path` by way of a temporary file beside it.
 *
 * Errors: StoreError when the disk refuses; the old file, if any, is then untouched.
 */
export function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  const bytes = Buffer.from(text);
  try {
    const descriptor = openSync(temporary, 'w');
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
      fsyncSync(descriptor);
      // A full disk can show only here: some file systems accept the write and keep less.
      const { size } = fstatSync(descriptor);
      if (size !== bytes.length) throw new Error(`${size} bytes on disk where ${bytes.length} were written`);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw storeFailure('write', path, cause);
  }
}

/** Make the names in a directory durable. Windows cannot open a directory and does not need this. */
export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
