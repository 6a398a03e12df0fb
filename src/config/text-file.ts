/** Reads a small text file or stream that a user names, and says in plain words why it cannot. */
import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { ConfigError } from '../errors.ts';

/** Names of what this process has open already, as a shell passes `<(…)`: reading waits for no other to open it. */
const OPEN_ALREADY = /^\/(?:dev\/(?:stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/;

/**
 * The text of a regular file, or of a pipe that is open already, of at most `mostBytes` bytes of UTF-8, without its byte order mark.
 *
 * Errors: ConfigError CONFIG_UNREADABLE.
 */
export async function readTextFile(file: string, mostBytes: number): Promise<string> {
  let handle: FileHandle | undefined;
  try {
    // Asked before opening: opening a pipe would wait for a writer.
    const information = await stat(file);
    if (OPEN_ALREADY.test(file) && !information.isFile() && !information.isDirectory()) {
      return await readTextStream(createReadStream(file), file, mostBytes);
    }
    if (!information.isFile()) {
      const kind = information.isDirectory() ? 'a directory' : 'a pipe or a device';
      throw unreadable(file, 'a sweep file must be a regular file', kind, 'Name a YAML file');
    }
    handle = await open(file, 'r');
    // One byte more than allowed, and no more however the file grows meanwhile.
    const bytes = new Uint8Array(Math.min(information.size, mostBytes) + 1);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return decode(bytes.subarray(0, length), file, mostBytes);
  } catch (cause) {
    throw explain(file, cause);
  } finally {
    await handle?.close();
  }
}

/**
 * The text of a stream, such as standard input, of at most `mostBytes` bytes; `name` is what messages call it.
 *
 * Errors: ConfigError CONFIG_UNREADABLE.
 */
export async function readTextStream(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  mostBytes: number,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > mostBytes) break;
    }
    return decode(Buffer.concat(chunks), name, mostBytes);
  } catch (cause) {
    throw explain(name, cause);
  }
}

function decode(bytes: Uint8Array, name: string, mostBytes: number): string {
  if (bytes.length > mostBytes) {
    const rule = `a sweep file must have at most ${mostBytes} bytes`;
    throw unreadable(name, rule, 'a larger one', 'Name a YAML file');
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

function explain(file: string, cause: unknown): unknown {
  if (cause instanceof ConfigError || !(cause instanceof Error) || !('code' in cause)) return cause;
  const code = String(cause.code);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return unreadable(file, 'a sweep file must exist', 'no such file', 'Check the path', cause);
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return unreadable(file, 'a sweep file must be text in UTF-8', 'other bytes', 'Save it as UTF-8', cause);
    case 'ERR_INVALID_ARG_VALUE':
      return unreadable(file, 'the name of a file must not hold a zero byte', 'one', 'Check the path', cause);
    default:
      return unreadable(
        file,
        'a sweep file must be readable',
        code,
        'Check its permissions and the disk',
        cause,
      );
  }
}

function unreadable(file: string, rule: string, got: string, remedy: string, cause?: Error): ConfigError {
  return new ConfigError('CONFIG_UNREADABLE', `${file}: ${rule}, got ${got}. ${remedy}.`, [], { cause });
}
