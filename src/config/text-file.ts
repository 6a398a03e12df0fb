/** Reads a small text file that a user names, and says in plain words why it cannot. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { ConfigError } from '../errors.ts';

/**
 * The text of a regular file of at most `mostBytes` bytes of UTF-8, without its byte order mark.
 *
 * Errors: ConfigError CONFIG_UNREADABLE.
 */
export async function readTextFile(file: string, mostBytes: number): Promise<string> {
  let handle: FileHandle | undefined;
  try {
    // Asked before opening: opening a pipe would wait for a writer.
    const information = await stat(file);
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
    if (length > mostBytes) {
      const rule = `a sweep file must have at most ${mostBytes} bytes`;
      throw unreadable(file, rule, 'a larger one', 'Name a YAML file');
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
  } catch (cause) {
    throw explain(file, cause);
  } finally {
    await handle?.close();
  }
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
