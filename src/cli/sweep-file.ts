/** The sweep file that a command names: a path, or `-` for standard input. */
import type { LoadedSweep } from '../config/load.ts';
import { STANDARD } from './standard-streams.ts';

/** What messages call it. */
const STANDARD_INPUT = '<stdin>';

/** Errors: as `loadSweepConfig`. */
export async function readSweepFile(file: string, settings: readonly string[]): Promise<LoadedSweep> {
  const { loadSweepConfig, loadSweepStream } = await import('../config/load.ts');
  if (file !== STANDARD) return loadSweepConfig(file, settings);
  return loadSweepStream(process.stdin, STANDARD_INPUT, settings);
}
