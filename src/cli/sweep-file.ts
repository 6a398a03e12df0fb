/** The sweep file that a command names: a path, or `-` for standard input. */
import type { LoadedSweep } from '../config/load.ts';
import { STANDARD } from './standard-streams.ts';
import { describeChecking } from './wording.ts';

/** What messages call it. */
const STANDARD_INPUT = '<stdin>';

/** Reads and checks it; where that takes long, standard error says how far it is. Errors: as `loadSweepConfig`. */
export async function readSweepFile(file: string, settings: readonly string[]): Promise<LoadedSweep> {
  const { loadSweepConfig, loadSweepStream } = await import('../config/load.ts');
  const { seldom } = await import('../plan/progress.ts');
  const onProgress = seldom((points, most) => process.stderr.write(`${describeChecking(points, most)}\n`));
  if (file !== STANDARD) return loadSweepConfig(file, settings, onProgress);
  return loadSweepStream(process.stdin, STANDARD_INPUT, settings, onProgress);
}
