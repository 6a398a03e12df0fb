/**
 * Damages files and reads them: flipped, cut, grown and overwritten bytes. Whatever comes, a decoder gives an error of the
 * data or values of the size it promised; where the format has checksums, the right values.
 */
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { memoryUsage } from 'node:process';
import fc from 'fast-check';
import { openArray } from '../../src/codec/arrays/array-file.ts';
import { openCifar } from '../../src/codec/arrays/cifar.ts';
import { readTensor, type Tensor } from '../../src/codec/arrays/tensor.ts';
import { openCsv } from '../../src/codec/tables/csv.ts';
import { openParquet } from '../../src/codec/tables/parquet.ts';
import type { Table } from '../../src/codec/tables/table.ts';
import { DataError } from '../../src/errors.ts';
import { fixture, fixtureBytes } from './files.ts';

/** A decoder, and the sound files that are damaged for it. */
export interface Subject {
  readonly name: string;
  readonly files: readonly string[];
  /** Whether the format has checksums, so that what is read at all must be what was written. */
  readonly checked?: boolean;
  /** Reads all there is; returns a digest of the values. */
  readonly read: (path: string) => Promise<string>;
}

async function readArray(tensor: Tensor): Promise<string> {
  const { shape, data } = await readTensor(tensor, 'f64', { allowNonFinite: true });
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (data.length !== count) throw new Error(`${data.length} elements of ${count}`);
  return createHash('sha256').update(shape.join()).update(data).digest('hex');
}

async function readTable(table: Table): Promise<string> {
  const readable = table.columns.filter(({ type }) => type !== 'other').map(({ name }) => name);
  const hash = createHash('sha256');
  await table.each(({ cells }) => {
    if (cells.length !== readable.length) throw new Error(`${cells.length} cells of ${readable.length}`);
    for (const cell of cells) hash.update(`${String(cell)}\n`);
  }, readable);
  return hash.digest('hex');
}

const arrays = (name: string, files: readonly string[], key = '', checked = false): Subject => ({
  name,
  checked,
  files,
  read: async (path) => readArray(await openArray(path + key)),
});

export const SUBJECTS: readonly Subject[] = [
  arrays('npy', ['f4-big.npy', 'fortran4-big.npy', 'i8-little.npy', 'rank0.npy', 'version3.npy']),
  arrays('npz', ['stored.npz', 'deflated.npz'], '#images', true),
  arrays('npz with zip64', ['zip64.npz'], '#x', true),
  arrays('safetensors', ['types.safetensors'], '#f32'),
  arrays('idx', ['rank1.idx', 'rank3.idx', 'rank4.idx']),
  arrays('idx in gzip', ['rank2.idx.gz', 'rank3.idx.gz'], '', true),
  {
    name: 'cifar',
    files: ['cifar10.bin'],
    async read(path) {
      const { images, labels } = await openCifar(path, 'cifar10');
      return (await readArray(images)) + (await readArray(labels.labels as Tensor));
    },
  },
  {
    name: 'csv',
    files: ['excel.csv', 'pipe.csv', 'tab.csv'],
    read: async (path) => readTable(await openCsv(path)),
  },
  {
    name: 'parquet',
    files: [
      ...['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4-raw', 'version2', 'other'].map(
        (codec) => `duckdb-${codec}.parquet`,
      ),
      ...['snappy', 'zstd', 'version2', 'lz4-raw'].map((codec) => `arrow-${codec}.parquet`),
    ],
    read: async (path) => readTable(await openParquet(path)),
  },
];

type Damage =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'set' | 'grow'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'cut'; readonly at: number };

/** Any position alike: fast-check would rather have the ends of a range. */
const share = fc.noBias(fc.nat(2 ** 30)).map((number) => number / 2 ** 30);

/** What is done to a file, with positions as shares of its length. */
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({
    kind: fc.constant('flip' as const),
    at: share,
    bit: fc.nat(7),
  }),
  fc.record({
    kind: fc.constant('set' as const),
    at: share,
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      fc
        .constantFrom(...['00', 'ff', '7f', '80', 'ffffffff', 'ffffff7f', 'ffffffffffffffff', 'ffffffff0f'])
        .map((hex) => Uint8Array.from(Buffer.from(hex, 'hex'))),
    ),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: share }),
  fc.record({
    kind: fc.constant('grow' as const),
    at: share,
    bytes: fc.uint8Array({ minLength: 1, maxLength: 16 }),
  }),
);

/** Damage is likelier at both ends, where headers, directories and footers are. */
function positionOf(share: number, length: number): number {
  const bent = share < 0.5 ? 4 * share ** 3 : 1 - 4 * (1 - share) ** 3;
  return Math.min(Math.max(0, length - 1), Math.floor(bent * length));
}

function apply(bytes: Buffer, damages: readonly Damage[]): Buffer {
  let current = Buffer.from(bytes);
  for (const one of damages) {
    const at = positionOf(one.at, current.length);
    if (one.kind === 'cut') current = Buffer.from(current.subarray(0, at));
    else if (one.kind === 'grow') {
      current = Buffer.concat([current.subarray(0, at), one.bytes, current.subarray(at)]);
    } else if (one.kind === 'set') {
      current.set(one.bytes.subarray(0, current.length - at), at);
    } else if (one.kind === 'flip' && current.length > 0)
      current[at] = (current[at] as number) ^ (1 << one.bit);
  }
  return current;
}

export interface Counts {
  readonly refused: number;
  readonly read: number;
  /** How far the resident set of the process rose above what it was before, in bytes. */
  readonly peakBytes: number;
}

/**
 * Reads `runs` damaged files. Anything but an error of the data is thrown on with the damage that brought it about.
 */
export async function fuzz(subject: Subject, runs: number, seed: number, folder: string): Promise<Counts> {
  let refused = 0;
  let read = 0;
  let peakBytes = 0;
  const sound = subject.files.map(fixtureBytes);
  const digests = await Promise.all(subject.files.map((file) => subject.read(fixture(file))));
  const path = `${folder}/damaged`;
  const before = memoryUsage.rss();
  await fc.assert(
    fc.asyncProperty(
      fc.nat(sound.length - 1),
      fc.array(damage, { minLength: 1, maxLength: 3 }),
      async (position, damages) => {
        // A new file, so that it is not taken for the last one.
        rmSync(path, { force: true });
        writeFileSync(path, apply(sound[position] as Buffer, damages));
        try {
          const digest = await subject.read(path);
          if (subject.checked === true && digest !== digests[position]) throw new Error('other values');
          read++;
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
          if (!error.message.startsWith(folder))
            throw new Error(`a message without its file: ${error.message}`);
          refused++;
        }
        peakBytes = Math.max(peakBytes, memoryUsage.rss() - before);
      },
    ),
    { seed, numRuns: runs, endOnFailure: false },
  );
  return { refused, read, peakBytes };
}
