/** The sweep file that a command names: a path, or `-` for standard input. */
import { basename, dirname } from 'node:path';
import type { LoadedSweep } from '../config/load.ts';
import { STANDARD } from './standard-streams.ts';
import { describeChecking } from './wording.ts';

/** What messages call it. */
const STANDARD_INPUT = '<stdin>';

/**
 * A sweep file, or standard input; where checking it takes long, standard error says how far it is. Relative paths of the copy
 * that a run has kept begin where they did for the run.
 *
 * Errors: as `loadSweepConfig`, and StoreError for a damaged run.
 */
export async function readSweepFile(file: string, settings: readonly string[]): Promise<LoadedSweep> {
  const { loadSweepConfig, loadSweepStream } = await import('../config/load.ts');
  const { seldom } = await import('../plan/progress.ts');
  const onProgress = seldom((points, most) => process.stderr.write(`${describeChecking(points, most)}\n`));
  if (file === STANDARD) return loadSweepStream(process.stdin, STANDARD_INPUT, settings, onProgress);
  const loaded = await loadSweepConfig(file, settings, onProgress);
  return { ...loaded, base: (await baseOfRun(file)) ?? loaded.base };
}

/** Where the data of a run were, for the sweep file in its directory. */
async function baseOfRun(file: string): Promise<string | undefined> {
  const { holdsRun, openRun, SWEEP_FILE } = await import('../store/run.ts');
  const directory = dirname(file);
  if (basename(file) !== SWEEP_FILE || !holdsRun(directory)) return undefined;
  return openRun(directory).manifest.base;
}
