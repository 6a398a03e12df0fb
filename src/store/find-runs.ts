/** Finds the run directories in a directory. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { storeFailure } from './failure.ts';
import { holdsRecords, holdsRun } from './run.ts';

/**
 * The directory itself where it holds a run, else those right inside it that do, by name; also one that has lost its
 * manifest, which can be told from its journal alone.
 *
 * Errors: StoreError where it cannot be read.
 */
export function findRuns(directory: string): string[] {
  if (holdsRun(directory)) return [directory];
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map(({ name }) => join(directory, name))
      .filter((inside) => holdsRun(inside) || holdsRecords(inside))
      .sort();
  } catch (cause) {
    throw storeFailure('read', directory, cause);
  }
}
