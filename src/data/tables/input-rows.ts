/** Inputs of a table, row by row: numbers as they are, text as one feature a value. */
import { allocateShared } from '../../codec/bytes/shared-memory.ts';
import type { Row, Table } from '../../codec/tables/table.ts';
import type { MissingPolicy } from '../preparation/missing.ts';
import { type ImageOptions, imagePositions } from '../reading/images.ts';
import { isMissing, missingError, notFinite, numberIn, textIn } from './cells.ts';
import type { ColumnFacts } from './column-facts.ts';

/** Numbers that a column of inputs gives a sample. */
export function widthOf({ kind, width, values }: ColumnFacts): number {
  return kind === 'text' ? (values?.length ?? 0) : width;
}

/** What inputs are made by. */
export interface InputOptions {
  readonly features: readonly ColumnFacts[];
  readonly missing: MissingPolicy;
  readonly image: ImageOptions;
}

interface InputColumn {
  readonly facts: ColumnFacts;
  readonly width: number;
  readonly categories: ReadonlyMap<string, number>;
}

/** Inputs of at most `rows` samples. */
export class InputRows {
  readonly width: number;
  readonly values: Float32Array<SharedArrayBuffer>;
  readonly #table: Table;
  readonly #missing: MissingPolicy;
  readonly #columns: readonly InputColumn[];
  /** Where each number goes within a sample. */
  readonly #positions: Uint32Array;

  constructor(table: Table, rows: number, { features, missing, image }: InputOptions) {
    this.#table = table;
    this.#missing = missing;
    this.#columns = features.map((facts) => ({
      facts,
      width: widthOf(facts),
      categories: new Map(
        facts.kind === 'text' ? facts.values?.map((value, position) => [value, position]) : [],
      ),
    }));
    this.width = this.#columns.reduce((sum, { width }) => sum + width, 0);
    this.#positions = imagePositions(image, this.width);
    this.values = new Float32Array(allocateShared(rows * this.width * 4, table.where).buffer);
  }

  /**
   * Puts a row in; `numbers` are those in its cells, where they are known.
   *
   * Errors: DataError DATA_MISSING, DATA_NOT_FINITE with the place of the cell, unless the policy allows them.
   */
  put(sample: number, row: Row, numbers?: readonly (number | undefined)[]): void {
    const first = sample * this.width;
    let at = 0;
    for (let index = 0; index < this.#columns.length; index++) {
      const { facts, width, categories } = this.#columns[index] as InputColumn;
      const cell = row.cells[index];
      if (facts.kind === 'number') {
        const number = numbers === undefined ? numberIn(cell) : numbers[index];
        this.#set(first, at, this.#number(row, facts.name, number as number));
      } else if (isMissing(cell)) {
        this.#refuseMissing(row, facts.name);
        for (let i = 0; i < width; i++) this.#set(first, at + i, Number.NaN);
      } else if (cell instanceof Float64Array) {
        for (let i = 0; i < width; i++)
          this.#set(first, at + i, this.#number(row, facts.name, cell[i] as number));
      } else this.#set(first, at + (categories.get(textIn(cell)) as number), 1);
      at += width;
    }
  }

  #set(first: number, at: number, value: number): void {
    this.values[first + (this.#positions[at] as number)] = value;
  }

  #number(row: Row, name: string, number: number): number {
    if (Number.isFinite(Math.fround(number))) return number;
    if (Number.isNaN(number)) this.#refuseMissing(row, name);
    else if (this.#missing === 'error') throw notFinite(this.#table, row, name, number);
    return Number.NaN;
  }

  #refuseMissing(row: Row, name: string): void {
    if (this.#missing !== 'error') return;
    throw missingError(this.#table, row, name, 'Write missing: drop, or missing: mean, or mend the file.');
  }
}
