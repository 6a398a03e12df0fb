/** What a module's `load` returns, checked and brought into shared memory. */
import { allocateShared } from '../../codec/bytes/shared-memory.ts';
import { DataError } from '../../errors.ts';
import { describeValue, printable } from '../../printable.ts';
import { isMapping } from '../../schema/mapping.ts';
import type { InputArray } from '../dataset.ts';
import type { Task } from '../task.ts';
import { labelsOf } from './labels.ts';
import {
  type BySplit,
  type ReadSplit,
  type ReadTargets,
  SPLIT_NAMES,
  type SplitName,
} from './source-splits.ts';

/** Numbers as a module gives them. */
export type ModuleNumbers =
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | readonly number[];

/**
 * One split as a module gives it. Bytes stay bytes; what lies on a SharedArrayBuffer as bytes or Float32Array is used without a
 * copy, and changed where the settings ask for it.
 *
 * Shapes: x samples x the product of `shape`; y a label, or numbers, a sample.
 */
export interface ModuleSplit {
  readonly x: ModuleNumbers;
  readonly y?: ModuleNumbers;
}

/** What `load(options, {task})` of a module returns, or a promise of it. */
export interface ModuleData {
  /** Of one sample: [features] or [height, width, channels]. */
  readonly shape: readonly number[];
  readonly train: ModuleSplit;
  readonly validation?: ModuleSplit;
  readonly test?: ModuleSplit;
  /** Names of the classes or of the targets. */
  readonly names?: readonly string[];
}

/** Splits of a module. */
export interface ReadModule {
  readonly splits: BySplit<ReadSplit>;
  readonly names: readonly string[] | undefined;
}

/**
 * Checks what a module returned; `file` is the module.
 *
 * Errors: DataError DATA_MODULE, DATA_LABEL, DATA_NOT_WHOLE, DATA_MEMORY.
 */
export function readModuleData(given: unknown, task: Task, file: string): ReadModule {
  if (!isMapping(given))
    throw refuseModule(file, 'load(options) must return {shape, train, test}', describe(given));
  const shape = shapeIn(given.shape, file);
  const names = namesIn(given.names, file);
  const taken: InputArray[] = [];
  const splits = SPLIT_NAMES.flatMap((name): [SplitName, ReadSplit][] => {
    const split = given[name];
    if (split === undefined || split === null) return [];
    if (!isMapping(split)) throw refuseModule(file, `${name} must be {x, y}`, describe(split));
    return [[name, readSplit(split, { file, name, shape, task, taken })]];
  });
  if (splits[0]?.[0] !== 'train') throw refuseModule(file, 'load() must return a train split', 'none');
  return { splits: Object.fromEntries(splits) as unknown as BySplit<ReadSplit>, names };
}

function shapeIn(shape: unknown, file: string): readonly number[] {
  const isShape =
    Array.isArray(shape) &&
    (shape.length === 1 || shape.length === 3) &&
    shape.every((extent) => Number.isSafeInteger(extent) && extent > 0);
  if (isShape) return shape as number[];
  const got = Array.isArray(shape) ? `[${shape.join(', ')}]` : describe(shape);
  throw refuseModule(
    file,
    'load() must return the shape of a sample, [features] or [height, width, channels]',
    printable(got),
  );
}

function namesIn(names: unknown, file: string): readonly string[] | undefined {
  if (names === undefined || names === null) return undefined;
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  throw refuseModule(file, 'names must be a list of text', describe(names));
}

/** What a split is read for. */
interface Reading {
  readonly file: string;
  readonly name: SplitName;
  readonly shape: readonly number[];
  readonly task: Task;
  /** Memory of the module that is used already: it is not used twice, since it is changed in place. */
  readonly taken: InputArray[];
}

function readSplit({ x, y }: Readonly<Record<string, unknown>>, reading: Reading): ReadSplit {
  const { file, name, shape, task } = reading;
  const features = shape.reduce((product, extent) => product * extent, 1);
  const numbers = numbersIn(x, `${name}.x`, file);
  const samples = numbers.length / features;
  if (!Number.isInteger(samples) || samples === 0) {
    throw refuseModule(file, `${name}.x must hold ${features} numbers for each sample`, `${numbers.length}`);
  }
  const values = inputsOf(numbers, reading);
  if (values instanceof Float32Array) refuseStrange(values, numbers, features, `${name}.x`, file);
  const targets = task === 'autoencoding' ? null : targetsOf(y, samples, task, reading);
  return { samples, shape, values, targets, file: `${file} (${name})` };
}

function numbersIn(given: unknown, what: string, file: string): ModuleNumbers {
  const isNumbers =
    (ArrayBuffer.isView(given) &&
      !(given instanceof DataView || given instanceof BigInt64Array || given instanceof BigUint64Array)) ||
    (Array.isArray(given) && given.every((value) => typeof value === 'number'));
  if (isNumbers) return given as unknown as ModuleNumbers;
  throw refuseModule(
    file,
    `${what} must be a typed array of numbers, or a flat list of them`,
    describe(given),
  );
}

/** The inputs in shared memory; the module's own where that can be. */
function inputsOf(numbers: ModuleNumbers, { file, name, taken }: Reading): InputArray {
  const bytes = numbers instanceof Uint8Array || numbers instanceof Uint8ClampedArray;
  if (isShared(numbers) && !taken.some((other) => overlap(numbers, other))) {
    taken.push(numbers);
    return numbers;
  }
  const { buffer } = allocateShared(numbers.length * (bytes ? 1 : 4), `${file}: ${name}`);
  const values = bytes ? new Uint8Array(buffer) : new Float32Array(buffer);
  values.set(numbers);
  return values;
}

function isShared(numbers: ModuleNumbers): numbers is InputArray {
  if (!(numbers instanceof Uint8Array || numbers instanceof Float32Array)) return false;
  return numbers.buffer instanceof SharedArrayBuffer;
}

function overlap(one: InputArray, other: InputArray): boolean {
  return (
    one.buffer === other.buffer &&
    one.byteOffset < other.byteOffset + other.byteLength &&
    other.byteOffset < one.byteOffset + one.byteLength
  );
}

function refuseStrange(
  values: Float32Array,
  given: ModuleNumbers,
  width: number,
  what: string,
  file: string,
): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at === -1) return;
  const place = `row ${Math.floor(at / width)}, column ${at % width}`;
  throw refuseModule(file, `${what} must be finite in float32`, `${given[at]} in ${place} (counted from 0)`);
}

function targetsOf(
  y: unknown,
  samples: number,
  task: Exclude<Task, 'autoencoding'>,
  { file, name }: Reading,
): ReadTargets {
  const what = `${name}.y`;
  const rule = `${what} must hold ${task === 'classification' ? 'a label' : 'one or more numbers'} for each of ${samples} samples`;
  if (y === undefined || y === null) throw refuseModule(file, rule, 'none');
  const numbers = numbersIn(y, what, file);
  const width = numbers.length / samples;
  if (!Number.isInteger(width) || width < 1 || (task === 'classification' && width !== 1)) {
    throw refuseModule(file, rule, `${numbers.length}`);
  }
  if (task === 'classification') {
    // A copy: the noise of labels is put in where they are, and another split may have the same ones.
    const own = numbers instanceof Uint8Array ? new Uint8Array(numbers) : numbers;
    return { kind: 'labels', labels: labelsOf(own, `${file}: ${what}`) };
  }
  const shared = new Float32Array(allocateShared(numbers.length * 4, `${file}: ${what}`).buffer);
  shared.set(numbers);
  refuseStrange(shared, numbers, width, what, file);
  return { kind: 'numbers', width, numbers: shared };
}

function describe(value: unknown): string {
  if (ArrayBuffer.isView(value)) return value.constructor.name;
  if (Array.isArray(value)) {
    const other = value.find((entry) => typeof entry !== 'number');
    return other === undefined ? describeValue(value) : `a list with ${describe(other)} in it`;
  }
  return typeof value === 'bigint' || typeof value === 'function'
    ? `a ${typeof value}`
    : describeValue(value);
}

/** An error of a module. */
export function refuseModule(file: string, rule: string, got: string, cause?: unknown): DataError {
  return new DataError(
    'DATA_MODULE',
    `${file}: ${rule}, got ${got}. Mend the module.`,
    { file, rule, got },
    { cause },
  );
}
