/** Bytes in order, pulled: the one form in which files and what is compressed in them reach the decoders. */
import { crc32 } from 'node:zlib';
import { DataError } from '../../errors.ts';
import type { DataFile } from './file.ts';

/** A source of bytes that is read once, from its beginning. */
export interface ByteReader {
  /**
   * Fills `target` and returns how many bytes it got: fewer than asked for only at the end.
   *
   * Errors: DataError when the bytes cannot be had or are not what they must be.
   */
  fill(target: Uint8Array): Promise<number>;
  /** Lets go of what the reader holds; it is read to its end or not. */
  close(): void;
}

/** The bytes of a file from `start` up to `end`. */
export function rangeReader(file: DataFile, start: number, end: number): ByteReader {
  let position = start;
  return {
    async fill(target) {
      const taken = Math.min(target.length, end - position);
      await file.read(target.subarray(0, taken), position);
      position += taken;
      return taken;
    },
    close() {},
  };
}

/**
 * The bytes of another reader, held against their CRC-32 when their end is reached.
 *
 * Errors: DataError DATA_CHECKSUM.
 */
export function checkedReader(reader: ByteReader, expected: number, where: string): ByteReader {
  let sum = 0;
  return {
    async fill(target) {
      const taken = await reader.fill(target);
      sum = crc32(target.subarray(0, taken), sum);
      if (taken < target.length && sum !== expected) {
        throw new DataError(
          'DATA_CHECKSUM',
          `${where}: the bytes must have the checksum ${hex(expected)}, got ${hex(sum)}. The file is damaged: fetch or save it again.`,
          { where, expected: hex(expected), found: hex(sum) },
        );
      }
      return taken;
    },
    close() {
      reader.close();
    },
  };
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`;
}

/**
 * Exactly `length` bytes from the reader.
 *
 * Errors: DataError DATA_TRUNCATED when it ends before; `what` names what they are.
 */
export async function take(
  reader: ByteReader,
  length: number,
  what: string,
  where: string,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const taken = await reader.fill(bytes);
  if (taken < length) throw truncated(where, `${what} takes ${length} bytes`, taken);
  return bytes;
}

/** The error of bytes that end too early; `promise` says what there should be. */
export function truncated(where: string, promise: string, held: number | string): DataError {
  return new DataError(
    'DATA_TRUNCATED',
    `${where}: ${promise}, got ${held}. The file is incomplete: fetch or save it again.`,
    { where, held },
  );
}

/** The error of bytes that go on after their end; `promise` says what there should be. */
export function trailing(where: string, promise: string, found: string): DataError {
  return new DataError(
    'DATA_TRAILING',
    `${where}: ${promise}, got ${found}. The file is damaged: fetch or save it again.`,
    { where, found },
  );
}
