/** Opens the files of a run for reading, whatever somebody has put in their place. */
import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { StoreError } from '../errors.ts';
import { storeFailure } from './failure.ts';

/** A plan of the most trials takes less; what is longer must not fill the memory. */
const MOST_BYTES = 2 ** 28;

/**
 * Read something from a regular file; a symbolic link to one will do.
 *
 * Errors: StoreError `NO_REGULAR_FILE` for a pipe or a device, on which reading might never end; `DISK_FAILED`.
 */
export function readingFrom<T>(path: string, read: (descriptor: number) => T): T {
  try {
    // Asked before opening: opening a pipe would wait for a writer.
    const information = statSync(path);
    if (!information.isFile() && !information.isDirectory()) {
      throw new StoreError(
        'NO_REGULAR_FILE',
        `${path}: a run consists of regular files, got a pipe or a device. Restore the file from a copy.`,
        { path },
      );
    }
    const descriptor = openSync(path, 'r');
    try {
      return read(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw cause instanceof StoreError ? cause : storeFailure('read', path, cause);
  }
}

/**
 * The text of a file.
 *
 * Errors: StoreError as {@link readingFrom}, and `FILE_TOO_LARGE` beyond any manifest.
 */
export function readText(path: string): string {
  return readingFrom(path, (descriptor) => {
    const { size } = fstatSync(descriptor);
    if (size > MOST_BYTES) {
      throw new StoreError(
        'FILE_TOO_LARGE',
        `${path}: a file of a run may have ${MOST_BYTES} bytes, got ${size}. Restore it from a copy.`,
        { path, bytes: size },
      );
    }
    return readFileSync(descriptor, 'utf8');
  });
}
