/** A JavaScript module as a source: whatever else there is, as typed arrays and shapes. */
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { allocateShared } from '../codec/bytes/shared-memory.ts';
import { DataError } from '../errors.ts';
import { choice, section } from '../schema/rules.ts';
import { filePath, pathIn } from './files.ts';
import { labelsOf } from './labels.ts';
import type { Source } from './source.ts';
import { type ArrayTargets, assembleSplits, type ReadSplit } from './source-splits.ts';
import type { Task } from './task.ts';

/** One split as a module gives it. Shapes: x samples x the product of `shape`; y a label, or numbers, a sample. */
export interface ModuleSplit {
  readonly x: Uint8Array | Uint8ClampedArray | Float32Array | Float64Array | readonly number[];
  readonly y?: ArrayLike<number>;
}

/** What `load(options)` of a module returns, or a promise of it. */
export interface ModuleData {
  /** Of one sample: [features] or [height, width, channels]. */
  readonly shape: readonly number[];
  readonly train: ModuleSplit;
  readonly validation?: ModuleSplit;
  readonly test?: ModuleSplit;
  /** Names of the classes or of the targets. */
  readonly names?: readonly string[];
}

export const module: Source = {
  name: 'module',
  summary: 'a JavaScript module of your own, whose `load(options)` returns typed arrays',
  section: section({
    source: choice(['module']),
    module: filePath().describe('File of the module, relative to the sweep file'),
    options: z
      .record(z.string(), z.unknown(), { error: 'must be a mapping' })
      .exactOptional()
      .describe('What its load function is given'),
  }),
  normalize: ({ values }) => (values instanceof Uint8Array ? 'scale' : 'none'),
  sizes: () => null,
  files: ({ module: file }) => [file as string],
  async load(data, { base, task }) {
    const file = pathIn(base, data.module as string);
    const given = await callLoad(file, (data.options ?? {}) as Readonly<Record<string, unknown>>, task);
    const { shape, names } = given;
    if (
      !Array.isArray(shape) ||
      shape.length === 0 ||
      !shape.every((extent) => Number.isInteger(extent) && extent > 0)
    ) {
      throw refuse(
        file,
        'load() must return the shape of a sample, such as [784] or [28, 28, 1]',
        describe(shape),
      );
    }
    const splits: Record<string, ReadSplit> = {};
    for (const name of ['train', 'validation', 'test'] as const) {
      const split = given[name];
      if (split !== undefined) splits[name] = readSplit(file, name, split, shape, task);
    }
    if (splits.train === undefined) throw refuse(file, 'load() must return a train split', 'none');
    return assembleSplits(
      splits as unknown as Parameters<typeof assembleSplits>[0],
      names === undefined ? {} : { names },
    );
  },
};

/** What a module's `load` returns. Errors: DataError DATA_MODULE with the module's own message. */
async function callLoad(
  file: string,
  options: Readonly<Record<string, unknown>>,
  task: Task,
): Promise<ModuleData> {
  let found: { load?: unknown };
  try {
    found = await import(pathToFileURL(file).href);
  } catch (cause) {
    throw refuse(file, 'the module must be one that can be imported', messageOf(cause), cause);
  }
  if (typeof found.load !== 'function') {
    throw refuse(file, 'the module must export a function load(options)', describe(found.load));
  }
  let data: unknown;
  try {
    data = await found.load(options, { task });
  } catch (cause) {
    throw refuse(file, 'load(options) must return data', messageOf(cause), cause);
  }
  if (typeof data === 'object' && data !== null) return data as ModuleData;
  throw refuse(file, 'load(options) must return {shape, train, test}', describe(data));
}

function readSplit(
  file: string,
  name: string,
  { x, y }: ModuleSplit,
  shape: readonly number[],
  task: Task,
): ReadSplit {
  const features = shape.reduce((product, extent) => product * extent, 1);
  const samples = (x?.length ?? Number.NaN) / features;
  if (!Number.isInteger(samples)) {
    throw refuse(file, `${name}.x must hold ${features} numbers for each sample`, describe(x?.length));
  }
  const bytes = x instanceof Uint8Array || x instanceof Uint8ClampedArray;
  const { buffer } = allocateShared(x.length * (bytes ? 1 : 4), `${file}: ${name}`);
  const values = bytes ? new Uint8Array(buffer) : new Float32Array(buffer);
  values.set(x);
  if (!bytes) {
    for (let i = 0; i < values.length; i++) {
      if (Number.isFinite(values[i])) continue;
      const [row, column] = [Math.floor(i / features), i % features];
      throw refuse(
        file,
        `${name}.x must be finite`,
        `${x[i]} in row ${row}, column ${column}, counted from 0`,
      );
    }
  }
  return {
    samples,
    shape,
    values,
    targets: task === 'autoencoding' ? null : targetsOf(file, name, y, samples, task),
    file: `${file} (${name})`,
  };
}

function targetsOf(
  file: string,
  name: string,
  y: ArrayLike<number> | undefined,
  samples: number,
  task: Task,
): ArrayTargets {
  const width = (y?.length ?? 0) / samples;
  if (
    y === undefined ||
    !Number.isInteger(width) ||
    width < 1 ||
    (task === 'classification' && width !== 1)
  ) {
    const rule = task === 'classification' ? 'a label' : 'one or more numbers';
    throw refuse(file, `${name}.y must hold ${rule} for each of ${samples} samples`, describe(y?.length));
  }
  if (task === 'classification') {
    const fraction = Array.prototype.findIndex.call(y, (value: number) => !Number.isInteger(value));
    if (fraction !== -1) {
      throw refuse(
        file,
        `${name}.y must be whole numbers, or task: regression be written`,
        `${y[fraction]} in row ${fraction}`,
      );
    }
    return { kind: 'labels', labels: labelsOf(y, `${file}: ${name}.y`) };
  }
  const numbers = new Float32Array(allocateShared(y.length * 4, `${file}: ${name}`).buffer);
  numbers.set(y);
  const strange = numbers.findIndex((value) => !Number.isFinite(value));
  if (strange !== -1)
    throw refuse(file, `${name}.y must be finite`, `${y[strange]} in row ${Math.floor(strange / width)}`);
  return { kind: 'numbers', width, numbers };
}

function describe(value: unknown): string {
  return value === undefined ? 'none' : (JSON.stringify(value) ?? typeof value);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}

function refuse(file: string, rule: string, got: string, cause?: unknown): DataError {
  return new DataError(
    'DATA_MODULE',
    `${file}: ${rule}, got ${got}. Mend the module.`,
    { file, rule, got },
    { cause },
  );
}
