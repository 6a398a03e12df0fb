/**
 * Where an export is written: a directory or a file of its own. What stands there already is replaced only where an
 * earlier export has written it.
 */
import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ExportError } from '../errors.ts';
import { writeAtomically } from '../store/atomic.ts';
import { makeDirectory } from '../store/directory.ts';
import { storeFailure } from '../store/failure.ts';

/** A file of an export; its content is made when it is written. */
export interface ExportedFile {
  /** Inside the directory, its parts joined by slashes. */
  readonly path: string;
  content(): string | Uint8Array;
}

/** The file by which a directory is known as an export, and which lists what the export has put there. */
export const MARKER = 'covgrad-export.json';

interface Marker {
  readonly format: string;
  readonly run: string;
  readonly files: readonly string[];
}

/**
 * Write the files of an export, each as a whole. Files that an earlier export to this directory wrote, and this one does
 * not have, are removed with the directories that they leave empty; nothing else is touched.
 *
 * Errors: ExportError `EXPORT_TARGET` for a directory that holds something else; StoreError when the disk refuses.
 */
export function writeDirectory(
  directory: string,
  { format, run }: { readonly format: string; readonly run: string },
  files: readonly ExportedFile[],
): void {
  const before = readMarker(directory, format);
  const paths = files.map(({ path }) => path);
  const stale = before.filter((path) => !paths.includes(path));
  const mark = (list: readonly string[]): void =>
    writeAtomically(
      join(directory, MARKER),
      `${JSON.stringify({ format, run, files: list } satisfies Marker, null, 2)}\n`,
    );
  makeDirectory(directory);
  // Until all is done it lists old and new files: whatever a crash leaves is known as ours.
  mark([...paths, ...stale]);
  for (const { path, content } of files) {
    const place = join(directory, path);
    makeDirectory(dirname(place));
    writeAtomically(place, content());
  }
  for (const path of stale) removeFile(directory, path);
  mark(paths);
}

/**
 * Write an export that is one file.
 *
 * Errors: ExportError `EXPORT_TARGET` where there is a file that `isOurs` does not know; StoreError when the disk refuses.
 */
export function writeFile(path: string, text: string, isOurs: (text: string) => boolean): void {
  const before = readText(path);
  if (before !== undefined && before !== '' && !isOurs(before)) {
    throw foreign(path, 'a file with other content');
  }
  makeDirectory(dirname(path));
  writeAtomically(path, text);
}

/** The files of the export that is there: none where nothing is. */
function readMarker(directory: string, format: string): readonly string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') throw foreign(directory, 'a file');
    throw storeFailure('read', directory, cause);
  }
  if (names.length === 0) return [];
  const marker = parseMarker(readText(join(directory, MARKER)));
  if (marker === undefined) throw foreign(directory, `a directory with ${names[0]} in it`);
  if (marker.format !== format) throw foreign(directory, `an export to ${marker.format}`);
  return marker.files;
}

function parseMarker(text: string | undefined): Marker | undefined {
  try {
    const { format, run, files } = JSON.parse(text ?? '');
    // The list says what may be removed: nothing outside of the directory.
    const inside = (path: unknown): boolean =>
      typeof path === 'string' &&
      path !== '' &&
      !path.split(/[\\/]/).some((part) => part === '..' || part === '');
    return typeof format === 'string' && Array.isArray(files) && files.every(inside)
      ? { format, run: String(run), files }
      : undefined;
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'EISDIR') throw foreign(path, 'a directory');
    throw storeFailure('read', path, cause);
  }
}

/** Remove a file of an export, and the directories in it that are empty then. */
function removeFile(directory: string, path: string): void {
  const place = join(directory, path);
  try {
    rmSync(place, { force: true });
  } catch (cause) {
    throw storeFailure('remove', place, cause);
  }
  for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
    try {
      rmdirSync(join(directory, parent));
    } catch {
      // Something else is in it, or it is gone already.
      return;
    }
  }
}

function foreign(path: string, found: string): ExportError {
  return new ExportError(
    'EXPORT_TARGET',
    `${path}: an export replaces nothing but an earlier one to the same tool, got ${found}. Name another place by -o.`,
    { path },
  );
}
