/** Files for the tests of the codecs: those that independent programs wrote, and scratch files. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { DataError } from '../../src/errors.ts';

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'arrays');

/** Path of a file that an independent program wrote. */
export function fixture(name: string): string {
  return join(FOLDER, name);
}

export function fixtureBytes(name: string): Buffer {
  return readFileSync(fixture(name));
}

/** What the program that wrote an array says is in it; whole numbers past 2^53 and what JSON lacks are strings. */
export interface Expected {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: readonly (number | string)[];
}

interface ExpectedFile {
  readonly arrays: Readonly<Record<string, Expected>>;
  /** SHA-256 of every float16 as float32. */
  readonly float16: string;
  readonly csv: readonly (readonly string[])[];
  readonly cifar: Readonly<Record<'ten' | 'coarse' | 'fine' | 'start' | 'image2', number[]>> & {
    readonly sum: number;
  };
}

export const EXPECTED: ExpectedFile = JSON.parse(readFileSync(fixture('expected.json'), 'utf8'));

/** A folder for one test file, and what writes into it. */
export function scratch(): { folder: string; write: (name: string, content: Uint8Array | string) => string } {
  const folder = mkdtempSync(join(tmpdir(), 'covgrad-codec-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    folder,
    write(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
  };
}

/** The error that a promise is refused with, which must be of the data. */
export async function dataRefusal(promise: Promise<unknown>): Promise<DataError> {
  const outcome = await promise.then(
    () => 'nothing was refused',
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(DataError);
  return outcome as DataError;
}
