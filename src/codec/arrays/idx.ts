/**
 * Strict reader of IDX files, the format of the MNIST family: a magic number, the shape, and the elements.
 *
 * Layout, all numbers big-endian: two zero bytes, one byte for the element type, one for the number of dimensions,
 * four bytes for each dimension, then the elements in row-major order. The file may be compressed with gzip.
 *
 * Source: "The IDX file format" in Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits".
 */
import { DataError } from '../../errors.ts';
import { type DataFile, withDataFile } from '../bytes/file.ts';
import { inflatingReader, isGzip, refuseImpossible } from '../bytes/inflate.ts';
import { type ByteReader, rangeReader, take, trailing, truncated } from '../bytes/reader.ts';
import type { ElementType } from './element-type.ts';
import { describeTensor, elementCount, payloadBytes, type Tensor, type TensorInfo } from './tensor.ts';

const ELEMENT_TYPES: ReadonlyMap<number, ElementType> = new Map([
  [0x08, 'u8'],
  [0x09, 'i8'],
  [0x0b, 'i16'],
  [0x0c, 'i32'],
  [0x0d, 'f32'],
  [0x0e, 'f64'],
]);

const MAGIC_BYTES = 4;
const DIMENSION_BYTES = 4;

/**
 * Opens an IDX file, compressed or not: its header is read and held against the length of the file.
 *
 * Errors: DataError DATA_IDX_MAGIC, DATA_IDX_TYPE, DATA_IDX_SHAPE, DATA_TRUNCATED (the header promises more than
 * there is), DATA_TRAILING (less), DATA_COMPRESSED, and those of {@link withDataFile}.
 */
export function openIdx(path: string): Promise<Tensor> {
  return withDataFile(path, async (file) => {
    const start = Math.min(2, file.stamp.sizeBytes);
    const gzip = isGzip(await take(rangeReader(file, 0, start), start, 'the start', path));
    const reader = plainReader(file, gzip);
    try {
      const info = await readHeader(reader, gzip ? `${path} (decompressed)` : path);
      holdAgainstLength(info, file, gzip);
      return {
        where: path,
        info,
        path,
        stamp: file.stamp,
        async elements(again) {
          const elements = plainReader(again, gzip);
          await take(elements, headerBytes(info), 'the header', path);
          return elements;
        },
      };
    } finally {
      reader.close();
    }
  });
}

function plainReader(file: DataFile, gzip: boolean): ByteReader {
  const end = file.stamp.sizeBytes;
  return gzip
    ? inflatingReader({ file, start: 0, end, format: 'gzip' }, file.path)
    : rangeReader(file, 0, end);
}

function headerBytes({ shape }: TensorInfo): number {
  return MAGIC_BYTES + shape.length * DIMENSION_BYTES;
}

async function readHeader(reader: ByteReader, where: string): Promise<TensorInfo> {
  const what = 'the header of this IDX file';
  const magic = Buffer.from(await take(reader, MAGIC_BYTES, what, where));
  if (magic.readUInt16BE(0) !== 0) {
    const found = magic.toString('hex');
    throw new DataError(
      'DATA_IDX_MAGIC',
      `${where}: an IDX file starts with two zero bytes, got the magic number 0x${found}. Check that this is an IDX file.`,
      { where, magic: found },
    );
  }
  const typeCode = magic.readUInt8(2);
  const type = ELEMENT_TYPES.get(typeCode);
  if (type === undefined) {
    throw new DataError(
      'DATA_IDX_TYPE',
      `${where}: the element type of an IDX file is 0x08, 0x09, 0x0b, 0x0c, 0x0d or 0x0e, got 0x${typeCode.toString(16).padStart(2, '0')}. ` +
        'Check that this is an IDX file.',
      { where, typeCode },
    );
  }
  const dimensions = magic.readUInt8(3);
  const extents = Buffer.from(await take(reader, dimensions * DIMENSION_BYTES, what, where));
  const shape = Array.from({ length: dimensions }, (_, axis) => extents.readUInt32BE(axis * DIMENSION_BYTES));
  if (dimensions === 0 || Number.isNaN(elementCount(shape))) {
    throw new DataError(
      'DATA_IDX_SHAPE',
      `${where}: an IDX file has one or more dimensions and at most ${Number.MAX_SAFE_INTEGER} bytes, ` +
        `got the shape ${describeTensor({ type, shape })}. The header is damaged, or this is no IDX file.`,
      { where, shape: shape.map(String) },
    );
  }
  return { type, shape, columnMajor: false, bigEndian: true };
}

function holdAgainstLength(info: TensorInfo, { path, stamp }: DataFile, gzip: boolean): void {
  const promised = headerBytes(info) + payloadBytes(info);
  const promise = `the header promises ${describeTensor(info)}, ${promised} bytes with itself`;
  if (gzip) refuseImpossible(promised, stamp.sizeBytes, promise, path);
  else if (stamp.sizeBytes < promised) throw truncated(path, promise, stamp.sizeBytes);
  else if (stamp.sizeBytes > promised) throw trailing(path, promise, `${stamp.sizeBytes} bytes`);
}
