/** Turns an error of the file system into a StoreError that says what was tried, where, and what can be done. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../errors.ts';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space on the disk; a sweep then goes on with --resume.',
  EDQUOT: 'Free some of your disk quota; a sweep then goes on with --resume.',
  EACCES: 'Check the permissions, or choose another place.',
  EPERM: 'Check the permissions, or choose another place.',
  EROFS: 'The file system is read-only: choose another place.',
  ENOENT: 'Check the path.',
  EEXIST: 'Something stands there already: choose another place.',
  ENOTDIR: 'A part of the path is a file: choose another place.',
  EISDIR: 'A directory stands where the file should be: move it away.',
  ELOOP: 'Symbolic links lead in a circle: check the path.',
  ENAMETOOLONG: 'Choose a shorter path.',
  EIO: 'The disk reports a fault: check it before going on.',
};

/**
 * A StoreError `DISK_FAILED` for `<path>: could not <action> it, got <the system's message>`. Of a full disk it tells
 * the space that is left, and that was needed where `bytesNeeded` is given.
 */
export function storeFailure(action: string, path: string, cause: unknown, bytesNeeded?: number): StoreError {
  const { code = '', message = String(cause), syscall } = cause as NodeJS.ErrnoException;
  // Behind it stands the call with its path, which may be that of a temporary file.
  const [reason] = syscall === undefined ? [message] : message.split(`, ${syscall}`);
  const remedy = REMEDIES[code] ?? 'What was stored before is safe; a sweep goes on with --resume.';
  const bytesFree = code === 'ENOSPC' ? freeSpace(path) : undefined;
  const needed = bytesNeeded === undefined ? '' : ` where ${count(bytesNeeded)} are needed`;
  const space = bytesFree === undefined ? '' : `; ${count(bytesFree)} bytes are free${needed}`;
  return new StoreError(
    'DISK_FAILED',
    `${path}: could not ${action} it, got ${reason}${space}. ${remedy}`,
    { path, cause: code, ...(bytesFree !== undefined && { bytesFree }) },
    { cause },
  );
}

/** Bytes that this user may still write beside a path, where the file system tells. */
function freeSpace(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

function count(bytes: number): string {
  return bytes.toLocaleString('en');
}
