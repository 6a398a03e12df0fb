/**
 * The journal of a run: append-only, one self-checking record a line, on disk when `append` returns.
 *
 * A line is `{"crc":"<8 hex>","seq":<n>,"record":<json>}`. The checksum is the CRC-32 of the bytes of the line from
 * `"seq"` up to, not including, the closing brace; `seq` counts from 1 without gaps. A record is only stored once its
 * line feed is written, so whatever follows the last line feed is the rest of a write that was cut short.
 */
import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { crc32 } from 'node:zlib';
import { StoreError } from '../errors.ts';
import { storeFailure } from './failure.ts';

const LINE_FEED = 0x0a;
const CLOSING_BRACE = 0x7d;
const PREFIX = /^\{"crc":"([0-9a-f]{8})",$/;
/** Bytes of `{"crc":"01234567",`. */
const PREFIX_BYTES = 18;

/** The content of a journal. */
export interface JournalContent {
  /** The records as parsed JSON, in the order in which they were appended. */
  readonly records: readonly unknown[];
  /** Length of the whole lines, in bytes. */
  readonly bytes: number;
  /** Length of a torn last line, which was left out, in bytes. */
  readonly tornBytes: number;
}

/**
 * Read a journal and check every line.
 *
 * Errors: StoreError `JOURNAL_DAMAGED` with the line's number when a whole line fails its check.
 */
export function readJournal(path: string): JournalContent {
  let content: Buffer;
  try {
    content = readFileSync(path);
  } catch (cause) {
    throw storeFailure('read', path, cause);
  }
  const records: unknown[] = [];
  let start = 0;
  for (let end = content.indexOf(LINE_FEED); end >= 0; end = content.indexOf(LINE_FEED, start)) {
    records.push(parseLine(content.subarray(start, end), records.length + 1, path));
    start = end + 1;
  }
  return { records, bytes: start, tornBytes: content.length - start };
}

function parseLine(line: Buffer, sequence: number, path: string): unknown {
  const entry = parseEntry(line);
  if (entry?.seq === sequence) return entry.record;
  const found = entry === undefined ? 'a line that fails its checksum' : `record ${entry.seq}`;
  throw new StoreError(
    'JOURNAL_DAMAGED',
    `${path}:${sequence}: every line must hold the next whole record, got ${found}. ` +
      'The file was changed or the disk damaged it: restore it from a copy, or start the sweep anew under another name.',
    { path, line: sequence },
  );
}

/** What a line holds, or undefined where its frame or its checksum is wrong. */
function parseEntry(line: Buffer): { seq: number; record: unknown } | undefined {
  const stored = PREFIX.exec(line.toString('latin1', 0, PREFIX_BYTES))?.[1];
  const body = line.subarray(PREFIX_BYTES, -1);
  if (line.at(-1) !== CLOSING_BRACE || checksum(body) !== stored) return undefined;
  return JSON.parse(`{${body.toString('utf8')}}`);
}

/** The CRC-32 of some bytes as 8 hexadecimal digits. */
export function checksum(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}

/** One record as the bytes of its line. */
export function journalLine(sequence: number, record: unknown): Buffer {
  const body = Buffer.from(`"seq":${sequence},"record":${JSON.stringify(record)}`);
  return Buffer.concat([Buffer.from(`{"crc":"${checksum(body)}",`), body, Buffer.from('}\n')]);
}

/** The calls that bring bytes to the disk; tests put failing ones here. */
export interface JournalOutput {
  write(descriptor: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  sync(descriptor: number): void;
}

const DISK: JournalOutput = { write: writeSync, sync: fdatasyncSync };

/** The writing end of a journal. Only the holder of the run's lock may have one. */
export class Journal {
  readonly path: string;
  readonly #descriptor: number;
  readonly #output: JournalOutput;
  #bytes: number;
  #sequence: number;
  /** What ended the writing; the disk's own words, for whoever comes after. */
  #failure: StoreError | undefined;

  /**
   * Open a journal, or create it, for appending after the records it holds; a torn last line is cut off.
   *
   * Errors: StoreError when it is damaged or cannot be opened.
   */
  constructor(path: string, output: JournalOutput = DISK) {
    this.path = path;
    this.#output = output;
    try {
      this.#descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o666);
    } catch (cause) {
      throw storeFailure('open', path, cause);
    }
    try {
      const { records, bytes, tornBytes } = readJournal(path);
      if (tornBytes > 0) ftruncateSync(this.#descriptor, bytes);
      this.#bytes = bytes;
      this.#sequence = records.length;
    } catch (cause) {
      closeSync(this.#descriptor);
      throw cause instanceof StoreError ? cause : storeFailure('repair', path, cause);
    }
  }

  /**
   * Write one record and flush it to the disk.
   *
   * Errors: StoreError when the disk refuses, or when the file has grown since the last append (a second writer). The
   * record is then not stored and the journal takes no further ones; open it anew to go on.
   */
  append(record: unknown): void {
    if (this.#failure !== undefined) throw this.#failure;
    const line = journalLine(this.#sequence + 1, record);
    try {
      const size = fstatSync(this.#descriptor).size;
      if (size !== this.#bytes) {
        throw new Error(
          `it has ${size} bytes where ${this.#bytes} were written: another process writes to it`,
        );
      }
      // The kernel may take fewer bytes than it is given, for instance just before the disk is full.
      for (let done = 0; done < line.length; ) {
        done += this.#output.write(this.#descriptor, line, done, line.length - done, this.#bytes + done);
      }
      this.#output.sync(this.#descriptor);
    } catch (cause) {
      this.#failure = storeFailure('append to', this.path, cause);
      throw this.#failure;
    }
    this.#bytes += line.length;
    this.#sequence += 1;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
