/** Affine maps of columns, (x − origin) / extent, fitted to numbers and applied to them. */

/** What is taken off each column, and what it is divided by then. Shapes: one for each column. */
export interface Affine {
  readonly origin: Float64Array;
  readonly extent: Float64Array;
}

type Numbers = Uint8Array | Float32Array;

/** Maps the least of each column to 0 and the largest to 1; a column that never changes to 0. */
export function extremes(values: Numbers, columns: number): Affine {
  const least = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const largest = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < values.length; row += columns) {
    for (let j = 0; j < columns; j++) {
      const value = values[row + j]!;
      if (value < least[j]!) least[j] = value;
      if (value > largest[j]!) largest[j] = value;
    }
  }
  return { origin: least, extent: largest.map((value, j) => value - least[j]! || 1) };
}

/**
 * Maps each column to mean 0 and deviation 1 (divisor n); one that never changes to 0.
 *
 * Precision: sums in float64, of numbers in two passes, of differences from the first row: they are 0 where nothing changes.
 */
export function moments(values: Numbers, columns: number): Affine {
  if (values instanceof Uint8Array) return momentsOfBytes(values, columns);
  const rows = values.length / columns;
  const sums = new Float64Array(columns);
  for (let row = 0; row < values.length; row += columns) {
    for (let j = 0; j < columns; j++) sums[j]! += values[row + j]! - values[j]!;
  }
  const mean = sums.map((sum, j) => values[j]! + sum / rows);
  const squares = new Float64Array(columns);
  for (let row = 0; row < values.length; row += columns) {
    for (let j = 0; j < columns; j++) squares[j]! += (values[row + j]! - mean[j]!) ** 2;
  }
  return { origin: mean, extent: squares.map((sum) => Math.sqrt(sum / rows) || 1) };
}

/** The same in one pass: the sums of differences and of their squares are whole numbers below 2^53. */
function momentsOfBytes(values: Uint8Array, columns: number): Affine {
  const rows = values.length / columns;
  const sums = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (let row = 0; row < values.length; row += columns) {
    for (let j = 0; j < columns; j++) {
      const difference = values[row + j]! - values[j]!;
      sums[j]! += difference;
      squares[j]! += difference * difference;
    }
  }
  return {
    origin: sums.map((sum, j) => values[j]! + sum / rows),
    extent: squares.map((square, j) => Math.sqrt((square - (sums[j]! * sums[j]!) / rows) / rows) || 1),
  };
}

/** Applies a map in place. */
export function applyInPlace(values: Numbers, { origin, extent }: Affine): void {
  const columns = origin.length;
  for (let row = 0; row < values.length; row += columns) {
    for (let j = 0; j < columns; j++) values[row + j] = (values[row + j]! - origin[j]!) / extent[j]!;
  }
}
