/**
 * Strict reader of IDX files, the format of the MNIST family: a magic number, the shape, and the elements.
 *
 * Layout, all numbers big-endian: two zero bytes, one byte for the element type, one for the number of dimensions,
 * four bytes for each dimension, then the elements in row-major order. The file may be compressed with gzip.
 *
 * Source: "The IDX file format" in Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits".
 */
import { DataError } from '../../errors.ts';
import { readSharedFile } from '../bytes/file.ts';
import { gunzipStart, gunzipWithin, isGzip } from '../bytes/gzip.ts';
import { allocateShared } from '../bytes/shared-memory.ts';

/** What {@link IdxArray} holds for each element type: typed arrays in the host's byte order on shared memory. */
export interface IdxElements {
  readonly u8: Uint8Array<SharedArrayBuffer>;
  readonly i8: Int8Array<SharedArrayBuffer>;
  readonly i16: Int16Array<SharedArrayBuffer>;
  readonly i32: Int32Array<SharedArrayBuffer>;
  readonly f32: Float32Array<SharedArrayBuffer>;
  readonly f64: Float64Array<SharedArrayBuffer>;
}

export type IdxType = keyof IdxElements;

/**
 * The content of an IDX file; checking `type` tells the type of `data`.
 *
 * Shapes: `data` is row-major with as many elements as the product of `shape`.
 */
export type IdxArray = {
  readonly [T in IdxType]: {
    readonly type: T;
    readonly shape: readonly number[];
    readonly data: IdxElements[T];
  };
}[IdxType];

interface Header {
  readonly type: IdxType;
  readonly elementBytes: number;
  readonly shape: readonly number[];
  readonly count: number;
  /** Where the elements begin. */
  readonly offsetBytes: number;
  /** Length of a file that keeps what its header promises. */
  readonly fileBytes: number;
}

const ELEMENT_TYPES: ReadonlyMap<number, readonly [type: IdxType, bytes: number]> = new Map([
  [0x08, ['u8', 1]],
  [0x09, ['i8', 1]],
  [0x0b, ['i16', 2]],
  [0x0c, ['i32', 4]],
  [0x0d, ['f32', 4]],
  [0x0e, ['f64', 8]],
]);

const MAGIC_BYTES = 4;
const DIMENSION_BYTES = 4;
/** With the largest number of dimensions that a byte can name. */
const LONGEST_HEADER_BYTES = MAGIC_BYTES + 255 * DIMENSION_BYTES;

const LITTLE_ENDIAN_HOST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Reads an IDX file, compressed or not.
 *
 * Errors: DataError, with the codes of {@link parseIdx} and those of reading the file.
 */
export async function readIdx(file: string): Promise<IdxArray> {
  return parseIdx(await readSharedFile(file), file);
}

/**
 * Interprets the bytes of an IDX file, compressed or not; `where` names them in errors.
 *
 * Single-byte elements of uncompressed bytes on shared memory are not copied: `data` is then a view of `bytes`.
 *
 * Errors: DataError DATA_IDX_MAGIC, DATA_IDX_TYPE, DATA_IDX_SHAPE, DATA_TRUNCATED (the header promises more than
 * there is), DATA_TRAILING (less), DATA_GZIP, DATA_TOO_LARGE, DATA_MEMORY. Nothing is allocated for a promise that
 * the bytes cannot keep.
 */
export function parseIdx(bytes: Uint8Array, where: string): IdxArray {
  const plain = isGzip(bytes) ? decompress(bytes, where) : bytes;
  const header = parseHeader(plain, where);
  if (plain.length < header.fileBytes) throw truncated(where, header, plain.length);
  if (plain.length > header.fileBytes) throw trailing(where, header, `${plain.length} bytes`);
  const payload = plain.subarray(header.offsetBytes);
  const inPlace = header.elementBytes === 1 && payload.buffer instanceof SharedArrayBuffer;
  return inPlace
    ? view(header, payload.buffer, payload.byteOffset)
    : view(header, copyInHostOrder(payload, header.elementBytes, where), 0);
}

/** Decompresses no further than the header promises, so that a small file cannot fill the memory. */
function decompress(bytes: Uint8Array, where: string): Uint8Array {
  const header = parseHeader(gunzipStart(bytes, LONGEST_HEADER_BYTES, where), `${where} (decompressed)`);
  const plain = gunzipWithin(bytes, header.fileBytes, where);
  if (plain === 'longer') throw trailing(where, header, 'more');
  return plain;
}

function parseHeader(bytes: Uint8Array, where: string): Header {
  if (bytes.length < MAGIC_BYTES) throw headerTruncated(where, MAGIC_BYTES, bytes.length);
  const cells = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (cells.getUint16(0) !== 0) {
    const magic = cells.getUint32(0).toString(16).padStart(8, '0');
    throw new DataError(
      'DATA_IDX_MAGIC',
      `${where}: an IDX file starts with two zero bytes, got the magic number 0x${magic}. Check that this is an IDX file.`,
      { where, magic },
    );
  }
  const typeCode = cells.getUint8(2);
  const element = ELEMENT_TYPES.get(typeCode);
  if (element === undefined) {
    throw new DataError(
      'DATA_IDX_TYPE',
      `${where}: the element type of an IDX file is 0x08, 0x09, 0x0b, 0x0c, 0x0d or 0x0e, got 0x${typeCode.toString(16).padStart(2, '0')}. ` +
        'Check that this is an IDX file.',
      { where, typeCode },
    );
  }
  const [type, elementBytes] = element;
  const dimensions = cells.getUint8(3);
  const offsetBytes = MAGIC_BYTES + dimensions * DIMENSION_BYTES;
  if (bytes.length < offsetBytes) throw headerTruncated(where, offsetBytes, bytes.length);
  const shape = Array.from({ length: dimensions }, (_, axis) =>
    cells.getUint32(MAGIC_BYTES + axis * DIMENSION_BYTES),
  );
  const count = shape.reduce((product, extent) => product * extent, 1);
  const fileBytes = offsetBytes + count * elementBytes;
  if (dimensions === 0 || !Number.isSafeInteger(fileBytes)) {
    throw new DataError(
      'DATA_IDX_SHAPE',
      `${where}: an IDX file has one or more dimensions and at most ${Number.MAX_SAFE_INTEGER} bytes, ` +
        `got the shape [${shape.join(', ')}] of ${type}. The header is damaged, or this is no IDX file.`,
      { where, shape: shape.map(String) },
    );
  }
  return { type, elementBytes, shape, count, offsetBytes, fileBytes };
}

function copyInHostOrder(payload: Uint8Array, elementBytes: number, where: string): SharedArrayBuffer {
  const { buffer } = allocateShared(payload.length, where);
  const copy = Buffer.from(buffer);
  copy.set(payload);
  if (LITTLE_ENDIAN_HOST) {
    if (elementBytes === 2) copy.swap16();
    if (elementBytes === 4) copy.swap32();
    if (elementBytes === 8) copy.swap64();
  }
  return buffer;
}

function view({ type, shape, count }: Header, buffer: SharedArrayBuffer, offsetBytes: number): IdxArray {
  switch (type) {
    case 'u8':
      return { type, shape, data: new Uint8Array(buffer, offsetBytes, count) };
    case 'i8':
      return { type, shape, data: new Int8Array(buffer, offsetBytes, count) };
    case 'i16':
      return { type, shape, data: new Int16Array(buffer, offsetBytes, count) };
    case 'i32':
      return { type, shape, data: new Int32Array(buffer, offsetBytes, count) };
    case 'f32':
      return { type, shape, data: new Float32Array(buffer, offsetBytes, count) };
    case 'f64':
      return { type, shape, data: new Float64Array(buffer, offsetBytes, count) };
  }
}

function headerTruncated(where: string, needed: number, held: number): DataError {
  return new DataError(
    'DATA_TRUNCATED',
    `${where}: the header of this IDX file takes ${needed} bytes, got ${held}. The file is incomplete: fetch it again.`,
    { where, bytesExpected: needed, bytesHeld: held },
  );
}

function truncated(where: string, header: Header, held: number): DataError {
  return new DataError(
    'DATA_TRUNCATED',
    `${where}: ${promise(header)}, got ${held}. The file is incomplete: fetch it again.`,
    { where, bytesExpected: header.fileBytes, bytesHeld: held },
  );
}

function trailing(where: string, header: Header, held: string): DataError {
  return new DataError(
    'DATA_TRAILING',
    `${where}: ${promise(header)}, got ${held}. The header or the file is damaged: fetch it again.`,
    { where, bytesExpected: header.fileBytes, bytesHeld: held },
  );
}

function promise({ type, shape, fileBytes }: Header): string {
  return `the header promises [${shape.join(', ')}] of ${type}, ${fileBytes} bytes with itself`;
}
