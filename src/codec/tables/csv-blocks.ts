/**
 * Blocks of CSV text: some hundred kilobytes of whole records at a time, with the line they begin on. The encoding and the
 * quotes are checked here, so that a parser of well-formed text can do the rest.
 *
 * Source: RFC 4180; lines may end with CRLF, LF or CR, and outside of quotes all of them become LF.
 */
import { isUtf8 } from 'node:buffer';
import { DataError } from '../../errors.ts';
import type { ByteReader } from '../bytes/reader.ts';

/** Whole records. */
export interface Block {
  /** Without a byte-order mark and without the end of its last line. */
  readonly text: string;
  /** Line of the file on which it begins, from 1. */
  readonly line: number;
}

const BLOCK_BYTES = 2 ** 18;
/** What a record may take: a quote that is never closed must not bring the whole file into memory. */
const LONGEST_RECORD_BYTES = 2 ** 24;
const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BYTE_ORDER_MARKS: readonly (readonly [name: string, hex: string])[] = [
  ['UTF-16', 'fffe'],
  ['UTF-16', 'feff'],
];

/**
 * Cuts the bytes of a file into blocks.
 *
 * Errors: DataError DATA_ENCODING (no UTF-8, a zero byte), DATA_CSV (a record of more than 16 MiB, a quote that is never
 * closed), each with its line.
 */
export async function* csvBlocks(reader: ByteReader, where: string): AsyncGenerator<Block> {
  let line = 1;
  let first = true;
  let carried = Buffer.alloc(0);
  for (;;) {
    const chunk = Buffer.allocUnsafe(BLOCK_BYTES);
    const taken = await reader.fill(chunk);
    const ended = taken < chunk.length;
    let bytes = Buffer.concat([carried, chunk.subarray(0, taken)]);
    if (first) {
      refuseUtf16(bytes, where);
      if (bytes.toString('hex', 0, 3) === 'efbbbf') bytes = bytes.subarray(3);
      first = false;
    }
    const cut = ended ? bytes.length : lastRecordEnd(bytes);
    if (cut > 0) {
      const text = decode(bytes.subarray(0, cut), line, where);
      yield {
        text: bytes[cut - 1] === NEWLINE ? text.slice(0, text.endsWith('\r\n') ? -2 : -1) : text,
        line,
      };
      line += count(bytes.subarray(0, cut), NEWLINE);
    }
    carried = bytes.subarray(cut);
    if (ended) return;
    if (carried.length > LONGEST_RECORD_BYTES) {
      throw csvError(
        where,
        line,
        `a record takes at most ${LONGEST_RECORD_BYTES} bytes`,
        'more',
        'Close its quotes, or check the delimiter.',
      );
    }
  }
}

/** Where the last record ends of which all quotes are closed: after a line's end behind an even number of quotes. */
function lastRecordEnd(bytes: Buffer): number {
  let quotes = count(bytes, QUOTE);
  let end = bytes.length;
  for (;;) {
    const newline = bytes.lastIndexOf(NEWLINE, end - 1);
    if (newline === -1 || end === 0) return 0;
    quotes -= count(bytes.subarray(newline, end), QUOTE);
    if (quotes % 2 === 0) return newline + 1;
    end = newline;
  }
}

function count(bytes: Buffer, byte: number): number {
  let found = 0;
  for (let at = bytes.indexOf(byte); at !== -1; at = bytes.indexOf(byte, at + 1)) found++;
  return found;
}

/** At most as many lines as there are ends of lines, of LF, CRLF or CR, and one; fewer where a file mixes LF and CR. */
export async function countLines(reader: ByteReader): Promise<number> {
  const chunk = Buffer.allocUnsafe(BLOCK_BYTES);
  let [feeds, returns] = [0, 0];
  for (let taken = chunk.length; taken === chunk.length; ) {
    taken = await reader.fill(chunk);
    const bytes = chunk.subarray(0, taken);
    feeds += count(bytes, NEWLINE);
    returns += bytes.includes(RETURN) ? count(bytes, RETURN) : 0;
  }
  return 1 + Math.max(feeds, returns);
}

function refuseUtf16(bytes: Buffer, where: string): void {
  const mark = BYTE_ORDER_MARKS.find(([, hex]) => bytes.toString('hex', 0, 2) === hex);
  if (mark !== undefined) throw encodingError(where, 1, `the byte-order mark of ${mark[0]}`);
}

function decode(bytes: Buffer, line: number, where: string): string {
  if (isUtf8(bytes)) {
    const zero = bytes.indexOf(0);
    if (zero === -1) return bytes.toString('utf8');
    throw encodingError(where, line + count(bytes.subarray(0, zero), NEWLINE), 'a zero byte');
  }
  let at = 0;
  for (let number = line; ; number++) {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline === -1 ? bytes.length : newline + 1;
    if (!isUtf8(bytes.subarray(at, end))) throw encodingError(where, number, 'other bytes');
    at = end;
  }
}

/**
 * Text in which every line outside of quotes ends with LF.
 *
 * Errors: DataError DATA_CSV where a quote is within an unquoted field, text follows a closing quote, or a quote is never
 * closed, with the line.
 */
export function normalized({ text, line }: Block, delimiter: string, where: string): string {
  if (!text.includes('"')) return text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
  const parts = text.split('"');
  let at = line;
  for (const [position, part] of parts.entries()) {
    const outside = position % 2 === 0;
    // Nothing between two quotes within quotes is a quote itself.
    if (outside && part !== '') {
      const begins = position === 0 || isBoundary(part[0] as string, delimiter);
      const ends = position === parts.length - 1 || isBoundary(part.at(-1) as string, delimiter);
      if (!begins || !ends) {
        const rule = 'quotes enclose a whole field, and a quote within them is doubled';
        const found = begins ? 'one within a field' : 'text after one that closes';
        const lines = ends ? 0 : newlines(part);
        throw csvError(where, at + lines, rule, found, 'Mend the line, or check the delimiter.');
      }
      parts[position] = part.replaceAll(/\r\n?/g, '\n');
    }
    if (position < parts.length - 1 || outside) at += newlines(part);
  }
  if (parts.length % 2 === 0) {
    throw csvError(where, at, 'every quote is closed', 'one that is not', 'Mend the line.');
  }
  return parts.join('"');
}

function isBoundary(character: string, delimiter: string): boolean {
  return character === delimiter || character === '\n' || character === '\r';
}

/** Line ends in text as an editor counts them: CRLF is one, and so is a CR alone. */
export function newlines(text: string): number {
  let found = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === NEWLINE || (code === 0x0d && text.charCodeAt(at + 1) !== NEWLINE)) found++;
  }
  return found;
}

/** An error with a line. */
export function csvError(
  where: string,
  line: number,
  rule: string,
  found: string,
  remedy: string,
): DataError {
  return new DataError('DATA_CSV', `${where}:${line}: in a CSV file ${rule}, got ${found}. ${remedy}`, {
    where,
    line,
    found,
  });
}

function encodingError(where: string, line: number, found: string): DataError {
  return new DataError(
    'DATA_ENCODING',
    `${where}:${line}: a CSV file must be text in UTF-8, got ${found}. Save it as CSV UTF-8.`,
    { where, line, found },
  );
}
