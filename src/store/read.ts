/** Opens the files of a run for reading, whatever somebody has put in their place. */
import { constants } from 'node:buffer';
import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { StoreError } from '../errors.ts';
import { storeFailure } from './failure.ts';

/** What one string can hold; writers are held to it too. What is longer must not fill the memory. */
const MOST_TEXT_BYTES: number = constants.MAX_STRING_LENGTH;

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
    checkTextLength(path, fstatSync(descriptor).size);
    return readFileSync(descriptor, 'utf8');
  });
}

/** Errors: StoreError `FILE_TOO_LARGE` for more bytes than {@link readText} takes. */
export function checkTextLength(path: string, bytes: number): void {
  if (bytes <= MOST_TEXT_BYTES) return;
  throw new StoreError(
    'FILE_TOO_LARGE',
    `${path}: a file of a run may have ${MOST_TEXT_BYTES} bytes, got ${bytes}. Restore it from a copy.`,
    { path, bytes },
  );
}
