/**
 * The journal of a run as a file: append-only, one self-checking record a line.
 *
 * A line is `{"crc":"<8 hex>","seq":<n>,"fence":<n>,"record":<json>}`. The checksum is the CRC-32 of the bytes of the
 * line from `"seq"` up to, not including, the closing brace; `seq` counts from 1 without gaps; `fence` numbers the
 * writers, each with a higher one than those before it. A record is only stored once its line feed is written, so
 * whatever follows the last line feed is the rest of a write that was cut short.
 */
import { fstatSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { StoreError } from '../errors.ts';
import { readingFrom } from './read.ts';

const LINE_FEED = 0x0a;
const CLOSING_BRACE = 0x7d;
const PREFIX = /^\{"crc":"([0-9a-f]{8})",$/;
/** Bytes of `{"crc":"01234567",`. */
const PREFIX_BYTES = 18;
const CHUNK_BYTES = 2 ** 22;
/** No record comes near to it: a longer line is some other file, and must not fill the memory. */
const LONGEST_LINE_BYTES = 2 ** 27;

/** The content of a journal. */
export interface JournalContent {
  /** The records as parsed JSON, in the order in which they were appended. */
  readonly records: readonly unknown[];
  /** Number of the last writer, 0 where there is none. */
  readonly fence: number;
  /** Length of the whole lines, in bytes. */
  readonly bytes: number;
  /** Length of a torn last line, which was left out, in bytes. */
  readonly tornBytes: number;
}

/**
 * Read a journal and check every line. A line by a writer that had lost the run to a later one is left out.
 *
 * Errors: StoreError `JOURNAL_DAMAGED` with the line's number when a whole line fails its check.
 */
export function readJournal(path: string): JournalContent {
  const records: unknown[] = [];
  let lines = 0;
  let fence = 0;
  let bytes = 0;
  const tornBytes = readLines(path, (line) => {
    lines += 1;
    const entry = parseEntry(line);
    bytes += line.length + 1;
    if (entry !== undefined && entry.fence < fence) return;
    if (entry?.seq !== records.length + 1) {
      throw damaged(
        path,
        lines,
        entry === undefined ? 'a line that fails its checksum' : `record ${entry.seq}`,
      );
    }
    fence = entry.fence;
    records.push(entry.record);
  });
  return { records, fence, bytes, tornBytes };
}

/** Pass on every whole line without its line feed; the result is the length of what follows the last one. */
function readLines(path: string, take: (line: Buffer) => void): number {
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
        take(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts));
        parts = [];
        partBytes = 0;
        start = end + 1;
        lines += 1;
      }
      parts.push(chunk.subarray(start, length));
      partBytes += length - start;
      if (partBytes > LONGEST_LINE_BYTES) throw damaged(path, lines + 1, 'a line without an end');
    }
  });
}

function indexOfLineFeed(chunk: Buffer, start: number, end: number): number {
  const index = chunk.indexOf(LINE_FEED, start);
  return index < end ? index : -1;
}

function damaged(path: string, line: number, found: string): StoreError {
  return new StoreError(
    'JOURNAL_DAMAGED',
    `${path}:${line}: every line must hold the next whole record, got ${found}. ` +
      'The file was changed or the disk damaged it: restore it from a copy, or start the sweep anew under another name.',
    { path, line },
  );
}

interface Entry {
  readonly seq: number;
  readonly fence: number;
  readonly record: unknown;
}

/** What a line holds, or undefined where its frame or its checksum is wrong. */
function parseEntry(line: Buffer): Entry | undefined {
  const stored = PREFIX.exec(line.toString('latin1', 0, PREFIX_BYTES))?.[1];
  const body = line.subarray(PREFIX_BYTES, -1);
  if (line.at(-1) !== CLOSING_BRACE || checksum(body) !== stored) return undefined;
  try {
    // The first journals did not number their writers.
    return { fence: 0, ...JSON.parse(`{${body.toString('utf8')}}`) };
  } catch {
    return undefined;
  }
}

/** The CRC-32 of some bytes as 8 hexadecimal digits. */
export function checksum(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}

/** One record as the bytes of its line. */
export function journalLine(sequence: number, record: unknown, fence = 1): Buffer {
  const body = Buffer.from(`"seq":${sequence},"fence":${fence},"record":${JSON.stringify(record)}`);
  return Buffer.concat([Buffer.from(`{"crc":"${checksum(body)}",`), body, Buffer.from('}\n')]);
}
