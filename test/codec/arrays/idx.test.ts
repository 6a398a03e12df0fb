/** The IDX reader: what it reads, what it refuses, and that nothing makes it fail in another way. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type IdxArray, parseIdx, readIdx } from '../../../src/codec/arrays/idx.ts';
import { findMnist } from '../../../src/data/mnist.ts';
import { DataError } from '../../../src/errors.ts';
import { refusal } from '../../refusal.ts';
import { idxBytes } from './idx-bytes.ts';

const U8 = 0x08;
const PAYLOAD = Uint8Array.of(1, 2, 3, 4, 5, 6);
const MATRIX = idxBytes(U8, [2, 3], PAYLOAD);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'covgrad-idx-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function fileRefusal(file: string): Promise<DataError> {
  const outcome = await readIdx(file).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(DataError);
  return outcome as DataError;
}

describe('every element type', () => {
  test.each<
    [IdxArray['type'], number, number[], (cells: DataView, at: number, value: number) => void, number]
  >([
    ['u8', 0x08, [0, 255], (cells, at, value) => cells.setUint8(at, value), 1],
    ['i8', 0x09, [-128, 127], (cells, at, value) => cells.setInt8(at, value), 1],
    ['i16', 0x0b, [-32768, 258], (cells, at, value) => cells.setInt16(at, value), 2],
    ['i32', 0x0c, [-2147483648, 16909060], (cells, at, value) => cells.setInt32(at, value), 4],
    ['f32', 0x0d, [-1.5, Number.NaN], (cells, at, value) => cells.setFloat32(at, value), 4],
    ['f64', 0x0e, [Math.PI, Number.NEGATIVE_INFINITY], (cells, at, value) => cells.setFloat64(at, value), 8],
  ])(
    '%s is read in the byte order of the host, compressed or not, onto shared memory',
    (type, code, values, write, size) => {
      const payload = new Uint8Array(values.length * size);
      for (const [position, value] of values.entries()) {
        write(new DataView(payload.buffer), position * size, value);
      }
      const bytes = idxBytes(code, [2, 1], payload);
      for (const source of [bytes, gzipSync(bytes)]) {
        const array = parseIdx(source, 'here');
        expect(array).toMatchObject({ type, shape: [2, 1] });
        expect([...array.data]).toEqual(values);
        expect(array.data.buffer).toBeInstanceOf(SharedArrayBuffer);
      }
      expect([...bytes.subarray(12)]).toEqual([...payload]);
    },
  );

  test('an array without elements is read', () => {
    expect(parseIdx(idxBytes(U8, [0, 3], new Uint8Array(0)), 'here').data).toHaveLength(0);
  });
});

describe('files', () => {
  test('a real file is read once, straight into the shared memory that holds its elements', async () => {
    const { shape, data } = await readIdx(join(findMnist(), 'train-images-idx3-ubyte'));
    expect(shape).toEqual([60_000, 28, 28]);
    expect(data.buffer.byteLength).toBe(16 + data.length);
  });

  test('a compressed file is recognised by its content, not by its name', async () => {
    const file = join(directory, 'plain-name');
    await writeFile(file, gzipSync(MATRIX));
    expect([...(await readIdx(file)).data]).toEqual([...PAYLOAD]);
  });

  test('a missing file, a directory, a device and an unreadable path are refused by name', async () => {
    const missing = join(directory, 'missing');
    expect(await fileRefusal(missing)).toMatchObject({
      code: 'DATA_FILE_MISSING',
      details: { file: missing },
    });
    expect((await fileRefusal(missing)).message).toBe(
      `${missing}: a data file must exist, got no such file. Check the path.`,
    );
    expect((await fileRefusal(directory)).message).toContain('must be a regular file, got a directory. ');
    expect((await fileRefusal(devNull)).message).toContain(
      'must be a regular file, got a pipe or a device. ',
    );
    expect((await fileRefusal(join(directory, 'x'.repeat(5000)))).message).toContain('got ENAMETOOLONG. ');
  });

  test('an empty file is refused', async () => {
    const file = join(directory, 'empty');
    await writeFile(file, '');
    expect(await fileRefusal(file)).toMatchObject({
      code: 'DATA_TRUNCATED',
      message: `${file}: the header of this IDX file takes 4 bytes, got 0. The file is incomplete: fetch it again.`,
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
  ])('that promise %s are refused', (_, bytes, code, message) => {
    const error = refusal(DataError, () => parseIdx(bytes, 'some file'));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^some file: /);
    expect(error.message).toContain(message);
  });

  test('a file cut off at any byte is refused as truncated', () => {
    for (let length = 0; length < MATRIX.length; length++) {
      expect(refusal(DataError, () => parseIdx(MATRIX.subarray(0, length), 'here')).code).toBe(
        'DATA_TRUNCATED',
      );
    }
  });
});

describe('compressed files', () => {
  test('cut off at any byte are refused as truncated', () => {
    const bytes = gzipSync(MATRIX);
    for (let length = 0; length < bytes.length; length++) {
      expect(refusal(DataError, () => parseIdx(bytes.subarray(0, length), 'here')).code).toBe(
        'DATA_TRUNCATED',
      );
    }
  });

  test('with a wrong checksum are refused', () => {
    const bytes = gzipSync(MATRIX);
    bytes.writeUInt8((bytes.at(-8) as number) ^ 1, bytes.length - 8);
    const error = refusal(DataError, () => parseIdx(bytes, 'here'));
    expect(error.code).toBe('DATA_GZIP');
    expect(error.message).toBe(
      'here: the gzip data must be intact, got "incorrect data check". Fetch the file again.',
    );
  });

  test('that hold fewer or more elements than promised are refused', () => {
    const short = gzipSync(idxBytes(U8, [7], PAYLOAD));
    expect(refusal(DataError, () => parseIdx(short, 'here')).message).toContain(
      '[7] of u8, 15 bytes with itself, got 14. ',
    );
    const long = gzipSync(idxBytes(U8, [5], PAYLOAD));
    expect(refusal(DataError, () => parseIdx(long, 'here')).message).toContain(
      '[5] of u8, 13 bytes with itself, got more. ',
    );
  });

  test('that would unfold to far more than they promise are stopped at the promise', () => {
    const bomb = gzipSync(idxBytes(U8, [6], Buffer.alloc(50_000_000)));
    const error = refusal(DataError, () => parseIdx(bomb, 'here'));
    expect(error.code).toBe('DATA_TRAILING');
    // "more": how much more is never found out.
    expect(error.message).toContain('14 bytes with itself, got more. ');
  });

  test('that promise more than so few bytes can hold are refused before they are decompressed', () => {
    const bytes = gzipSync(idxBytes(U8, [2_000_000_000], PAYLOAD));
    const error = refusal(DataError, () => parseIdx(bytes, 'here'));
    expect(error.code).toBe('DATA_TRUNCATED');
    expect(error.message).toContain(
      `got ${bytes.length} compressed bytes, which hold ${bytes.length * 1032} at most. `,
    );
  });

  test('that promise more than 2 GiB are refused even if they could hold it', () => {
    const noise = Uint8Array.from({ length: 8192 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);
    const bytes = Buffer.concat([gzipSync(idxBytes(U8, [3_000_000_000], noise)), Buffer.alloc(4_000_000)]);
    const error = refusal(DataError, () => parseIdx(bytes, 'here'));
    expect(error.code).toBe('DATA_TOO_LARGE');
    expect(error.message).toContain('may hold 2147483647 bytes, got 3000000008. Decompress it beforehand.');
  });
});

test('no bytes make the reader fail with anything but a DataError', () => {
  const damaged = fc
    .tuple(fc.constantFrom(MATRIX, gzipSync(MATRIX)), fc.nat(MATRIX.length - 1), fc.nat(255))
    .map(([bytes, at, value]) => Uint8Array.from(bytes, (byte, i) => (i === at ? value : byte)));
  const started = fc.uint8Array({ maxLength: 40 }).map((tail) => Uint8Array.of(0, 0, ...tail));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), started, damaged), (bytes) => {
      try {
        const { shape, data } = parseIdx(bytes, 'here');
        expect(data).toHaveLength(shape.reduce((product, extent) => product * extent, 1));
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
      }
    }),
    { seed: 1, numRuns: 1000 },
  );
});
