/** Checks of the arguments of the reference kernel's operations. */

import { ShapeError } from '../errors.ts';
import type { CovarianceShape, KernelArray } from './operations.ts';
import { Matrix } from './reference-matrix.ts';

/** The array as a matrix of the given shape. */
export function matrix(
  where: string,
  name: string,
  array: KernelArray,
  rows: number,
  columns: number,
): Matrix {
  return new Matrix(rows, columns, numbers(where, name, array, rows * columns));
}

/** The array's values, at least `count` of them. */
export function numbers(
  where: string,
  name: string,
  array: KernelArray,
  count: number,
): Float64Array<ArrayBufferLike> {
  const values = array.values;
  if (!(values instanceof Float64Array)) {
    throw new ShapeError(
      'FOREIGN_ARRAY',
      `${where}: ${name} must be an array of the reference kernel (float64), got one of another kernel. Allocate it with the operations that use it.`,
      { where, name },
    );
  }
  if (values.length < count) throw tooShort(where, name, values.length, count);
  return values;
}

/** The error for an array that cannot hold what an operation needs. */
export function tooShort(where: string, name: string, length: number, expected: number): ShapeError {
  return new ShapeError(
    'ARRAY_TOO_SHORT',
    `${where}: ${name} must hold at least ${expected} numbers, got ${length}. Allocate more or check the sizes.`,
    { where, name, expected, got: length },
  );
}

/** Refuses sizes that are not whole numbers of at least 1. */
export function checkSizes(where: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(sizes)) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new ShapeError(
      'SIZE_OUT_OF_RANGE',
      `${where}: ${name} must be a whole number of at least 1, got ${String(value)}.`,
      { where, name, value },
    );
  }
}

/** Refuses a covariance whose divisor would not be positive. */
export function checkShape(where: string, shape: CovarianceShape): CovarianceShape {
  checkSizes(where, { samples: shape.samples, units: shape.units });
  if (shape.samples - shape.ddof > 0) return shape;
  throw new ShapeError(
    'TOO_FEW_SAMPLES',
    `${where}: samples − ddof must be above 0, got samples ${shape.samples} and ddof ${shape.ddof}. Use more samples or a smaller ddof.`,
    { where, samples: shape.samples, ddof: shape.ddof },
  );
}
