/** Turns an error of the file system into a StoreError that says what was tried, where, and what can be done. */
import { StoreError } from '../errors.ts';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space on the disk; a sweep then goes on with --resume.',
  EDQUOT: 'Free some of your disk quota; a sweep then goes on with --resume.',
  EACCES: 'Check the permissions, or choose another place.',
  EPERM: 'Check the permissions, or choose another place.',
  EROFS: 'The file system is read-only: choose another place.',
  ENOENT: 'Check the path.',
  ENOTDIR: 'A part of the path is a file: choose another place.',
  EISDIR: 'A directory stands where the file should be: move it away.',
  EIO: 'The disk reports a fault: check it before going on.',
};

/** A StoreError `DISK_FAILED` for `<path>: could not <action> it, got <the system's message>`. */
export function storeFailure(action: string, path: string, cause: unknown): StoreError {
  const { code = '', message = String(cause) } = cause as NodeJS.ErrnoException;
  const remedy = REMEDIES[code] ?? 'What was stored before is safe; a sweep goes on with --resume.';
  return new StoreError(
    'DISK_FAILED',
    `${path}: could not ${action} it, got ${message}. ${remedy}`,
    { path, cause: code },
    { cause },
  );
}
