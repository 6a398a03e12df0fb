/** Small parts of a text put together, so that writing them costs few calls and none holds the whole. */

/** Parts are put together up to about as much. */
const CHUNK_BYTES = 2 ** 20;

/** The bytes of parts that are made one by one, in chunks of about a mebibyte. */
export function* inChunks(parts: Iterable<string | Buffer>): Generator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for (const part of parts) {
    const buffer = typeof part === 'string' ? Buffer.from(part) : part;
    waiting.push(buffer);
    bytes += buffer.length;
    if (bytes < CHUNK_BYTES) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}
