/**
 * Files of self-checking lines, one record each: the journal of a run and its plan.
 *
 * A line is `{"crc":"<8 hex>","seq":<n>,"fence":<n>,"record":<json>}`. The checksum is the CRC-32 of the bytes of the
 * line from `"seq"` up to, not including, the closing brace. A record is only stored once its line feed is written, so
 * whatever follows the last line feed is the rest of a write that was cut short.
 */
import { constants } from 'node:buffer';
import { fstatSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { StoreError } from '../errors.ts';
import { readingFrom } from './read.ts';

const LINE_FEED = 0x0a;
const CLOSING_BRACE = 0x7d;
const PREFIX = /^\{"crc":"([0-9a-f]{8})",$/;
/** Bytes of `{"crc":"01234567",`. */
const PREFIX_BYTES = 18;
/** Where the digits stand in it. */
const [CRC_START, CRC_END] = [8, 16];
/** The first journals did not number their writers. */
const HEADER = /^"seq":(\d+),(?:"fence":(\d+),)?"record":/;
const MOST_HEADER_BYTES = 64;
const CHUNK_BYTES = 2 ** 22;
/** What one string can hold. Writers stay far below; a longer line is some other file, and must not fill the memory. */
const LONGEST_LINE_BYTES = constants.MAX_STRING_LENGTH;

/** A whole line that fits its checksum. */
export interface Line {
  readonly seq: number;
  /** Its checksum, 8 hexadecimal digits. */
  readonly crc: string;
  /** 0 where the line names no writer. */
  readonly fence: number;
  /** Length with the line feed. */
  readonly bytes: number;
  /** The record as parsed JSON; undefined where it is none. */
  read(): unknown;
}

/**
 * Pass on every whole line, undefined where its frame or its checksum is wrong; the result is the length of what follows
 * the last line feed.
 *
 * Errors: StoreError as {@link readingFrom}, and by `damaged` for a line that no string could hold.
 */
export function readLines(
  path: string,
  take: (line: Line | undefined) => void,
  damaged: (line: number, found: string) => StoreError,
): number {
  return readingFrom(path, (descriptor) => {
    const chunkBytes = Math.min(CHUNK_BYTES, fstatSync(descriptor).size + 1);
    let parts: Buffer[] = [];
    let partBytes = 0;
    let lines = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const length = readSync(descriptor, chunk);
      if (length === 0) return partBytes;
      let start = 0;
      for (
        let end = indexOfLineFeed(chunk, 0, length);
        end >= 0;
        end = indexOfLineFeed(chunk, start, length)
      ) {
        parts.push(chunk.subarray(start, end));
        take(parseLine(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)));
        parts = [];
        partBytes = 0;
        start = end + 1;
        lines += 1;
      }
      parts.push(chunk.subarray(start, length));
      partBytes += length - start;
      if (partBytes > LONGEST_LINE_BYTES) throw damaged(lines + 1, 'a line without an end');
    }
  });
}

function indexOfLineFeed(chunk: Buffer, start: number, end: number): number {
  const index = chunk.indexOf(LINE_FEED, start);
  return index < end ? index : -1;
}

/** What a line holds, or undefined where its frame or its checksum is wrong. */
function parseLine(line: Buffer): Line | undefined {
  const crc = PREFIX.exec(line.toString('latin1', 0, PREFIX_BYTES))?.[1];
  const body = line.subarray(PREFIX_BYTES, -1);
  if (crc === undefined || line.at(-1) !== CLOSING_BRACE || checksum(body) !== crc) return undefined;
  const header = HEADER.exec(body.toString('latin1', 0, MOST_HEADER_BYTES));
  if (header === null) return undefined;
  const [text, seq, fence = 0] = header;
  return {
    seq: Number(seq),
    crc,
    fence: Number(fence),
    bytes: line.length + 1,
    read() {
      try {
        return JSON.parse(body.toString('utf8', text.length));
      } catch {
        return undefined;
      }
    },
  };
}

/** The checksum in the bytes of a line. */
export function crcOf(line: Buffer): string {
  return line.toString('latin1', CRC_START, CRC_END);
}

/** The CRC-32 of some bytes as 8 hexadecimal digits. */
export function checksum(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}

/** One record as the bytes of its line. Errors: StoreError `RECORD_TOO_LONG` for one that no reader would take. */
export function recordLine(sequence: number, record: unknown, fence = 1): Buffer {
  const body = Buffer.from(`"seq":${sequence},"fence":${fence},"record":${JSON.stringify(record)}`);
  if (body.length + PREFIX_BYTES + 1 > LONGEST_LINE_BYTES) {
    throw new StoreError(
      'RECORD_TOO_LONG',
      `record ${sequence}: it must have at most ${LONGEST_LINE_BYTES} bytes to be read back, got ${body.length}. ` +
        'Use fewer layers or epochs.',
      { bytes: body.length },
    );
  }
  return Buffer.concat([Buffer.from(`{"crc":"${checksum(body)}",`), body, Buffer.from('}\n')]);
}
