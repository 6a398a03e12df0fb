/** A split of a table, row by row. */
import type { Row, Table } from '../../codec/tables/table.ts';
import type { ReadSplit } from '../reading/source-splits.ts';
import { type InputOptions, InputRows } from './input-rows.ts';
import { type TargetOptions, type TargetRows, targetRows } from './target-rows.ts';

/** What the columns of a table are made into. */
export type Filling = InputOptions & Omit<TargetOptions, 'first'>;

/** Inputs and targets of at most `rows` samples. */
export class SplitRows {
  readonly #table: Table;
  readonly #rows: number;
  readonly #shape: readonly number[];
  readonly #inputs: InputRows;
  readonly #targets: TargetRows | null;
  #samples = 0;

  /** Errors: DataError DATA_MEMORY. */
  constructor(table: Table, rows: number, filling: Filling) {
    this.#table = table;
    this.#rows = rows;
    this.#inputs = new InputRows(table, rows, filling);
    this.#targets = targetRows(table, rows, { ...filling, first: filling.features.length });
    this.#shape = filling.image.shape ?? [this.#inputs.width];
  }

  /**
   * Puts the next row in, inputs before targets; `numbers` are those in its cells, where they are known. False where there is
   * no room for it.
   *
   * Errors: DataError DATA_MISSING, DATA_NOT_FINITE, DATA_COLUMN with the place of the cell.
   */
  put(row: Row, numbers?: readonly (number | undefined)[]): boolean {
    if (this.#samples === this.#rows) return false;
    if (this.#targets !== null && !this.#targets.put(this.#samples, row)) return true;
    this.#inputs.put(this.#samples, row, numbers);
    this.#samples++;
    return true;
  }

  /** What was put in; `classes` are the names of the classes. To be asked for once. */
  split(classes: readonly string[] | undefined): ReadSplit {
    const samples = this.#samples;
    return {
      samples,
      shape: this.#shape,
      values: this.#inputs.values.subarray(0, samples * this.#inputs.width),
      targets: this.#targets === null ? null : this.#targets.upTo(samples, classes),
      file: this.#table.where,
    };
  }
}
