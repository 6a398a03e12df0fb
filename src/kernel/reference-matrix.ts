/** A row-major float64 matrix, and the little arithmetic that the formulas of the reference kernel share. */

/** `rows` x `columns` numbers, seen through their indices. */
export class Matrix {
  readonly rows: number;
  readonly columns: number;
  /** May be longer than rows·columns; the rest is not touched. */
  readonly values: Float64Array<ArrayBufferLike>;

  constructor(
    rows: number,
    columns: number,
    values: Float64Array<ArrayBufferLike> = new Float64Array(rows * columns),
  ) {
    this.rows = rows;
    this.columns = columns;
    this.values = values;
  }

  get(row: number, column: number): number {
    return this.values[row * this.columns + column]!;
  }

  set(row: number, column: number, value: number): void {
    this.values[row * this.columns + column] = value;
  }

  add(row: number, column: number, value: number): void {
    this.values[row * this.columns + column]! += value;
  }
}

/** A matrix of the given order with `entry(i, j)` in it. */
export function squareMatrix(order: number, entry: (i: number, j: number) => number): Matrix {
  const result = new Matrix(order, order);
  for (let i = 0; i < order; i++) {
    for (let j = 0; j < order; j++) result.set(i, j, entry(i, j));
  }
  return result;
}

/** ⟨A, B⟩ = Σ_ij A_ij·B_ij. */
export function innerProduct(a: Matrix, b: Matrix): number {
  let sum = 0;
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) sum += a.get(i, j) * b.get(i, j);
  }
  return sum;
}

/** Σ_i A_ii. */
export function trace(a: Matrix): number {
  let sum = 0;
  for (let i = 0; i < a.rows; i++) sum += a.get(i, i);
  return sum;
}

/** The transpose of a matrix. */
export function transposed(a: Matrix): Matrix {
  const result = new Matrix(a.columns, a.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) result.set(j, i, a.get(i, j));
  }
  return result;
}

/** `target = weight·source`, or that added to it. */
export function store(target: Matrix, source: Matrix, weight: number, accumulate: boolean): void {
  for (let i = 0; i < source.rows * source.columns; i++) {
    target.values[i] = weight * source.values[i]! + (accumulate ? target.values[i]! : 0);
  }
}
