/** Replaces a file as a whole: after a crash there is either the old file or the new one, never a part. */
import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../errors.ts';
import { storeFailure } from './failure.ts';

const TEMPORARY = /\.[0-9a-f]{8}\.tmp$/;

/**
 * A name for a file that will take the place of `path`. Nobody can guess it, so nobody can have put a link there;
 * opened with the flag `x` it is a new file in any case.
 */
export function temporaryPath(path: string): string {
  return `${path}.${randomBytes(4).toString('hex')}.tmp`;
}

/** Whether a file is what a crash may leave of {@link temporaryPath}. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/** What is written: a text, bytes, or bytes that are made while they are written. */
export type Content = string | Uint8Array | Iterable<Uint8Array>;

/**
 * Write `content` to `path` by way of a temporary file beside it. A symbolic link at `path` is replaced, not followed.
 *
 * Errors: StoreError when the disk refuses; the old file, if any, is then untouched.
 */
export function writeAtomically(path: string, content: Content): void {
  const temporary = temporaryPath(path);
  /** What there is to write, as far as it is known. */
  let needed = 0;
  try {
    const descriptor = openSync(temporary, 'wx');
    try {
      for (const bytes of partsOf(content)) {
        needed += bytes.length;
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
      }
      fsyncSync(descriptor);
      // A full disk can show only here: some file systems accept the write and keep less.
      const { size } = fstatSync(descriptor);
      if (size !== needed) throw new Error(`${size} bytes on disk where ${needed} were written`);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (cause) {
    removeIfThere(temporary);
    throw cause instanceof StoreError ? cause : storeFailure('write', path, cause, needed);
  }
}

function partsOf(content: Content): Iterable<Uint8Array> {
  if (typeof content === 'string') return [Buffer.from(content)];
  return content instanceof Uint8Array ? [content] : content;
}

/** What cannot be removed must not hide why it is to be. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
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
