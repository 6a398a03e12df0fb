/** A user's module as a source: what it returns, tasks, and what it does wrong. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, load, refusal } from '../loading.ts';

const { path, write } = folder();
let files = 0;

/** A section on a module with this text. */
function module(text: string, options?: Readonly<Record<string, unknown>>) {
  // A name of its own: modules are loaded once.
  const file = write(`module-${files++}.mjs`, text);
  return { source: 'module', module: file, ...(options && { options }) };
}

const CLASSES = `
export async function load({ factor = 1 }, { task }) {
  const split = (first) => ({
    x: Float32Array.from({ length: 8 }, (_, i) => factor * (first + i)),
    y: task === 'classification' ? [0, 1, 2, 0] : [0.5, 1, 2, 3],
  });
  return { shape: [2], train: split(0), validation: split(50), test: split(100), names: task === 'classification' ? ['a', 'b', 'c'] : ['height'] };
}`;

describe('a module', () => {
  test('is given its options, and returns splits with names', async () => {
    const {
      train,
      validation,
      test: held,
      target,
      shape,
    } = await load(module(CLASSES, { factor: 2 }), undefined, path);
    expect([shape, target]).toEqual([[2], { kind: 'classes', classes: 3, names: ['a', 'b', 'c'] }]);
    expect([...train.values]).toEqual([0, 2, 4, 6, 8, 10, 12, 14]);
    expect([validation?.values[0], held.values[0]]).toEqual([100, 200]);
    expect([...train.targets!]).toEqual([0, 1, 2, 0]);
    expect(train.values.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test('is told the task', async () => {
    const { train, target } = await load(module(CLASSES), 'regression', path);
    expect(target).toEqual({ kind: 'numbers', width: 1, names: ['height'] });
    expect([...train.targets!]).toEqual([0.5, 1, 2, 3]);
    expect((await load(module(CLASSES), 'autoencoding', path)).train.targets).toBeNull();
  });

  test('gives images of bytes, which stay bytes', async () => {
    const text = `export const load = () => ({ shape: [1, 2, 1], train: { x: Uint8ClampedArray.of(0, 255, 7, 8), y: Uint8Array.of(0, 1) }, test: { x: Uint8Array.of(1, 2, 3, 4), y: [1, 0] } });`;
    const { train, shape } = await load(module(text), undefined, path);
    expect(shape).toEqual([1, 2, 1]);
    expect(train.values).toBeInstanceOf(Uint8Array);
    expect([[...train.values], train.divisor]).toEqual([[0, 255, 7, 8], 255]);
  });

  test('gives shared memory without a copy, and one memory for two splits without changing it twice', async () => {
    const text = `
      const x = new Float32Array(new SharedArrayBuffer(16));
      x.set([1, 2, 3, 6]);
      globalThis.sharedOfTheTest = x.buffer;
      export const load = () => ({ shape: [1], train: { x }, test: { x } });`;
    const { train, test: held } = await load(
      { ...module(text), normalize: 'standardize' },
      'autoencoding',
      path,
    );
    expect(train.values.buffer).toBe((globalThis as unknown as { sharedOfTheTest: unknown }).sharedOfTheTest);
    expect([...held.values]).toEqual([...train.values]);
    expect(held.values[0]).toBeCloseTo(-2 / Math.sqrt(3.5), 6);
  });
});

describe('what a module does wrong is told with its file', () => {
  const returns = (value: string): string => `export const load = () => (${value});`;
  const split = '{ x: [1, 2, 3], y: [0, 1, 0] }';

  test.each([
    [
      'throws',
      `export function load() { throw new RangeError('no\\nsuch table'); }`,
      /load\(options\) must return data, got RangeError: no\\u\{a\}such table\. Mend the module\.$/,
    ],
    ['throws on import', `throw new Error('early')`, /must be one that can be imported, got Error: early/],
    ['has a slip', `export const load = (=> 1`, /must be one that can be imported, got \w*Error: /],
    ['exports another name', `export const loads = 1`, /must export a function load\(options\), got nothing/],
    ['exports no function', `export const load = 7`, /must export a function load\(options\), got 7/],
    ['returns nothing', returns('undefined'), /must return \{shape, train, test\}, got nothing/],
    ['returns a list', returns('[1]'), /must return \{shape, train, test\}, got a list of 1/],
    [
      'returns no shape',
      returns(`{ train: ${split} }`),
      /must return the shape of a sample, \[features\] or \[height, width, channels\], got nothing/,
    ],
    ['returns a shape of two', returns(`{ shape: [2, 2], train: ${split} }`), /got \[2, 2\]/],
    ['returns a shape of text', returns(`{ shape: ['1'], train: ${split} }`), /got \[1\]/],
    ['returns no train', returns(`{ shape: [1], test: ${split} }`), /must return a train split, got none/],
    ['returns a split of text', returns(`{ shape: [1], train: 'x' }`), /train must be \{x, y\}, got "x"/],
    [
      'returns no x',
      returns(`{ shape: [1], train: { y: [1] } }`),
      /train\.x must be a typed array of numbers, or a flat list of them, got nothing/,
    ],
    [
      'returns rows in rows',
      returns(`{ shape: [1], train: { x: [[1], [2]], y: [0, 1] } }`),
      /train\.x must be .*, got a list with a list of 1 in it/,
    ],
    [
      'returns null among numbers',
      returns(`{ shape: [1], train: { x: [1, null], y: [0, 1] } }`),
      /got a list with nothing in it/,
    ],
    [
      'returns 64-bit integers',
      returns(`{ shape: [1], train: { x: [1, 2], y: BigInt64Array.of(0n, 1n) } }`),
      /train\.y must be .*, got BigInt64Array/,
    ],
    [
      'returns half a sample',
      returns(`{ shape: [2], train: { x: [1, 2, 3], y: [0] } }`),
      /train\.x must hold 2 numbers for each sample, got 3/,
    ],
    [
      'returns no samples',
      returns(`{ shape: [2], train: { x: [], y: [] } }`),
      /train\.x must hold 2 numbers for each sample, got 0/,
    ],
    [
      'returns NaN',
      returns(`{ shape: [2], train: { x: [1, 2, 3, NaN], y: [0, 1] } }`),
      /train\.x must be finite in float32, got NaN in row 1, column 1 \(counted from 0\)/,
    ],
    [
      'returns what float32 has no room for',
      returns(`{ shape: [1], train: { x: [1, 1e39], y: [0, 1] } }`),
      /got 1e\+39 in row 1, column 0/,
    ],
    [
      'returns no y',
      returns(`{ shape: [1], train: { x: [1, 2] } }`),
      /train\.y must hold a label for each of 2 samples, got none/,
    ],
    [
      'returns too many labels',
      returns(`{ shape: [1], train: { x: [1, 2], y: [0, 1, 0, 1] } }`),
      /train\.y must hold a label for each of 2 samples, got 4/,
    ],
    [
      'returns names that are no text',
      returns(`{ shape: [1], names: [1], train: ${split} }`),
      /names must be a list of text, got a list of 1/,
    ],
  ])('it %s', async (_, text, message) => {
    const section = module(text);
    const found = await refusal('DATA_MODULE', section, undefined, path);
    expect(found.startsWith(join(path, section.module))).toBe(true);
    expect(found).toMatch(message);
    expect(found).not.toContain('\n');
  });

  test.each([
    ['[0, 1.5, 0]', 'DATA_NOT_WHOLE', /train\.y: row 1: a label must be a whole number, got 1\.5 /],
    ['[0, -1, 0]', 'DATA_LABEL', /train\.y: row 1: a label must be a whole number from 0 to 65535, got -1 /],
  ])('labels %s are refused with the row', async (labels, code, message) => {
    const text = returns(`{ shape: [1], train: { x: [1, 2, 3], y: ${labels} } }`);
    expect(await refusal(code, module(text), undefined, path)).toMatch(message);
  });

  test('numbers of a regression must be finite', async () => {
    const text = returns('{ shape: [1], train: { x: [1, 2], y: [1, 2, Infinity, 4] } }');
    expect(await refusal('DATA_MODULE', module(text), 'regression', path)).toMatch(
      /train\.y must be finite in float32, got Infinity in row 1, column 0/,
    );
  });

  test('a module that is not there, or is a folder', async () => {
    expect(
      await refusal('DATA_FILE_MISSING', { source: 'module', module: 'none.mjs' }, undefined, path),
    ).toMatch(/none\.mjs: a data file must exist, got no such file\. Check the path\.$/);
    expect(await refusal('DATA_FILE_KIND', { source: 'module', module: '.' }, undefined, path)).toMatch(
      /got a directory/,
    );
  });
});
