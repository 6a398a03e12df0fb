/** Checks of what only the operations of the reference kernel are given: its own arrays, and shapes that nobody has resolved. */

import { ShapeError } from '../errors.ts';
import { checkSizes, tooShort } from './arguments.ts';
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
