/**
 * Keeps two processes from writing the same run, also where several machines share the file system.
 *
 * A lock is the file `lock-<fence>`, which names its owner; the number rises with every owner. Of those who come at
 * once only one can create the next file, and a dead owner's is passed over: on the same machine the system knows who
 * lives, for other machines the owner shows it by writing to its file again and again. What no clock can decide (a
 * machine that slept and wakes up) the owner finds out by {@link Lock.check}, which it asks around every record.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { StoreError } from '../errors.ts';
import { isTemporary, temporaryPath } from './atomic.ts';
import { storeFailure } from './failure.ts';
import { isAlive, isHere, LEASE_MS, type Owner, parseOwner, thisProcess } from './owner.ts';

const NAME = /^lock-(\d{1,15})$/;
const HEARTBEAT_MS = 10_000;
/** No owner takes more. */
const MOST_BYTES = 4096;

/** The right to write a run. */
export interface Lock {
  /** Higher than that of any earlier owner. */
  readonly fence: number;
  /** Errors: StoreError `RUN_LOST` when the run is no longer this process's. */
  check(): void;
  /** Show that this process lives; happens by itself every 10 seconds while the event loop turns. */
  beat(): void;
  /** Give the run back. */
  release(): void;
}

/** Whether a file of a run directory is a lock, or the beginning of one. */
export function isLock(name: string): boolean {
  return name.startsWith('lock-');
}

/**
 * Take the lock of a run directory, with a number above `lastFence`.
 *
 * Errors: StoreError `RUN_LOCKED` while another process, or another sweep of this one, holds it.
 */
export function acquireLock(directory: string, lastFence = 0): Lock {
  const owner = `${JSON.stringify(thisProcess())}\n`;
  const draft = temporaryPath(join(directory, 'lock-new'));
  let descriptor: number;
  try {
    descriptor = openSync(draft, 'wx');
  } catch (cause) {
    throw storeFailure('write to', directory, cause);
  }
  try {
    writeSync(descriptor, owner);
    const fence = claim(directory, draft, lastFence);
    return holdLock(directory, fence, owner);
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    // Whoever gets the lock clears away what others have put down.
    if (!existsSync(draft)) throw locked(directory, currentOwner(directory), 0);
    throw storeFailure('write to', directory, cause, owner.length);
  } finally {
    closeSync(descriptor);
    rmSync(draft, { force: true });
  }
}

/** Make the draft the next lock, if nobody who lives holds the last one; the result is its number. */
function claim(directory: string, draft: string, lastFence: number): number {
  const current = highestFence(directory);
  if (current > 0) {
    const path = join(directory, `lock-${current}`);
    // Read first: a shared file system answers from its memory until a file is opened.
    const owner = readOwner(path);
    const last = statSync(path, { throwIfNoEntry: false });
    // Both times are those of the file system, so the clocks of the machines need not agree.
    const silentMs = statSync(draft).mtimeMs - (last?.mtimeMs ?? 0);
    if (last !== undefined && isAlive(owner, silentMs)) throw locked(directory, owner, silentMs);
  }
  const fence = Math.max(current, lastFence) + 1;
  const path = join(directory, `lock-${fence}`);
  if (!createExclusively(draft, path)) throw locked(directory, readOwner(path), 0);
  if (highestFence(directory) > fence) {
    // While this process looked, another one took the run and lost it again: too late.
    rmSync(path, { force: true });
    throw locked(directory, currentOwner(directory), 0);
  }
  for (const name of readdirSync(directory)) {
    const earlier = fenceOf(name) < fence || (isLock(name) && isTemporary(name));
    if (earlier && name !== basename(draft)) rmSync(join(directory, name), { force: true });
  }
  return fence;
}

/** Give a whole file its name unless the name is taken. */
function createExclusively(draft: string, path: string): boolean {
  try {
    try {
      linkSync(draft, path);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
      // Some file systems know no hard links.
      copyFileSync(draft, path, constants.COPYFILE_EXCL);
    }
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

function holdLock(directory: string, fence: number, owner: string): Lock {
  const path = join(directory, `lock-${fence}`);
  const descriptor = openSync(path, 'r+');
  const isOwn = (): boolean => readIfThere(path) === owner;
  const beat = (): void => {
    try {
      writeSync(descriptor, owner, 0);
      // A shared file system keeps what is written to itself for a while.
      fsyncSync(descriptor);
    } catch {
      // Not heard this time; should that last, `check` tells.
    }
  };
  // It must not keep the process alive that it speaks for.
  const heartbeat = setInterval(beat, HEARTBEAT_MS).unref();
  return {
    fence,
    check() {
      if (!isOwn()) throw lost(directory);
    },
    beat,
    release() {
      clearInterval(heartbeat);
      closeSync(descriptor);
      if (isOwn()) rmSync(path, { force: true });
    },
  };
}

/** Whether a process that may still live is writing the run in a directory, for all that a reader can know. */
export function isHeld(directory: string): boolean {
  const fence = highestFence(directory);
  if (fence === 0) return false;
  const path = join(directory, `lock-${fence}`);
  // Read first, as a writer does. The time is this machine's: a reader leaves nothing in the directory to compare with.
  const owner = readOwner(path);
  const last = statSync(path, { throwIfNoEntry: false });
  return last !== undefined && isAlive(owner, Date.now() - last.mtimeMs);
}

function highestFence(directory: string): number {
  let highest = 0;
  for (const name of readdirSync(directory)) highest = Math.max(highest, Number(NAME.exec(name)?.[1] ?? 0));
  return highest;
}

/** The number of a lock file; infinite for every other file. */
function fenceOf(name: string): number {
  return Number(NAME.exec(name)?.[1] ?? Number.POSITIVE_INFINITY);
}

function currentOwner(directory: string): Owner | undefined {
  return readOwner(join(directory, `lock-${highestFence(directory)}`));
}

function readOwner(path: string): Owner | undefined {
  return parseOwner(readIfThere(path) ?? '');
}

/** What a lock file says, nothing if something else stands in its place, undefined where nothing does. */
function readIfThere(path: string): string | undefined {
  try {
    const there = statSync(path);
    return there.isFile() && there.size <= MOST_BYTES ? readFileSync(path, 'utf8') : '';
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    // ESTALE: on a shared file system, a file that another machine has removed.
    if (['ENOENT', 'ENOTDIR', 'ESTALE'].includes(code)) return undefined;
    throw storeFailure('read', path, cause);
  }
}

function describe(owner: Owner | undefined): string {
  return owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
}

function locked(directory: string, owner: Owner | undefined, silentMs: number): StoreError {
  const seconds = LEASE_MS / 1000;
  const remedy =
    owner !== undefined && isHere(owner)
      ? 'Wait for it to end or stop it.'
      : `Wait for it to end; should it be dead, its right lapses ${seconds} s after its last sign of life.`;
  const silence = `heard of ${Math.max(0, Math.round(silentMs / 1000))} s ago`;
  return new StoreError(
    'RUN_LOCKED',
    `${directory}: only one process may write a run, got ${describe(owner)} at work, ${silence}. ${remedy}`,
    { directory, pid: owner?.pid ?? null, host: owner?.host ?? null },
  );
}

function lost(directory: string): StoreError {
  const taker = existsSync(directory) ? currentOwner(directory) : undefined;
  const found =
    taker === undefined
      ? 'no lock of this process any more'
      : `${describe(taker)}, which took it over when it no longer heard of this one`;
  return new StoreError(
    'RUN_LOST',
    `${directory}: only one process may write a run, got ${found}. ` +
      'What was stored before is safe, and nothing more will be stored from here; go on with --resume once nobody writes to it.',
    { directory },
  );
}
