/** Checks of arguments that every kernel and the typed API on top share: sizes, lengths and names. */

import { KernelError, ShapeError } from '../errors.ts';

/** Refuses sizes that are not whole numbers of at least 1. */
export function checkSizes(where: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(sizes)) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new ShapeError(
      'SIZE_OUT_OF_RANGE',
      `${where}: ${name} must be a whole number of at least 1, got ${shown(value)}.`,
      { where, name, value },
    );
  }
}

/** The error for an array that cannot hold what an operation needs. */
export function tooShort(where: string, name: string, length: number, expected: number): ShapeError {
  return new ShapeError(
    'ARRAY_TOO_SHORT',
    `${where}: ${name} must hold at least ${expected} numbers, got ${length}. Allocate more or check the sizes.`,
    { where, name, expected, got: length },
  );
}

/** What `table` has under the name of a form, an activation or a penalty. Errors: ShapeError that lists the names. */
export function lookUp<Entry>(
  where: string,
  what: 'form' | 'activation' | 'penalty',
  table: Readonly<Record<string, Entry>>,
  name: string,
): Entry {
  // Of its own: what every object inherits is no entry.
  if (Object.hasOwn(table, name)) return table[name] as Entry;
  const known = Object.keys(table);
  throw new ShapeError(
    `UNKNOWN_${what.toUpperCase()}`,
    `${where}: the ${what} must be one of ${known.join(', ')}, got ${shown(name)}.`,
    { where, known },
  );
}

/** Refuses a setting of an optimizer that is `used` without the array that it keeps its state in. */
export function checkState(where: string, setting: string, array: object | null, used: boolean): void {
  if (array !== null || !used) return;
  throw new ShapeError(
    'STATE_MISSING',
    `${where}: ${setting} needs an array for what it remembers, got null. Allocate one.`,
    { where, setting },
  );
}

/** Refuses a delta of the Huber loss that is not above 0, or not finite, in the precision of the kernel. */
export function checkDelta(delta: number, precision: 'f32' | 'f64'): void {
  const rounded = precision === 'f32' ? Math.fround(delta) : delta;
  if (rounded > 0 && Number.isFinite(rounded)) return;
  throw new ShapeError('DELTA_OUT_OF_RANGE', `huber: delta must be a number above 0, got ${shown(delta)}.`, {
    delta,
  });
}

/** The error for a label that is no class. */
export function unknownClass(where: string, classes: number): ShapeError {
  return new ShapeError(
    'LABEL_OUT_OF_RANGE',
    `${where}: every label must be a class from 0 to ${classes - 1}, got another one. Check the labels and the classes.`,
    { classes },
  );
}

/** A value in an error message: text in quotes, so that "3" is not taken for 3. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** The error of every kernel where a determinant or an inverse would have fewer than four digits. */
export function illConditioned(id: string, condition: number): KernelError {
  return new KernelError(
    'NOT_POSITIVE_DEFINITE',
    `${id}: the smallest eigenvalues must not drown in the rounding of the largest, got one ${condition.toExponential(1)} times ` +
      'as large as what epsilon adds. Use a larger epsilon, smaller activations, or fewer units that determine each other.',
    { id, condition },
  );
}
