/** Decompresses gzip data up to a length that is known beforehand, so that a small file cannot fill the memory. */
import { constants, gunzipSync } from 'node:zlib';
import { DataError } from '../../errors.ts';

/** The most that deflate can shrink data: 258 bytes to two bits. */
const LARGEST_RATIO = 1032;
/** A compressed file has no honest length to hold a claim against, so there is a limit on what is believed. */
const LARGEST_BYTES = 2 ** 31 - 1;
/** Enough for the gzip header, one table of codes and the first kilobyte; decompresses to 4 MB at most. */
const START_BYTES = 4096;

/** Whether bytes begin with the magic number of gzip. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The first bytes of the decompressed data, at most `length`; fewer when the data end before.
 *
 * Errors: DataError DATA_GZIP when the data are damaged.
 */
export function gunzipStart(bytes: Uint8Array, length: number, where: string): Uint8Array {
  try {
    const start = gunzipSync(bytes.subarray(0, START_BYTES), { finishFlush: constants.Z_SYNC_FLUSH });
    return start.subarray(0, length);
  } catch (cause) {
    throw damaged(where, cause);
  }
}

/**
 * The decompressed data, or `'longer'` when there are more than `length` bytes of it. They may be fewer.
 *
 * Errors: DataError DATA_TRUNCATED when so few compressed bytes cannot hold `length`, or end too early;
 * DATA_TOO_LARGE above 2 GiB; DATA_GZIP when the data are damaged (the checksum is verified).
 */
export function gunzipWithin(bytes: Uint8Array, length: number, where: string): Uint8Array | 'longer' {
  const possible = bytes.length * LARGEST_RATIO;
  if (length > possible) {
    throw new DataError(
      'DATA_TRUNCATED',
      `${where}: the header promises ${length} bytes, got ${bytes.length} compressed bytes, which hold ${possible} at most. ` +
        'The file is incomplete: fetch it again.',
      { where, bytesExpected: length, bytesHeld: bytes.length },
    );
  }
  if (length > LARGEST_BYTES) {
    throw new DataError(
      'DATA_TOO_LARGE',
      `${where}: a compressed file may hold ${LARGEST_BYTES} bytes, got ${length}. Decompress it beforehand.`,
      { where, bytesExpected: length, bytesAllowed: LARGEST_BYTES },
    );
  }
  try {
    return gunzipSync(bytes, { maxOutputLength: length });
  } catch (cause) {
    if (codeOf(cause) === 'ERR_BUFFER_TOO_LARGE') return 'longer';
    throw damaged(where, cause);
  }
}

function damaged(where: string, cause: unknown): DataError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const incomplete = codeOf(cause) === 'Z_BUF_ERROR';
  return new DataError(
    incomplete ? 'DATA_TRUNCATED' : 'DATA_GZIP',
    `${where}: the gzip data must be ${incomplete ? 'complete' : 'intact'}, got "${reason}". Fetch the file again.`,
    { where, reason },
    { cause },
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
