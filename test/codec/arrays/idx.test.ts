/** The IDX reader: what it reads, and what it refuses. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openIdx } from '../../../src/codec/arrays/idx.ts';
import { type ReadTensor, readTensor, type TensorInfo } from '../../../src/codec/arrays/tensor.ts';
import { findMnist } from '../../../src/data/sources/mnist.ts';
import { dataRefusal, scratch } from '../files.ts';
import { idxBytes } from '../idx-bytes.ts';

const { write } = scratch();
const U8 = 0x08;
const PAYLOAD = Uint8Array.of(1, 2, 3, 4, 5, 6);
const MATRIX = idxBytes(U8, [2, 3], PAYLOAD);

async function read(bytes: Uint8Array): Promise<ReadTensor<'f64'> & { info: TensorInfo }> {
  const tensor = await openIdx(write('some.idx', bytes));
  return { ...(await readTensor(tensor, 'f64', { allowNonFinite: true })), info: tensor.info };
}

describe('every element type', () => {
  test.each<[string, number, number[], (cells: DataView, at: number, value: number) => void, number]>([
    ['u8', 0x08, [0, 255], (cells, at, value) => cells.setUint8(at, value), 1],
    ['i8', 0x09, [-128, 127], (cells, at, value) => cells.setInt8(at, value), 1],
    ['i16', 0x0b, [-32768, 258], (cells, at, value) => cells.setInt16(at, value), 2],
    ['i32', 0x0c, [-2147483648, 16909060], (cells, at, value) => cells.setInt32(at, value), 4],
    ['f32', 0x0d, [-1.5, Number.NaN], (cells, at, value) => cells.setFloat32(at, value), 4],
    ['f64', 0x0e, [Math.PI, Number.NEGATIVE_INFINITY], (cells, at, value) => cells.setFloat64(at, value), 8],
  ])('%s is read, compressed or not, onto shared memory', async (type, code, values, set, size) => {
    const payload = new Uint8Array(values.length * size);
    for (const [position, value] of values.entries()) {
      set(new DataView(payload.buffer), position * size, value);
    }
    const bytes = idxBytes(code, [2, 1], payload);
    for (const source of [bytes, gzipSync(bytes)]) {
      const { info, data } = await read(source);
      expect(info).toMatchObject({ type, shape: [2, 1] });
      expect([...data]).toEqual(values);
      expect(data.buffer).toBeInstanceOf(SharedArrayBuffer);
    }
  });

  test('an array without elements is read', async () => {
    expect((await read(idxBytes(U8, [0, 3], new Uint8Array(0)))).data).toHaveLength(0);
  });
});

describe('files', () => {
  test('a real file is read into shared memory that holds its elements and nothing else', async () => {
    const { info, ...tensor } = await openIdx(join(findMnist(), 'train-images-idx3-ubyte'));
    expect(info.shape).toEqual([60_000, 28, 28]);
    const { data } = await readTensor({ info, ...tensor }, 'bytes');
    expect(data.buffer.byteLength).toBe(data.length);
    expect(data).toHaveLength(60_000 * 28 * 28);
  });

  test('a compressed file is recognised by its content, not by its name', async () => {
    expect([...(await read(gzipSync(MATRIX))).data]).toEqual([...PAYLOAD]);
  });

  test('an empty file is refused', async () => {
    const path = write('empty', '');
    expect(await dataRefusal(openIdx(path))).toMatchObject({
      code: 'DATA_TRUNCATED',
      message: `${path}: the header of this IDX file takes 4 bytes, got 0. The file is incomplete: fetch or save it again.`,
    });
  });
});

describe('headers', () => {
  test.each<[string, Uint8Array, string, string]>([
    [
      'another magic number',
      Buffer.from('\x93NUMPY', 'latin1'),
      'DATA_IDX_MAGIC',
      'got the magic number 0x934e554d. ',
    ],
    ['an unknown element type', idxBytes(0x0a, [1], PAYLOAD), 'DATA_IDX_TYPE', 'got 0x0a. '],
    ['no dimension at all', idxBytes(U8, [], PAYLOAD), 'DATA_IDX_SHAPE', 'got the shape [] of u8. '],
    [
      'a size past every integer',
      idxBytes(0x0e, [4294967295, 4294967295], PAYLOAD),
      'DATA_IDX_SHAPE',
      'got the shape [4294967295, 4294967295] of f64. ',
    ],
    [
      'more elements than the file holds',
      idxBytes(U8, [1_000_000, 28, 28], PAYLOAD),
      'DATA_TRUNCATED',
      'the header promises [1000000, 28, 28] of u8, 784000016 bytes with itself, got 22. ',
    ],
    [
      'fewer elements than the file holds',
      idxBytes(U8, [5], PAYLOAD),
      'DATA_TRAILING',
      'the header promises [5] of u8, 13 bytes with itself, got 14 bytes. ',
    ],
  ])('that promise %s are refused', async (_, bytes, code, message) => {
    const path = write('bad.idx', bytes);
    const error = await dataRefusal(openIdx(path));
    expect(error.code).toBe(code);
    expect(error.message.startsWith(`${path}: `)).toBe(true);
    expect(error.message).toContain(message);
  });

  test('a file cut off at any byte is refused as truncated', async () => {
    for (let length = 0; length < MATRIX.length; length++) {
      expect((await dataRefusal(read(MATRIX.subarray(0, length)))).code).toBe('DATA_TRUNCATED');
    }
  });
});

describe('compressed files', () => {
  test('cut off at any byte are refused as truncated', async () => {
    const bytes = gzipSync(MATRIX);
    for (let length = 0; length < bytes.length; length++) {
      expect((await dataRefusal(read(bytes.subarray(0, length)))).code).toBe('DATA_TRUNCATED');
    }
  });

  test('with a wrong checksum are refused', async () => {
    const bytes = gzipSync(MATRIX);
    bytes.writeUInt8((bytes.at(-8) as number) ^ 1, bytes.length - 8);
    const error = await dataRefusal(read(bytes));
    expect(error.code).toBe('DATA_COMPRESSED');
    expect(error.message).toContain(
      'the compressed data must be intact, got "incorrect data check". Fetch or save the file again.',
    );
  });

  test('that hold fewer or more elements than promised are refused', async () => {
    const short = await dataRefusal(read(gzipSync(idxBytes(U8, [7], PAYLOAD))));
    expect(short.message).toContain('[7] of u8, 7 bytes, got 6. ');
    const long = await dataRefusal(read(gzipSync(idxBytes(U8, [5], PAYLOAD))));
    expect(long.message).toContain('[5] of u8, 5 bytes, got more. ');
  });

  test('that would unfold to far more than they promise are stopped at the promise', async () => {
    const error = await dataRefusal(read(gzipSync(idxBytes(U8, [6], Buffer.alloc(50_000_000)))));
    expect(error.code).toBe('DATA_TRAILING');
    // "more": how much more is never found out.
    expect(error.message).toContain('6 bytes, got more. ');
  });

  test('that promise more than so few bytes can hold are refused before they are decompressed', async () => {
    const bytes = gzipSync(idxBytes(U8, [2_000_000_000], PAYLOAD));
    const error = await dataRefusal(read(bytes));
    expect(error.code).toBe('DATA_TRUNCATED');
    expect(error.message).toContain(
      `got ${bytes.length} compressed bytes, which hold ${bytes.length * 1032} at most. `,
    );
  });
});
