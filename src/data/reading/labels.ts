/** Labels of a split in shared memory, from 0. */
import { allocateShared } from '../../codec/bytes/shared-memory.ts';
import { DataError } from '../../errors.ts';

/** Labels as small as they fit: bytes for up to 256 classes. */
export type Labels = Uint8Array<SharedArrayBuffer> | Int32Array<SharedArrayBuffer>;

/** More classes than this are no classes, but numbers. */
export const MOST_CLASSES = 65_536;
/** Label of a sample that is to be left out, since its class is missing. */
export const MISSING_LABEL = -1;
const MOST_IN_BYTES = 256;

/**
 * Labels from numbers. NaN becomes {@link MISSING_LABEL} where labels may be missing.
 *
 * Errors: DataError DATA_NOT_WHOLE, and DATA_LABEL for a negative number or one from {@link MOST_CLASSES} on, with the row.
 */
export function labelsOf(numbers: ArrayLike<number>, where: string, mayMiss = false): Labels {
  let largest = 0;
  let missing = false;
  for (let row = 0; row < numbers.length; row++) {
    const label = numbers[row]!;
    if (label > largest) largest = label;
    if (label >= 0 && label < MOST_CLASSES && Number.isInteger(label)) continue;
    if (!(mayMiss && Number.isNaN(label))) throw notALabel(label, row, where);
    missing = true;
  }
  const bytes = largest < MOST_IN_BYTES && !missing;
  if (bytes && numbers instanceof Uint8Array && numbers.buffer instanceof SharedArrayBuffer) {
    return numbers as Uint8Array<SharedArrayBuffer>;
  }
  const { buffer } = allocateShared(numbers.length * (bytes ? 1 : 4), where);
  const labels = bytes ? new Uint8Array(buffer) : new Int32Array(buffer);
  for (let row = 0; row < numbers.length; row++) {
    labels[row] = Number.isNaN(numbers[row]) ? MISSING_LABEL : numbers[row]!;
  }
  return labels;
}

function notALabel(label: number, row: number, where: string): DataError {
  const [code, rule, remedy] = Number.isInteger(label)
    ? ['DATA_LABEL', `a whole number from 0 to ${MOST_CLASSES - 1}`, 'Number the classes from 0']
    : ['DATA_NOT_WHOLE', 'a whole number', 'Save whole labels'];
  return new DataError(
    code,
    `${where}: row ${row}: a label must be ${rule}, got ${label} (rows count from 0). ${remedy}, or write task: regression.`,
    { where, row, label },
  );
}

/** Number of classes that labels need: one more than the largest. */
export function classesOf(splits: readonly Labels[]): number {
  let largest = 0;
  for (const labels of splits) for (const label of labels) if (label > largest) largest = label;
  return largest + 1;
}
