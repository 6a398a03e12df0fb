/** Decompresses gzip and raw deflate as a stream, a megabyte at a time, so that a small file cannot fill the memory. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createInflateRaw } from 'node:zlib';
import { DataError } from '../../errors.ts';
import type { DataFile } from './file.ts';
import { type ByteReader, truncated } from './reader.ts';

/** The most that deflate can shrink data: 258 bytes to two bits. */
const LARGEST_RATIO = 1032;
const INPUT_BYTES = 2 ** 18;
const OUTPUT_BYTES = 2 ** 18;

/** The compressed bytes of a file from `start` up to `end`. */
export interface CompressedRange {
  readonly file: DataFile;
  readonly start: number;
  readonly end: number;
  readonly format: 'gzip' | 'deflate';
}

/** Whether bytes begin with the magic number of gzip. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Holds a promised length against the compressed bytes there are, before anything is allocated for it.
 *
 * Errors: DataError DATA_TRUNCATED when so few compressed bytes cannot hold `length`.
 */
export function refuseImpossible(
  length: number,
  compressedBytes: number,
  promise: string,
  where: string,
): void {
  const possible = compressedBytes * LARGEST_RATIO;
  if (length <= possible) return;
  throw truncated(where, promise, `${compressedBytes} compressed bytes, which hold ${possible} at most`);
}

/**
 * Reads what is compressed in a range. Reading to the end checks what the format has of checksums.
 *
 * Errors: DataError DATA_TRUNCATED when the compressed data end too early, DATA_COMPRESSED when they are damaged.
 */
export function inflatingReader({ file, start, end, format }: CompressedRange, where: string): ByteReader {
  const chunkSize = OUTPUT_BYTES;
  const inflater = format === 'gzip' ? createGunzip({ chunkSize }) : createInflateRaw({ chunkSize });
  // Its failure reaches the one who reads.
  pipeline(Readable.from(chunks(file, start, end), { highWaterMark: 1 }), inflater).catch(() => {});
  const output = inflater[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let held: Uint8Array = new Uint8Array(0);
  let ended = false;

  async function next(): Promise<void> {
    try {
      const { value, done } = await output.next();
      if (done === true) ended = true;
      else held = value;
    } catch (cause) {
      throw explain(cause, where);
    }
  }

  return {
    async fill(target) {
      let filled = 0;
      while (filled < target.length && !ended) {
        if (held.length === 0) await next();
        const part = held.subarray(0, target.length - filled);
        target.set(part, filled);
        held = held.subarray(part.length);
        filled += part.length;
      }
      return filled;
    },
    close() {
      inflater.destroy();
    },
  };
}

async function* chunks(file: DataFile, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let position = start; position < end; position += INPUT_BYTES) {
    const chunk = new Uint8Array(Math.min(INPUT_BYTES, end - position));
    await file.read(chunk, position);
    yield chunk;
  }
}

function explain(cause: unknown, where: string): unknown {
  if (!(cause instanceof Error) || !('code' in cause) || !String(cause.code).startsWith('Z_')) return cause;
  if (cause.code === 'Z_BUF_ERROR') {
    return new DataError(
      'DATA_TRUNCATED',
      `${where}: the compressed data must be complete, got "${cause.message}". Fetch or save the file again.`,
      { where, reason: cause.message },
      { cause },
    );
  }
  return new DataError(
    'DATA_COMPRESSED',
    `${where}: the compressed data must be intact, got "${cause.message}". Fetch or save the file again.`,
    { where, reason: cause.message },
    { cause },
  );
}
