/** Splits of a source put together: inputs and targets of each, which must be alike. */
import { crc32 } from 'node:zlib';
import { DataError } from '../errors.ts';
import type { InputArray } from './dataset.ts';
import { classesOf, type Labels } from './labels.ts';
import type { SourceData, SourceSplit } from './source.ts';
import type { TargetKind } from './task.ts';

/** Targets of one split as they were read. Shapes: numbers samples x width. */
export type ArrayTargets =
  | { readonly kind: 'labels'; readonly labels: Labels }
  | { readonly kind: 'numbers'; readonly width: number; readonly numbers: Float32Array<SharedArrayBuffer> };

/** One split as it was read. */
export interface ReadSplit {
  readonly samples: number;
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly values: InputArray;
  /** Null where the task needs none. */
  readonly targets: ArrayTargets | null;
  /** What it was read from, for messages. */
  readonly file: string;
}

/** Splits by their names. */
export interface ReadSplits {
  readonly train: ReadSplit;
  readonly validation?: ReadSplit;
  readonly test?: ReadSplit;
}

/** Names of classes or of targets, where the source knows them. */
export interface TargetNames {
  readonly names?: readonly string[];
}

/**
 * The data of a source from splits that were read.
 *
 * Errors: DataError DATA_WIDTH for splits of different shapes or targets, DATA_SPLIT for one without samples.
 */
export function assembleSplits(read: ReadSplits, { names }: TargetNames = {}): SourceData {
  const splits = Object.entries(read).filter((entry): entry is [string, ReadSplit] => entry[1] !== undefined);
  const { train } = read;
  for (const [name, split] of splits) {
    if (split.samples === 0) {
      throw new DataError(
        'DATA_SPLIT',
        `data.${name}: ${split.file}: a split must have samples, got none. Name a file with data.`,
        {
          split: name,
          file: split.file,
        },
      );
    }
    const [own, first] = [split.shape.join(' x '), train.shape.join(' x ')];
    if (own !== first) throw unlike(name, split, `samples of ${first}, as those of train`, own);
    const [width, expected] = [widthOf(split), widthOf(train)];
    if (width !== expected)
      throw unlike(name, split, `${expected} targets a sample, as train`, String(width));
  }
  const notes = read.test === undefined ? [] : overlapNotes(train, read.test);
  const strip = ({ samples, values, targets }: ReadSplit): SourceSplit => ({
    samples,
    values,
    divisor: 1,
    targets: targets === null ? null : targets.kind === 'labels' ? targets.labels : targets.numbers,
  });
  return {
    shape: train.shape,
    target: targetOf(
      splits.map(([, split]) => split),
      names,
    ),
    train: strip(train),
    ...(read.validation && { validation: strip(read.validation) }),
    ...(read.test && { test: strip(read.test) }),
    ...(notes.length > 0 && { notes }),
  };
}

function widthOf({ targets }: ReadSplit): number {
  return targets?.kind === 'numbers' ? targets.width : 1;
}

function unlike(name: string, { file }: ReadSplit, rule: string, found: string): DataError {
  return new DataError(
    'DATA_WIDTH',
    `data.${name}: ${file}: it must have ${rule}, got ${found}. Name files that belong together.`,
    { split: name, file },
  );
}

function targetOf(splits: readonly ReadSplit[], names: readonly string[] | undefined): TargetKind {
  const [{ targets }] = splits as [ReadSplit];
  const named = names === undefined ? {} : { names };
  if (targets === null) return { kind: 'inputs' };
  if (targets.kind === 'numbers') return { kind: 'numbers', width: targets.width, ...named };
  const labels = splits.flatMap((split) => (split.targets?.kind === 'labels' ? [split.targets.labels] : []));
  const classes = Math.max(classesOf(labels), names?.length ?? 0);
  return { kind: 'classes', classes, ...named };
}

/** Bytes up to which the rows of two splits are compared; more would be waited for. */
const MOST_COMPARED = 2 ** 28;

/** Says that test samples are training samples as well, with their share. */
function overlapNotes(train: ReadSplit, test: ReadSplit): string[] {
  const sameFile = train.file === test.file;
  if (!sameFile && train.values.byteLength + test.values.byteLength > MOST_COMPARED) return [];
  const seen = new Set<number>();
  eachRow(train, (hash) => seen.add(hash));
  let same = 0;
  eachRow(test, (hash) => {
    if (seen.has(hash)) same++;
  });
  // Two rows with the same 52 bits of hash by chance are much rarer than this.
  if (same === 0) return [];
  const share = Math.round((1000 * same) / test.samples) / 10;
  const file = sameFile ? `, both from ${test.file}` : '';
  return [
    `data.test: ${same} of ${test.samples} test samples (${share} %) have the inputs of a training sample${file}. A network is not tested on them.`,
  ];
}

function eachRow({ samples, values }: ReadSplit, visit: (hash: number) => void): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const width = bytes.length / samples;
  // Native code takes no shared memory.
  const row = Buffer.alloc(width);
  for (let sample = 0; sample < samples; sample++) {
    row.set(bytes.subarray(sample * width, (sample + 1) * width));
    const half = row.subarray(0, width >> 1);
    visit(crc32(row) * 2 ** 20 + (crc32(half) >>> 12));
  }
}
