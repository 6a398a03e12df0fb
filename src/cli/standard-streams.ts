/**
 * Standard input, output and error: `-` names the first two as a path, and a reader may leave before all is written.
 *
 * A command whose reader has left goes on: what it trains or judges is worth more than what it prints. One that has
 * nothing else to do looks at `readerGone`.
 */
import { once } from 'node:events';
import { printable } from '../printable.ts';
import { inChunks } from '../store/chunks.ts';
import { storeFailure } from '../store/failure.ts';
import { EXIT, reportError, usageError } from './exit.ts';

/** What stands for standard input or output where a path is expected. */
export const STANDARD = '-';

const gone = new AbortController();

/** Aborted once the reader of standard output has left (`| head`). */
export const readerGone: AbortSignal = gone.signal;

/**
 * Outlive the readers of both outputs. Whatever else keeps standard output from being written, such as a full disk, is
 * reported once, and the exit code is then that of an error unless it tells of something worse.
 */
export function outliveReaders(): void {
  let failed = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    gone.abort();
    // EOF: Windows. EIO: a terminal that was closed.
    if (failed || error.code === 'EPIPE' || error.code === 'EOF') return;
    if (error.code === 'EIO' && process.stdout.isTTY) return;
    failed = true;
    reportError(storeFailure('write', 'standard output', error));
  });
  process.stderr.on('error', () => {});
  process.on('exit', () => {
    if (failed) process.exitCode ||= EXIT.error;
  });
}

/** Write parts to standard output, none before the reader has taken those before it; to nobody once the reader has left. */
export async function writeParts(parts: Iterable<string>): Promise<void> {
  for (const chunk of inChunks(parts)) {
    if (readerGone.aborted) return;
    if (process.stdout.write(chunk)) continue;
    // A reader that leaves ends the waiting.
    await once(process.stdout, 'drain', { signal: readerGone }).catch(() => {});
  }
}

/** Errors: ConfigError `USAGE` for `-` where neither input nor output of this process can be meant. */
export function refuseStandard(where: string, path: string | undefined, what: string): void {
  if (path !== STANDARD) return;
  throw usageError(
    `${where}: must be ${what}, got "${STANDARD}", which means standard input or output. Write ./${STANDARD} for one of that name.`,
  );
}

/** A path in a message of its own: what it is called where it is standard output. */
export function placeName(path: string): string {
  return path === STANDARD ? 'standard output' : printable(path);
}
