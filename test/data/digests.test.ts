/** Digests of data files and of modules with what they import from beside them. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestsOf } from '../../src/data/digests.ts';
import { dataRefusal } from '../codec/files.ts';
import { folder } from './loading.ts';

const { path, write } = folder();
mkdirSync(join(path, 'lib'));

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

test('files are named as the settings name them, each once, without the key in them', async () => {
  write('a.npz', 'a');
  write('b#1.npy', 'b');
  const train = { x: 'a.npz#x', y: 'a.npz#y' };
  expect(await digestsOf({ source: 'npy', train, test: { x: 'b#1.npy' }, validation: 0.1 }, path)).toEqual({
    'a.npz': sha256('a'),
    'b#1.npy': sha256('b'),
  });
});

test('a module brings what it imports by relative paths, on and on, and no more', async () => {
  const main = `import './side.mjs';
    import { readFile } from 'node:fs/promises';
    import sizes from "./lib/sizes.json" with { type: 'json' };
    export { helper } from './lib/helper.mjs';
    // import './lost.mjs' would not be found
    export const load = async () => (await import('./lib/late.mjs')).default;`;
  const helper = `import { load } from '../main.mjs'; import { deep } from './deep.cjs'; export const helper = 1;`;
  const files = {
    'main.mjs': main,
    'side.mjs': '1',
    'lib/sizes.json': '{}',
    'lib/helper.mjs': helper,
    'lib/late.mjs': 'export default 1',
    'lib/deep.cjs': `require('./leaf.cjs')`,
    'lib/leaf.cjs': '2',
    'other.mjs': '3',
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const { 'other.mjs': _, ...expected } = files;
  const digests = await digestsOf({ source: 'module', module: 'main.mjs' }, path);
  expect(digests).toEqual(
    Object.fromEntries(Object.entries(expected).map(([name, text]) => [name, sha256(text)])),
  );
  expect(Object.keys(digests)[0]).toBe('main.mjs');
});

test('every file of every split counts; sources without files have none', async () => {
  for (const name of ['1.bin', '2.bin', 't.bin', 'v.csv']) write(name, name);
  const cifar = { source: 'cifar', train: ['1.bin', '2.bin'], test: 't.bin' };
  expect(Object.keys(await digestsOf(cifar, path))).toEqual(['1.bin', '2.bin', 't.bin']);
  expect(
    Object.keys(await digestsOf({ source: 'csv', train: '1.bin', validation: 'v.csv', test: 0.1 }, path)),
  ).toEqual(['1.bin', 'v.csv']);
  expect(await digestsOf({ source: 'mnist' }, path)).toEqual({});
});

test('a file that is not there is refused by its name', async () => {
  const error = await dataRefusal(digestsOf({ source: 'csv', train: 'none.csv' }, path));
  expect([error.code, error.message]).toEqual([
    'DATA_FILE_MISSING',
    'none.csv: a data file must exist, got ENOENT. Check the path.',
  ]);
});
