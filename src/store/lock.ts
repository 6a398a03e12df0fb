/**
 * Keeps two processes from writing the same run.
 *
 * A lock is an empty file whose name says who holds it: host, process and the time that process started. Everyone puts
 * down an own file first and looks for others afterwards, so of two that come at once at least one sees the other
 * and withdraws. The file of a process that has ended is cleared away, so a crash leaves nothing to repair.
 */
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import { storeFailure } from './failure.ts';

const NAME = /^lock-(.+)-(\d+)-(\d+)$/;

/** Whether a file of a run directory is a lock. */
export function isLock(name: string): boolean {
  return NAME.test(name);
}

/**
 * Take the lock of a run directory; the returned function gives it back.
 *
 * Errors: StoreError `RUN_LOCKED` while another process, or another sweep of this one, holds it.
 */
export function acquireLock(directory: string): () => void {
  const host = encodeURIComponent(hostname());
  const own = `lock-${host}-${process.pid}-${processStart(process.pid)}`;
  const path = join(directory, own);
  try {
    closeSync(openSync(path, 'wx'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw locked(directory, own);
    throw storeFailure('create', path, cause);
  }
  for (const name of readdirSync(directory)) {
    const [, otherHost, pid, start] = NAME.exec(name) ?? [];
    if (name === own || pid === undefined) continue;
    if (otherHost === host && !runs(Number(pid), Number(start))) {
      rmSync(join(directory, name), { force: true });
      continue;
    }
    rmSync(path, { force: true });
    throw locked(directory, name);
  }
  return () => rmSync(path, { force: true });
}

/** Whether a process that may still live is writing the run in a directory; of another machine's nothing more is known. */
export function isHeld(directory: string): boolean {
  const host = encodeURIComponent(hostname());
  return readdirSync(directory).some((name) => {
    const [, otherHost, pid, start] = NAME.exec(name) ?? [];
    return pid !== undefined && (otherHost !== host || runs(Number(pid), Number(start)));
  });
}

function locked(directory: string, name: string): StoreError {
  const [, host = '', pid = ''] = NAME.exec(name) ?? [];
  return new StoreError(
    'RUN_LOCKED',
    `${directory}: only one process may write a run, got process ${pid} on ${decodeURIComponent(host)} at work. ` +
      `Wait for it to end or stop it; if it no longer exists, delete ${join(directory, name)}.`,
    { directory, pid: Number(pid), host },
  );
}

function runs(pid: number, start: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists but belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  // The number may have been given to a new process since.
  return processStart(pid) === start;
}

/** Clock ticks between the start of the machine and of the process; 0 where the system does not tell. */
function processStart(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold anything; start time is field 22.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return 0;
  }
}
