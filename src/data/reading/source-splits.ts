/** Splits of a source put together: inputs and targets of each, which must be alike. */
import { DataError } from '../../errors.ts';
import type { InputArray } from '../dataset.ts';
import type { DataConfig, SourceData, SourceSplit } from '../source.ts';
import type { TargetKind } from '../task.ts';
import { classesOf, type Labels } from './labels.ts';
import { overlapNote } from './overlap.ts';

/** Targets of one split as they were read. Shapes: numbers samples x width. */
export type ReadTargets =
  | { readonly kind: 'labels'; readonly labels: Labels }
  | { readonly kind: 'numbers'; readonly width: number; readonly numbers: Float32Array<SharedArrayBuffer> };

/** One split as it was read. */
export interface ReadSplit {
  readonly samples: number;
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly values: InputArray;
  /** Null where the task needs none. */
  readonly targets: ReadTargets | null;
  /** What it was read from, for messages. */
  readonly file: string;
}

/** The splits, the training split first. */
export const SPLIT_NAMES = ['train', 'validation', 'test'] as const;

export type SplitName = (typeof SPLIT_NAMES)[number];

/** Splits by their names. */
export type BySplit<Value> = { readonly train: Value } & { readonly [name in SplitName]?: Value };

/** What settings give for the splits that are files; a share or a number of samples is no file. */
export function givenSplits<Files>(data: DataConfig): BySplit<Files> {
  const given = SPLIT_NAMES.flatMap((name) =>
    data[name] === undefined || typeof data[name] === 'number' ? [] : [[name, data[name]]],
  );
  return Object.fromEntries(given) as BySplit<Files>;
}

/** Makes something of each split, one after another: each takes the disk, and memory for its chunks. */
export async function eachSplit<From, To>(
  splits: BySplit<From>,
  make: (from: From, name: SplitName) => Promise<To> | To,
): Promise<BySplit<To>> {
  const made: [string, To][] = [];
  for (const name of SPLIT_NAMES) {
    const from = splits[name];
    if (from !== undefined) made.push([name, await make(from, name)]);
  }
  return Object.fromEntries(made) as unknown as BySplit<To>;
}

/** What a source knows of its targets beside the targets. */
export interface KnownTargets {
  /** Names of the classes or of the targets. */
  readonly names?: readonly string[] | undefined;
  /** Number of classes, whether all of them occur or not. Default: the largest label and one, or the names. */
  readonly classes?: number;
}

/**
 * The data of a source from splits that were read.
 *
 * Errors: DataError DATA_WIDTH for splits of different shapes, elements or targets, DATA_SPLIT for one without samples.
 */
export function assembleSplits(read: BySplit<ReadSplit>, known: KnownTargets = {}): SourceData {
  const splits = SPLIT_NAMES.flatMap((name): [SplitName, ReadSplit][] => {
    const split = read[name];
    return split === undefined ? [] : [[name, split]];
  });
  for (const [name, split] of splits) {
    refuseEmpty(name, split);
    refuseUnlike(name, split, read.train);
  }
  const target = targetOf(
    splits.map(([, split]) => split),
    known,
  );
  const note = read.test && overlapNote(read.train, read.test);
  return {
    shape: read.train.shape,
    target,
    train: sourceSplit(read.train),
    ...(read.validation && { validation: sourceSplit(read.validation) }),
    ...(read.test && { test: sourceSplit(read.test) }),
    ...(note !== undefined && { notes: [note] }),
  };
}

function refuseEmpty(name: SplitName, { samples, file }: ReadSplit): void {
  if (samples > 0) return;
  throw new DataError(
    'DATA_SPLIT',
    `data.${name}: ${file}: a split must have samples, got none. Name a file with data.`,
    { split: name, file },
  );
}

function refuseUnlike(name: SplitName, split: ReadSplit, train: ReadSplit): void {
  const facts = (one: ReadSplit): [string, string][] => [
    ['samples', `of ${one.shape.join(' x ')}`],
    ['inputs', one.values instanceof Uint8Array ? 'that are bytes' : 'that are no bytes'],
    ['targets', one.targets?.kind === 'numbers' ? `of ${one.targets.width} numbers` : 'of one label'],
  ];
  const expected = facts(train);
  for (const [at, [what, found]] of facts(split).entries()) {
    const rule = expected[at]?.[1] as string;
    if (found === rule) continue;
    throw new DataError(
      'DATA_WIDTH',
      `data.${name}: ${split.file}: it must have ${what} ${rule}, as train has, got ${what} ${found}. Name files that belong together.`,
      { split: name, file: split.file },
    );
  }
}

function sourceSplit({ samples, values, targets }: ReadSplit): SourceSplit {
  const answers = targets === null ? null : targets.kind === 'labels' ? targets.labels : targets.numbers;
  return { samples, values, divisor: 1, targets: answers };
}

function targetOf(splits: readonly ReadSplit[], { names, classes }: KnownTargets): TargetKind {
  const targets = splits[0]?.targets;
  const named = names === undefined ? {} : { names };
  if (targets === null || targets === undefined) return { kind: 'inputs' };
  if (targets.kind === 'numbers') return { kind: 'numbers', width: targets.width, ...named };
  const labels = splits.flatMap((split) => (split.targets?.kind === 'labels' ? [split.targets.labels] : []));
  const known = classes ?? Math.max(classesOf(labels), names?.length ?? 0);
  return { kind: 'classes', classes: known, ...named };
}
