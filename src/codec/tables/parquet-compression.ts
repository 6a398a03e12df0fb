/** The compressions of Parquet pages. Each makes as many bytes as the page promises at most, whatever is compressed in it. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress as decompressZstd } from 'fzstd';
import { compressors } from 'hyparquet-compressors';

/** Decompresses one page to `length` bytes; other lengths are an error here or for the caller. */
export type Decompress = (input: Uint8Array, length: number) => Uint8Array;

/**
 * The decompression by its name in the file.
 *
 * Errors: RangeError for one that is not read: LZO, and what is none.
 */
export function decompression(name: string): Decompress {
  const decompress = Object.hasOwn(DECOMPRESSIONS, name) ? DECOMPRESSIONS[name] : undefined;
  if (decompress === undefined) throw new RangeError(`the compression ${name}, which is not read here`);
  return decompress;
}

const DECOMPRESSIONS: Readonly<Record<string, Decompress>> = {
  UNCOMPRESSED: (input) => input,
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
  SNAPPY: (input, length) => library('SNAPPY', input, length),
  LZ4: (input, length) => library('LZ4', input, length),
  LZ4_RAW: (input, length) => library('LZ4_RAW', input, length),
};

function library(codec: 'SNAPPY' | 'LZ4' | 'LZ4_RAW', input: Uint8Array, length: number): Uint8Array {
  const decompress = compressors[codec];
  if (decompress === undefined) throw new RangeError(`the compression ${codec}`);
  return decompress(input, length);
}
