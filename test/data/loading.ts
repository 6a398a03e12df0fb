/** Data for the tests of the sources: files that independent programs wrote, scratch files, and loading of both. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { loadDataset } from '../../src/data/load.ts';
import type { DataConfig } from '../../src/data/source.ts';
import { SOURCE_SECTIONS, SOURCES } from '../../src/data/sources.ts';
import type { Task } from '../../src/data/task.ts';
import type { DataError } from '../../src/errors.ts';
import { dataRefusal } from '../codec/files.ts';

/** Folder of the files that test/fixtures/sources/make.py wrote. */
export const FIXTURES: string = join(import.meta.dirname, '..', 'fixtures', 'sources');

/** What numpy says of them. */
export interface Expected {
  readonly images: readonly number[];
  readonly gray: readonly number[];
  readonly labels: readonly number[];
  readonly channelMeans: readonly number[];
  readonly channelDeviations: readonly number[];
  readonly numbers: readonly number[];
  readonly targets: readonly number[];
  readonly standardized: readonly number[];
  readonly scaled: readonly number[];
  readonly standardizedTargets: readonly number[];
  readonly targetDeviations: readonly number[];
  readonly filled: readonly number[];
  readonly complete: readonly number[];
  readonly homes: {
    readonly kinds: readonly string[];
    readonly labels: readonly number[];
    readonly prices: readonly number[];
    readonly rooms: readonly number[];
    readonly inputs: readonly number[];
  };
}

export const EXPECTED: Expected = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8'));

/** The data of a section that is checked as a sweep file's is. */
export function load(data: DataConfig, task?: Task, base: string = FIXTURES): Promise<Dataset> {
  const at = SOURCES.findIndex(({ name }) => name === data.source);
  const checked = SOURCE_SECTIONS[at]?.parse(data) as DataConfig;
  return loadDataset(checked, { base, task });
}

/** The message that data are refused with; its code is what the caller expects. */
export async function refusal(
  code: DataError['code'],
  data: DataConfig,
  task?: Task,
  base: string = FIXTURES,
): Promise<string> {
  const error = await dataRefusal(load(data, task, base));
  if (error.code !== code) throw new Error(`${error.code} in place of ${code}: ${error.message}`);
  return error.message;
}

/** A folder for the files of one test file. */
export function folder(): { path: string; write: (name: string, content: string | Uint8Array) => string } {
  const path = mkdtempSync(join(tmpdir(), 'covgrad-sources-'));
  afterAll(() => rmSync(path, { recursive: true }));
  return {
    path,
    write(name, content) {
      writeFileSync(join(path, name), content);
      return name;
    },
  };
}

/** A typed array as the bytes of an NPY file of version 1.0. */
export function npyBytes(
  array: Uint8Array | Float32Array | Float64Array | Int32Array,
  shape: readonly number[],
): Buffer {
  const kind =
    array instanceof Uint8Array
      ? '|u1'
      : array instanceof Int32Array
        ? '<i4'
        : `<f${array.BYTES_PER_ELEMENT}`;
  const shown = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${kind}', 'fortran_order': False, 'shape': (${shown}), }\n`;
  const prefix = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 0, 0]);
  prefix.writeUInt16LE(text.length, 8);
  return Buffer.concat([
    prefix,
    Buffer.from(text),
    Buffer.from(array.buffer, array.byteOffset, array.byteLength),
  ]);
}

/** Largest difference from what is expected, relative to max(1, |expected|). */
export function difference(found: ArrayLike<number>, expected: readonly number[]): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  return expected.reduce((worst, value, i) => {
    const distance = Math.abs((found[i] as number) - value) / Math.max(1, Math.abs(value));
    return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(worst, distance);
  }, 0);
}
