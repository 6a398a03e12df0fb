/**
 * A disk that fails where a test wants it to: `node:fs` with `writeSync` and the flushes behind a switch.
 *
 * In a test file: `vi.mock('node:fs', (original) => import('./faulty-disk.ts').then(({ faulty }) => faulty(original)));`
 */
import type * as fs from 'node:fs';

type Write = (
  descriptor: number,
  bytes: Uint8Array,
  offset?: number,
  length?: number,
  position?: number,
) => number;

/** What happens in place of the real calls. */
export interface Faults {
  /** Called for every write, with a write of the first bytes to go on with. */
  write: ((bytes: number, writeFirst: (bytes: number) => number) => number) | undefined;
  /** Called in place of every flush. */
  sync: (() => void) | undefined;
}

/** The switch; nothing fails while it is empty. */
export const faults: Faults = { write: undefined, sync: undefined };

export async function faulty(original: () => Promise<unknown>): Promise<object> {
  const real = (await original()) as typeof fs;
  const writeSync: Write = (
    descriptor,
    bytes,
    offset = 0,
    length = bytes.length - offset,
    position = undefined,
  ) => {
    // Text is written by other code than the store's own.
    if (typeof bytes === 'string' || faults.write === undefined) {
      return real.writeSync(descriptor, bytes, offset, length, position);
    }
    return faults.write(length, (first) => real.writeSync(descriptor, bytes, offset, first, position));
  };
  const flush =
    (sync: (descriptor: number) => void): ((descriptor: number) => void) =>
    (descriptor) => {
      if (faults.sync === undefined) sync(descriptor);
      else faults.sync();
    };
  const changed = { writeSync, fsyncSync: flush(real.fsyncSync), fdatasyncSync: flush(real.fdatasyncSync) };
  return { ...real, ...changed, default: { ...real, ...changed } };
}

/** An error as the operating system reports it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** Lets so many bytes through and then fails for good, as a full disk does: the write at the limit is cut short. */
export function failAfter(bytes: number, code: string): void {
  let left = bytes;
  faults.write = (length, writeFirst) => {
    if (left === 0) throw systemError(code);
    const written = writeFirst(Math.min(length, left));
    left -= written;
    return written;
  };
}

/** Leave flushing to the operating system: it takes most of the time, and a test cannot pull the plug. */
export function skipFlushes(): void {
  faults.sync = () => {};
}

/** Make the disk whole again. */
export function repair(): void {
  faults.write = undefined;
  faults.sync = undefined;
}
