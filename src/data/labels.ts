/** Labels of a split in shared memory, from 0. */
import { allocateShared } from '../codec/bytes/shared-memory.ts';
import { DataError } from '../errors.ts';

/** Labels as small as they fit: bytes for up to 256 classes. */
export type Labels = Uint8Array<SharedArrayBuffer> | Int32Array<SharedArrayBuffer>;

/** More classes than this are no classes, but numbers. */
export const MOST_CLASSES = 65_536;
const MOST_IN_BYTES = 256;

/**
 * Labels from whole numbers.
 *
 * Errors: DataError DATA_LABEL for a negative number or one from {@link MOST_CLASSES} on, with its row.
 */
export function labelsOf(numbers: ArrayLike<number>, where: string): Labels {
  let largest = 0;
  for (let row = 0; row < numbers.length; row++) {
    const label = numbers[row]!;
    if (!(label >= 0 && label < MOST_CLASSES)) {
      throw new DataError(
        'DATA_LABEL',
        `${where}: row ${row}: a label must be a whole number from 0 to ${MOST_CLASSES - 1}, got ${label} (rows count from 0). Number the classes from 0, or write task: regression.`,
        { where, row, label },
      );
    }
    if (label > largest) largest = label;
  }
  const bytes = largest < MOST_IN_BYTES;
  const { buffer } = allocateShared(numbers.length * (bytes ? 1 : 4), where);
  const labels = bytes ? new Uint8Array(buffer) : new Int32Array(buffer);
  for (let row = 0; row < numbers.length; row++) labels[row] = numbers[row]!;
  return labels;
}

/** Number of classes that labels need: one more than the largest. */
export function classesOf(splits: readonly Labels[]): number {
  let largest = 0;
  for (const labels of splits) for (const label of labels) if (label > largest) largest = label;
  return largest + 1;
}
