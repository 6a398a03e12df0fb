/** Memory that every worker thread reads without a copy. */
import { totalmem } from 'node:os';
import { DataError } from '../../errors.ts';

/**
 * Zeroed shared memory for a data set, as bytes; views of other types are made of its buffer.
 *
 * Errors: DataError DATA_MEMORY when the host cannot give that much; `where` names the data that asked for it.
 */
export function allocateShared(bytes: number, where: string): Uint8Array<SharedArrayBuffer> {
  try {
    // A system may promise more than it has, and end the process when it is used.
    if (bytes > totalmem()) throw new RangeError('more than the memory of this machine');
    return new Uint8Array(new SharedArrayBuffer(bytes));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new DataError(
      'DATA_MEMORY',
      `${where}: the data must fit in memory, got ${bytes} bytes. Use fewer samples or features, or a machine with more memory.`,
      { where, bytes },
      { cause },
    );
  }
}
