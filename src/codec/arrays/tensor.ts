/**
 * Stored arrays, whatever their format: what is known of one without reading its values, and the reading of these into
 * shared memory, in row-major order, a chunk at a time.
 */
import { DataError } from '../../errors.ts';
import { type DataFile, type FileStamp, withDataFile } from '../bytes/file.ts';
import { type ByteReader, trailing, truncated } from '../bytes/reader.ts';
import { allocateShared } from '../bytes/shared-memory.ts';
import { decoder, ELEMENT_BYTES, type ElementType, type Numbers, toHostOrder } from './element-type.ts';
import { type Inspect, inspector } from './inspection.ts';
import { Placement } from './placement.ts';

/** What a header says of an array. */
export interface TensorInfo {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Fortran's order, in which the first index runs fastest. */
  readonly columnMajor: boolean;
  readonly bigEndian: boolean;
}

/** An array in a file whose header is sound: its elements fill the bytes that there are for them. */
export interface Tensor {
  /** The file, and the key in it, for messages. */
  readonly where: string;
  readonly info: TensorInfo;
  readonly path: string;
  /** The state of the file when the header was read. */
  readonly stamp: FileStamp;
  /** A reader that stands at the first element and ends after the last. */
  elements(file: DataFile): Promise<ByteReader>;
}

/** What elements can be read as. */
export interface Targets {
  /** Elements of one byte without a sign, as they are; `false` is 0 and `true` is 1. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly f32: Float32Array<SharedArrayBuffer>;
  readonly f64: Float64Array<SharedArrayBuffer>;
  /** Whole numbers from −(2^53−1) to 2^53−1, exact, whatever their stored type. */
  readonly whole: Float64Array<SharedArrayBuffer>;
}

export interface ReadOptions<Target extends keyof Targets> {
  /** Axes of the result, as numpy's transpose takes them: `[0, 2, 3, 1]` makes NHWC of channels-first images. */
  readonly axes?: readonly number[];
  /** Where the elements go, instead of new memory: as many as the array has. */
  readonly into?: Targets[Target];
  /** Whether NaN and infinities may be among them. Default: no. */
  readonly allowNonFinite?: boolean;
}

export interface ReadTensor<Target extends keyof Targets> {
  readonly shape: readonly number[];
  readonly data: Targets[Target];
  /** How many NaN and infinities there are. */
  readonly nonFinite: number;
}

/** Large enough to be fast, a small part of what is worth a measurement. */
const CHUNK_BYTES = 2 ** 22;

/** Number of elements of a shape; NaN where it is past every safe integer. */
export function elementCount(shape: readonly number[]): number {
  if (shape.includes(0)) return 0;
  const count = shape.reduce((product, extent) => product * extent, 1);
  return Number.isSafeInteger(count * 8) ? count : Number.NaN;
}

/** Bytes of the elements of an array. */
export function payloadBytes({ type, shape }: TensorInfo): number {
  return elementCount(shape) * ELEMENT_BYTES[type];
}

/** `[60000, 28, 28] of u8`, for messages and listings. */
export function describeTensor({ type, shape }: Pick<TensorInfo, 'type' | 'shape'>): string {
  return `[${shape.join(', ')}] of ${type}`;
}

/**
 * Reads the elements of an array into shared memory.
 *
 * Shapes: `data` is row-major with the product of `shape` elements, whatever the order and the byte order of the file.
 * Precision: f32 rounds what needs more than 24 bits; see {@link decoder} for integers of eight bytes.
 * Errors: DataError DATA_TYPE (elements that are no bytes, read as bytes), DATA_NOT_FINITE, DATA_NOT_WHOLE and DATA_RANGE
 * with the index of the element, DATA_TRUNCATED, DATA_TRAILING, DATA_CHECKSUM, DATA_COMPRESSED, DATA_MEMORY,
 * DATA_FILE_CHANGED and the other codes of {@link withDataFile}.
 * Memory: the target, and chunks of a few megabytes.
 */
export async function readTensor<Target extends keyof Targets>(
  tensor: Tensor,
  as: Target,
  options: ReadOptions<Target> = {},
): Promise<ReadTensor<Target>> {
  const { info, where } = tensor;
  refuseType(tensor, as);
  const placement = new Placement(info.shape, info.columnMajor, options.axes);
  return withDataFile(
    tensor.path,
    async (file) => {
      const reader = await tensor.elements(file);
      try {
        const data = options.into ?? allocate(as, elementCount(info.shape), where);
        const inspect = inspector({
          where,
          type: info.type,
          as,
          placement,
          allowNonFinite: options.allowNonFinite ?? false,
        });
        const nonFinite = await readAll(tensor, reader, data, placement, inspect);
        return { shape: placement.shape, data: data as Targets[Target], nonFinite };
      } finally {
        reader.close();
      }
    },
    tensor.stamp,
  );
}

function refuseType({ info, where }: Tensor, as: keyof Targets): void {
  if (as !== 'bytes' || info.type === 'u8' || info.type === 'bool') return;
  throw new DataError(
    'DATA_TYPE',
    `${where}: only elements of u8 or bool can stay bytes, got ${describeTensor(info)}. Read them as numbers.`,
    { where, type: info.type },
  );
}

function allocate(as: keyof Targets, count: number, where: string): Targets[keyof Targets] {
  if (as === 'bytes') return allocateShared(count, where);
  if (as === 'f32') return new Float32Array(allocateShared(count * 4, where).buffer);
  return new Float64Array(allocateShared(count * 8, where).buffer);
}

async function readAll(
  { info, where }: Tensor,
  reader: ByteReader,
  data: Numbers,
  placement: Placement,
  inspect: Inspect,
): Promise<number> {
  const total = payloadBytes(info);
  const elementBytes = ELEMENT_BYTES[info.type];
  // Elements that are already what is wanted are read where they belong.
  const straight = placement.inOrder && storedAs(info.type, data);
  const chunk = new Uint8Array(new ArrayBuffer(straight ? 0 : Math.min(CHUNK_BYTES, total)));
  const decode = decoder(info.type, straight ? 0 : chunk.length / elementBytes);
  let nonFinite = 0;
  for (let done = 0; done < total; done += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, total - done);
    const bytes = straight
      ? new Uint8Array(data.buffer, data.byteOffset + done, length)
      : chunk.subarray(0, length);
    const taken = await reader.fill(bytes);
    if (taken < length) throw truncated(where, promise(info), done + taken);
    toHostOrder(bytes, elementBytes, info.bigEndian);
    const numbers = decode(bytes);
    nonFinite += inspect(numbers);
    if (straight) placement.skip(numbers.length);
    else placement.place(numbers, data);
  }
  if ((await reader.fill(new Uint8Array(1))) > 0) throw trailing(where, promise(info), 'more');
  return nonFinite;
}

function storedAs(type: ElementType, data: Numbers): boolean {
  if (data instanceof Uint8Array) return true;
  return data instanceof Float32Array ? type === 'f32' : type === 'f64';
}

function promise(info: TensorInfo): string {
  return `the header promises ${describeTensor(info)}, ${payloadBytes(info)} bytes`;
}
