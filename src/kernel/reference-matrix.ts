/** A row-major float64 matrix: what the formulas of the reference kernel are written in. */

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
