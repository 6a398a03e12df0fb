/** Digests of the files that data come from, and of the modules that a module of the user's imports from beside it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DataError } from '../errors.ts';
import { expandHome } from '../home.ts';
import type { DataConfig } from './source.ts';
import { sourceOf } from './sources.ts';

/** SHA-256 in hex by path, as the settings give it. */
export type Digests = Readonly<Record<string, string>>;

const JAVASCRIPT = /\.[cm]?js$/;
/** `from './a.mjs'`, `import './a.mjs'`, `import('./a.mjs')`, `require('./a.cjs')`. */
const RELATIVE_IMPORTS = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(['"])(\.{1,2}\/[^'"\n]+)\1/g;

/**
 * Digests of the files of a `data` section, in the order of its splits. What a module imports by a relative path is followed;
 * packages, and paths that it puts together, are not.
 *
 * Errors: DataError DATA_FILE_MISSING, DATA_FILE_UNREADABLE.
 */
export async function digestsOf(data: DataConfig, base: string): Promise<Digests> {
  const digests = new Map<string, string>();
  const waiting = await Promise.all(
    sourceOf(data)
      .files(data)
      .map((path) => withoutKey(expandHome(path), base)),
  );
  for (const path of waiting) {
    if (digests.has(path)) continue;
    const whole = resolve(base, path);
    digests.set(path, await digest(whole, path));
    if (!JAVASCRIPT.test(path)) continue;
    for (const imported of importsIn(await readFile(whole, 'utf8'))) {
      const beside = isAbsolute(path) ? resolve(dirname(path), imported) : join(dirname(path), imported);
      // What only looks like an import, in a comment or a text, names no file.
      if (await isFile(resolve(base, beside))) waiting.push(beside);
    }
  }
  return Object.fromEntries(digests);
}

/** The file of `file#key`; a file whose own name has the `#` comes first. */
async function withoutKey(path: string, base: string): Promise<string> {
  for (let at = path.length; at > 0; at = path.lastIndexOf('#', at - 1)) {
    if (await isFile(resolve(base, path.slice(0, at)))) return path.slice(0, at);
  }
  return path;
}

function importsIn(source: string): readonly string[] {
  return Array.from(source.matchAll(RELATIVE_IMPORTS), ([, , path]) => path as string);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function digest(file: string, shown: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), hash);
  } catch (cause) {
    const system = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    const [code, rule] =
      system === 'ENOENT' ? ['DATA_FILE_MISSING', 'exist'] : ['DATA_FILE_UNREADABLE', 'be readable'];
    throw new DataError(
      code,
      `${shown}: a data file must ${rule}, got ${system}. Check the path.`,
      { file, system },
      { cause },
    );
  }
  return hash.digest('hex');
}
