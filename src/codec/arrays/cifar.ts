/**
 * Reader of the binary versions of CIFAR-10 and CIFAR-100: records of one label byte (CIFAR-100: coarse, then fine) and the
 * red, green and blue plane of 32 x 32 pixels.
 *
 * Source: "Binary version" in A. Krizhevsky, "The CIFAR-10 dataset" and "The CIFAR-100 dataset" (cs.toronto.edu/~kriz).
 */
import { DataError } from '../../errors.ts';
import { type DataFile, withDataFile } from '../bytes/file.ts';
import type { ByteReader } from '../bytes/reader.ts';
import type { Tensor } from './tensor.ts';

/** The permutation of {@link CifarFile.images} that makes them NHWC, for the `axes` of readTensor. */
export const CIFAR_TO_NHWC: readonly number[] = [0, 2, 3, 1];

export type CifarVersion = 'cifar10' | 'cifar100';

/**
 * One file of records.
 *
 * Shapes: `images` is records x 3 x 32 x 32 of u8, all labels are one u8 a record.
 */
export interface CifarFile {
  readonly images: Tensor;
  /** Classes by name: `labels` of CIFAR-10, `coarse` and `fine` of CIFAR-100. */
  readonly labels: Readonly<Record<string, Tensor>>;
}

const SIDE = 32;
const PLANES = 3;
const IMAGE_BYTES = PLANES * SIDE * SIDE;

/** The label bytes before each image, and how many classes each of them counts. */
const LABELS: Readonly<Record<CifarVersion, readonly (readonly [name: string, classes: number])[]>> = {
  cifar10: [['labels', 10]],
  cifar100: [
    ['coarse', 20],
    ['fine', 100],
  ],
};

/** Records that are read at a time. */
const BATCH = 1024;

/**
 * Opens a file of records.
 *
 * Errors: DataError DATA_CIFAR when the file is no whole number of records, or none; those of {@link withDataFile}.
 * Reading labels: DATA_RANGE when one is no class of the version, with its record and byte.
 */
export function openCifar(path: string, version: CifarVersion): Promise<CifarFile> {
  return withDataFile(path, async ({ stamp }) => {
    const labels = LABELS[version];
    const recordBytes = labels.length + IMAGE_BYTES;
    const records = stamp.sizeBytes / recordBytes;
    if (records === 0 || !Number.isInteger(records)) {
      const other = version === 'cifar10' ? 'cifar100' : 'cifar10';
      throw new DataError(
        'DATA_CIFAR',
        `${path}: a binary file of ${version} has one or more records of ${recordBytes} bytes, got ${stamp.sizeBytes} bytes. ` +
          `Check that it is complete, and not ${other}.`,
        { file: path, recordBytes, sizeBytes: stamp.sizeBytes },
      );
    }
    const tensor = (shape: readonly number[], offset: number, length: number, classes: number): Tensor => ({
      where: path,
      info: { type: 'u8', shape, columnMajor: false, bigEndian: false },
      path,
      stamp,
      elements: async (file) => new RecordReader(file, { records, recordBytes, offset, length, classes }),
    });
    return {
      images: tensor([records, PLANES, SIDE, SIDE], labels.length, IMAGE_BYTES, Number.POSITIVE_INFINITY),
      labels: Object.fromEntries(
        labels.map(([name, classes], offset) => [name, tensor([records], offset, 1, classes)]),
      ),
    };
  });
}

interface Part {
  readonly records: number;
  readonly recordBytes: number;
  /** Where in a record the part is. */
  readonly offset: number;
  readonly length: number;
  readonly classes: number;
}

/** The same part of every record. */
class RecordReader implements ByteReader {
  readonly #file: DataFile;
  readonly #part: Part;
  readonly #batch: Uint8Array;
  /** The next byte of the part, over all records. */
  #position = 0;
  /** The records in the batch: from the first up to the end. */
  #first = 0;
  #end = 0;

  constructor(file: DataFile, part: Part) {
    this.#file = file;
    this.#part = part;
    this.#batch = new Uint8Array(Math.min(BATCH, part.records) * part.recordBytes);
  }

  async fill(target: Uint8Array): Promise<number> {
    const { records, recordBytes, offset, length } = this.#part;
    let filled = 0;
    while (filled < target.length && this.#position < records * length) {
      const record = Math.floor(this.#position / length);
      if (record >= this.#end) await this.#load(record);
      const inPart = this.#position % length;
      const from = (record - this.#first) * recordBytes + offset + inPart;
      const taken = Math.min(length - inPart, target.length - filled);
      target.set(this.#batch.subarray(from, from + taken), filled);
      filled += taken;
      this.#position += taken;
    }
    return filled;
  }

  close(): void {}

  async #load(first: number): Promise<void> {
    const { records, recordBytes, offset, classes } = this.#part;
    const count = Math.min(BATCH, records - first);
    await this.#file.read(this.#batch.subarray(0, count * recordBytes), first * recordBytes);
    this.#first = first;
    this.#end = first + count;
    for (let record = 0; record < count; record++) {
      const at = record * recordBytes + offset;
      const label = this.#batch[at] as number;
      if (label < classes) continue;
      const byte = first * recordBytes + at;
      throw new DataError(
        'DATA_RANGE',
        `${this.#file.path}: the label of record ${first + record} (from 0, at byte ${byte}) must be below ${classes}, got ${label}. ` +
          'Check that the file is of this version of CIFAR, or fetch it again.',
        { file: this.#file.path, record: first + record, byte, label },
      );
    }
  }
}
