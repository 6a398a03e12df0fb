/** Makes a directory with its parents. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StoreError } from '../errors.ts';
import { syncDirectory } from './atomic.ts';
import { storeFailure } from './failure.ts';

/**
 * Make a directory and those above it that are missing, each durable when this returns; one that is there is left as it is.
 *
 * Told to make the parents too, Node itself never comes back where the system denies that a parent is there, as in /proc.
 *
 * Errors: StoreError `DISK_FAILED` with the first directory that cannot be made.
 */
export function makeDirectory(directory: string): void {
  const path = resolve(directory);
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
    const parent = dirname(path);
    // Where a file stands there, making what lies in it fails with the better reason.
    const isMissing = parent !== path && statSync(parent, { throwIfNoEntry: false }) === undefined;
    if (isMissing) makeDirectory(parent);
    makeUnlessThere(path);
    syncDirectory(parent);
  } catch (cause) {
    throw cause instanceof StoreError ? cause : storeFailure('create', directory, cause);
  }
}

/** Another process may make the same directory at the same moment. */
function makeUnlessThere(path: string): void {
  try {
    mkdirSync(path);
  } catch (cause) {
    const isThere = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST' || !isThere) throw cause;
  }
}
