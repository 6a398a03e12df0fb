/** How the activations of a caller lie in memory, and the way from there to the samples x units of the kernel and back. */

import { ShapeError } from '../errors.ts';
import type { FloatArray } from './operations.ts';

/** How a caller's activations lie in memory: row-major samples x units, or units x samples (the transpose). */
export type Layout = 'samples-first' | 'units-first';

/** Whether the activations come as units x samples. Errors: ShapeError for any other word. */
export function isTransposed(where: string, { layout = 'samples-first' }: { layout?: Layout }): boolean {
  if (layout === 'samples-first' || layout === 'units-first') return layout === 'units-first';
  throw new ShapeError(
    'UNKNOWN_LAYOUT',
    `${where}: layout must be 'samples-first' or 'units-first', got ${JSON.stringify(layout)}.`,
    { where, layout: String(layout) },
  );
}

/** Errors: a ShapeError unless `array` holds the `expected` numbers that `rule` says, and nothing but numbers. */
export function checkLength(
  where: string,
  name: string,
  array: ArrayLike<number>,
  expected: number,
  rule: string,
): void {
  if (array?.length !== expected) {
    if (isDetached(array)) {
      throw new ShapeError(
        'DETACHED_VIEW',
        `${where}: ${name} must hold ${rule} = ${expected} numbers, got a view of memory that has moved since. Read the view anew: growing a memory empties those taken before.`,
        { where, name, expected },
      );
    }
    const got = array?.length ?? String(array);
    throw new ShapeError(
      'LENGTH_MISMATCH',
      `${where}: ${name} must hold ${rule} = ${expected} numbers, got ${got}. Check samples, units and the layout.`,
      { where, name, expected, got },
    );
  }
  const index = indexOfOther(array);
  if (index < 0) return;
  throw new ShapeError(
    'NOT_NUMBERS',
    `${where}: ${name} must hold nothing but numbers, got ${typeof array[index]} at index ${index}. Flatten rows into one array, row by row.`,
    { where, name, index },
  );
}

/** Whether it is a view whose buffer was taken from it, by a transfer or by a memory that grew. */
function isDetached(array: unknown): boolean {
  if (!ArrayBuffer.isView(array) || array.byteLength > 0 || array.buffer.byteLength > 0) return false;
  try {
    // The one operation that only a detached buffer refuses, whatever else it is.
    new Uint8Array(array.buffer);
    return false;
  } catch {
    return true;
  }
}

/** Refuses an array for results that is not of the kernel's numbers, or of another length. */
export function checkOutput(
  where: string,
  name: string,
  out: ArrayLike<number>,
  expected: number,
  rule: string,
  precision: 'f32' | 'f64',
): void {
  checkLength(where, name, out, expected, rule);
  const wanted = precision === 'f32' ? 'Float32Array' : 'Float64Array';
  const tag = (out as Partial<FloatArray>)[Symbol.toStringTag];
  // By its tag: an array of another realm is as good.
  if (tag === wanted) return;
  throw new ShapeError(
    'WRONG_OUTPUT',
    `${where}: ${name} must be a ${wanted}, what a kernel of precision ${precision} computes, got ${tag ?? typeof out}. Pass one, or leave it out.`,
    { where, name, precision },
  );
}

/** Index of the first entry that is no number, −1 where there is none. A typed array has entries of one type. */
function indexOfOther(array: ArrayLike<unknown>): number {
  const length = ArrayBuffer.isView(array) ? 1 : array.length;
  for (let index = 0; index < length; index++) if (typeof array[index] !== 'number') return index;
  return -1;
}

/** `target` [samples x units] = `source`, transposed where it comes as units x samples. */
export function loadMatrix(
  target: { readonly values: FloatArray },
  source: ArrayLike<number>,
  samples: number,
  units: number,
  transposed: boolean,
): void {
  if (transposed) writeTransposed(target.values, source, units, samples);
  else target.values.set(source);
}

/** `out` = `source` [samples x units], as units x samples where `transposed`. */
export function writeMatrix(
  out: FloatArray,
  source: { readonly values: FloatArray },
  samples: number,
  units: number,
  transposed: boolean,
): void {
  if (transposed) writeTransposed(out, source.values, samples, units);
  else out.set(source.values.subarray(0, samples * units));
}

/** A copy of `source` [samples x units], as units x samples where `transposed`. */
export function copyMatrix<Values extends FloatArray>(
  source: { readonly values: Values },
  samples: number,
  units: number,
  transposed: boolean,
): Values {
  const copy = source.values.slice() as Values;
  if (transposed) writeTransposed(copy, source.values, samples, units);
  return copy;
}

/** `target` [columns x rows] = transpose of `source` [rows x columns]. */
export function writeTransposed(
  target: FloatArray,
  source: ArrayLike<number>,
  rows: number,
  columns: number,
): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      target[column * rows + row] = source[row * columns + column]!;
    }
  }
}
