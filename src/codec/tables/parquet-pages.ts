/**
 * Checks the pages of a Parquet column before hyparquet decodes them. It trusts what a page says of itself: a run of 2^31
 * values in a page of ten fills the memory and ends the process, and a negative block length never ends. Here every count is
 * held against the page and the column, so that damaged files end in an error.
 *
 * Source: the format's specification, apache/parquet-format, README and Encodings.md.
 */
import { readThriftStruct, type ThriftStruct, type ThriftValue } from './compact-thrift.ts';

/** What is known of a column from the footer. */
export interface ColumnClaims {
  readonly type: string;
  readonly values: number;
  readonly deepestRepetition: number;
  readonly deepestDefinition: number;
}

/** A page of a column chunk. */
export interface Page {
  /** Where its values begin in the chunk: behind the header, and in version 2 behind the levels. */
  readonly start: number;
  readonly values: number;
  readonly encoding: number;
  readonly kind: 'dictionary' | 'version 1' | 'version 2';
  readonly uncompressedBytes: number;
}

const DATA = 0;
const DICTIONARY = 2;
const DATA_V2 = 3;
/** Above what writers make by far; what a damaged header may cost at most. */
const LARGEST_PAGE_BYTES = 2 ** 28;
const MOST_PAGE_VALUES = 2 ** 24;

const PLAIN = 0;
const PLAIN_DICTIONARY = 2;
const RLE = 3;
const DELTA_BINARY_PACKED = 5;
const DELTA_LENGTH_BYTE_ARRAY = 6;
const RLE_DICTIONARY = 8;
const BYTE_STREAM_SPLIT = 9;
const READ_ENCODINGS: readonly number[] = [
  PLAIN,
  PLAIN_DICTIONARY,
  RLE,
  DELTA_BINARY_PACKED,
  DELTA_LENGTH_BYTE_ARRAY,
  RLE_DICTIONARY,
  BYTE_STREAM_SPLIT,
];

/**
 * Walks over the headers of a column chunk and checks what stands in the open: the sizes and counts, and in version 2 the
 * levels. Returns the pages, by which {@link checkValues} knows what was compressed.
 *
 * Errors: RangeError with what is wrong.
 */
export function walkPages(chunk: Uint8Array, claims: ColumnClaims): readonly Page[] {
  const pages: Page[] = [];
  let values = 0;
  let at = 0;
  // As many bytes as hyparquet leaves unread at the end.
  while (at < chunk.length - 1) {
    const { struct, end } = readThriftStruct(chunk, at);
    const type = whole(struct.get(1), 'a page type');
    const uncompressedBytes = within(struct.get(2), LARGEST_PAGE_BYTES, 'bytes of a page');
    const compressedBytes = within(struct.get(3), chunk.length - end, 'bytes of a compressed page');
    const page = chunk.subarray(end, end + compressedBytes);
    if (type === DATA || type === DATA_V2) {
      const read = type === DATA ? dataPage(struct, end) : dataPageV2(struct, end, page, claims);
      values += read.values;
      const known = { ...read, uncompressedBytes };
      // What is not compressed does not pass through a decompressor, where it would be checked.
      if (read.plain) checkValues(page.subarray(read.start - end), known, claims);
      pages.push(known);
    } else if (type === DICTIONARY) {
      const header = inner(struct, 7);
      const count = within(header.get(1), MOST_PAGE_VALUES, 'values of a dictionary');
      pages.push({ start: end, values: count, encoding: PLAIN, kind: 'dictionary', uncompressedBytes });
    } else throw new RangeError(`a page of the unknown type ${type}`);
    at = end + compressedBytes;
  }
  if (values !== claims.values) throw new RangeError(`pages with ${values} of ${claims.values} values`);
  return pages;
}

type ReadPage = Omit<Page, 'uncompressedBytes'> & { readonly plain?: boolean };

function dataPage(struct: ThriftStruct, start: number): ReadPage {
  const header = inner(struct, 5);
  const values = within(header.get(1), MOST_PAGE_VALUES, 'values of a page');
  for (const levels of [3, 4]) {
    if (header.get(levels) !== RLE) throw new RangeError('levels of another encoding than RLE');
  }
  return { start, values, encoding: encodingOf(header.get(2)), kind: 'version 1' };
}

function dataPageV2(
  struct: ThriftStruct,
  start: number,
  page: Uint8Array,
  { deepestRepetition, deepestDefinition }: ColumnClaims,
): ReadPage {
  const header = inner(struct, 8);
  const values = within(header.get(1), MOST_PAGE_VALUES, 'values of a page');
  within(header.get(2), values, 'nulls of a page');
  within(header.get(3), values, 'rows of a page');
  const definitionBytes = within(header.get(5), page.length, 'bytes of levels');
  const repetitionBytes = within(header.get(6), page.length - definitionBytes, 'bytes of levels');
  const behind = repetitionBytes + definitionBytes;
  if (deepestRepetition > 0) checkRuns(page, bitWidth(deepestRepetition), values);
  if (deepestDefinition > 0) checkRuns(page.subarray(repetitionBytes), bitWidth(deepestDefinition), values);
  const plain = header.get(7) === false || struct.get(2) === behind;
  return { start: start + behind, values, encoding: encodingOf(header.get(4)), kind: 'version 2', plain };
}

/**
 * Checks what was compressed in a page.
 *
 * Errors: RangeError with what is wrong.
 */
export function checkValues(bytes: Uint8Array, page: Page, claims: ColumnClaims): void {
  let rest = bytes;
  if (page.kind === 'version 1') {
    for (const deepest of [claims.deepestRepetition, claims.deepestDefinition]) {
      if (deepest > 0) rest = checkPrefixedRuns(rest, bitWidth(deepest), page.values);
    }
  }
  if (page.kind === 'dictionary' || page.values === 0) return;
  if (page.encoding === RLE) checkPrefixedRuns(rest, 1, page.values);
  else if (page.encoding === PLAIN_DICTIONARY || page.encoding === RLE_DICTIONARY) {
    const [width] = rest;
    if (width !== undefined && width > 0) checkRuns(rest.subarray(1), within(width, 31, 'bits'), page.values);
  } else if (page.encoding === DELTA_BINARY_PACKED || page.encoding === DELTA_LENGTH_BYTE_ARRAY) {
    if (rest.length > 0) checkDelta(rest);
  }
}

/** Runs behind their length in four bytes; returns what comes after them. */
function checkPrefixedRuns(bytes: Uint8Array, width: number, values: number): Uint8Array {
  if (bytes.length < 4) throw new RangeError('an end within the levels');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const end = 4 + within(length, bytes.length - 4, 'bytes of levels');
  checkRuns(bytes.subarray(4), width, values);
  return bytes.subarray(end);
}

/**
 * Runs of one value are as long as the page at most; packed ones have their bytes. hyparquet reads on behind the bytes that the
 * runs are said to have until it has enough values, so `bytes` are all that follow.
 */
function checkRuns(bytes: Uint8Array, width: number, values: number): void {
  let at = 0;
  for (let seen = 0; seen < values; ) {
    let header = 0;
    for (let shift = 0; ; shift++) {
      const byte = bytes[at++];
      // Every null left out its value, so runs of values may end early; hyparquet notices what is missing.
      if (byte === undefined) return;
      if (shift === 5) throw new RangeError('a run of more than 2^32 values');
      header += (byte & 0x7f) * 2 ** (7 * shift);
      if (byte < 0x80) break;
    }
    const count = Math.floor(header / 2);
    if (header % 2 === 1) {
      // Groups of eight; the last may be filled up.
      if (count * 8 > values + 512)
        throw new RangeError(`a run of ${count * 8} in a page of ${values} values`);
      // Of a run without groups the reader takes a byte all the same.
      at += Math.max(1, count * width);
      seen += count * 8;
    } else {
      if (count > values) throw new RangeError(`a run of ${count} in a page of ${values} values`);
      at += Math.ceil(width / 8);
      seen += count;
    }
  }
}

/** The block lengths that the format demands; with others hyparquet runs backwards. */
function checkDelta(bytes: Uint8Array): void {
  let at = 0;
  const [block, miniblocks] = [0, 1].map(() => {
    let value = 0;
    for (let shift = 0; shift < 5; shift++) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** (7 * shift);
      if (byte < 0x80) return value;
    }
    throw new RangeError('a block of more than 2^32 values');
  }) as [number, number];
  const sound = block > 0 && block % 128 === 0 && miniblocks > 0 && (block / miniblocks) % 32 === 0;
  if (!sound || block > MOST_PAGE_VALUES)
    throw new RangeError(`blocks of ${block} values in ${miniblocks} parts`);
}

function bitWidth(deepest: number): number {
  return 32 - Math.clz32(deepest);
}

function encodingOf(value: ThriftValue): number {
  const encoding = whole(value, 'an encoding');
  if (READ_ENCODINGS.includes(encoding)) return encoding;
  throw new RangeError(`values of the encoding ${encoding}, which is not read here`);
}

function inner(struct: ThriftStruct, field: number): ThriftStruct {
  const value = struct.get(field);
  if (value instanceof Map) return value;
  throw new RangeError('a page without its header');
}

function whole(value: ThriftValue, what: string): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw new RangeError(`${what} that is no number`);
}

function within(value: ThriftValue, most: number, what: string): number {
  const number = whole(value, what);
  if (number >= 0 && number <= most) return number;
  throw new RangeError(`${number} ${what}, of at most ${most}`);
}
