/**
 * The writing end of a journal: a record is on disk when `append` returns.
 *
 * Every writer begins with a copy of the file and puts it in the file's place. A writer that has lost the run without
 * knowing it yet (its machine slept, its network was away) so writes to a file that nobody reads any more.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../errors.ts';
import { syncDirectory, temporaryPath } from './atomic.ts';
import { storeFailure } from './failure.ts';
import { type JournalExtent, journalLine, scanJournal } from './journal.ts';
import type { Lock } from './lock.ts';

/** Appends to the journal of a run, for as long as the run's lock is held. */
export class JournalWriter {
  readonly path: string;
  readonly #descriptor: number;
  readonly #lock: Lock;
  readonly #fence: number;
  #bytes: number;
  #sequence: number;
  /** What ended the writing; the disk's own words, for whoever comes after. */
  #failure: StoreError | undefined;

  /**
   * Open a journal for appending after the records it holds; a torn last line is cut off.
   *
   * Errors: StoreError when it is damaged or cannot be opened; it is then as it was.
   */
  constructor(path: string, lock: Lock) {
    this.path = path;
    this.#lock = lock;
    const content = scanJournal(path);
    this.#bytes = content.bytes;
    this.#sequence = content.count;
    this.#fence = Math.max(lock.fence, content.fence);
    this.#descriptor = openCopy(path, content);
  }

  /**
   * Write one record and flush it to the disk.
   *
   * The lock is asked before and afterwards: whoever takes a run over removes the lock first and reads the journal then,
   * so a record after which the lock was still there has been seen by everyone who comes later.
   *
   * Errors: StoreError `RUN_LOST` when another process has taken the run over; `DISK_FAILED` when the disk refuses, or
   * when somebody else has changed the file. The record is then not stored and the journal takes no further ones; open
   * it anew to go on.
   */
  append(record: unknown): void {
    if (this.#failure !== undefined) throw this.#failure;
    const line = journalLine(this.#sequence + 1, record, this.#fence);
    try {
      this.#lock.check();
      this.#checkFile();
      // The kernel may take fewer bytes than it is given, for instance just before the disk is full.
      for (let done = 0; done < line.length; ) {
        done += writeSync(this.#descriptor, line, done, line.length - done);
      }
      fdatasyncSync(this.#descriptor);
      this.#lock.check();
    } catch (cause) {
      this.#failure =
        cause instanceof StoreError ? cause : storeFailure('append to', this.path, cause, line.length);
      throw this.#failure;
    }
    this.#bytes += line.length;
    this.#sequence += 1;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** Notice what ignores the lock: an editor, a copy that was put back, a hand that appends. */
  #checkFile(): void {
    const own = fstatSync(this.#descriptor);
    const named = statSync(this.path, { throwIfNoEntry: false });
    if (named?.ino !== own.ino || named.dev !== own.dev) {
      throw new Error('the file was moved away or replaced by another process');
    }
    if (own.size !== this.#bytes) {
      throw new Error(
        `it has ${own.size} bytes where ${this.#bytes} were written: another process writes to it`,
      );
    }
  }
}

/** Put a copy of a journal's whole lines in its place, on disk, and keep it open for appending. */
function openCopy(path: string, { bytes }: JournalExtent): number {
  const temporary = temporaryPath(path);
  let descriptor: number | undefined;
  try {
    copyFileSync(path, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    descriptor = openSync(temporary, 'a');
    const { size } = fstatSync(descriptor);
    if (size < bytes) throw new Error(`${size} bytes on disk where ${bytes} were written`);
    ftruncateSync(descriptor, bytes);
    fsyncSync(descriptor);
    renameSync(temporary, path);
    syncDirectory(dirname(path));
    return descriptor;
  } catch (cause) {
    if (descriptor !== undefined) closeSync(descriptor);
    rmSync(temporary, { force: true });
    throw storeFailure('open', path, cause, bytes);
  }
}
