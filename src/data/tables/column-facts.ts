/** Columns of a table as inputs and targets: what their cells are, found in a first pass over the rows. */
import type { Cell, Row, Table } from '../../codec/tables/table.ts';
import { printable } from '../../printable.ts';
import { columnError, numberIn, placeIn, textIn } from './cells.ts';

/** What a first pass has found in one column. */
export interface ColumnFacts {
  readonly name: string;
  /** Numbers; texts that are not all numbers; lists of numbers. */
  readonly kind: 'number' | 'text' | 'list';
  /** Numbers in a cell: more than one in lists. */
  readonly width: number;
  /** The different texts, sorted: by their value where all are numbers. Null where there are more than was asked for. */
  readonly values: readonly string[] | null;
  /** Whether every number is whole. */
  readonly whole: boolean;
}

/** Facts of one column, gathered cell by cell. */
export class ColumnScan {
  readonly #name: string;
  readonly #most: number;
  /** Null where there are too many. */
  #texts: Set<string> | null = new Set();
  #last: Cell | undefined;
  #lastNumber: number | undefined = Number.NaN;
  /** Where the first text stands that is no number. */
  #text: string | undefined;
  #numbers = 0;
  #whole = true;
  #width = 0;

  /** `most` different texts are kept. */
  constructor(name: string, most: number) {
    this.#name = name;
    this.#most = most;
  }

  /**
   * The number in the cell, as numberIn has it; undefined for a list.
   *
   * Errors: DataError DATA_COLUMN for lists of different lengths.
   */
  add(table: Table, row: Row, cell: Cell | undefined): number | undefined {
    if (cell === this.#last) return this.#lastNumber;
    if (cell instanceof Float64Array) {
      this.#addList(table, row, cell);
      return undefined;
    }
    const number = numberIn(cell);
    if (number === undefined) this.#text ??= `"${printable(textIn(cell))}" in ${table.counts} ${row.place}`;
    else if (Number.isNaN(number)) return number;
    else {
      this.#numbers++;
      if (!Number.isInteger(number)) this.#whole = false;
    }
    [this.#last, this.#lastNumber] = [cell, number];
    if (this.#texts !== null) {
      this.#texts.add(textIn(cell));
      if (this.#texts.size > this.#most) this.#texts = null;
    }
    return number;
  }

  #addList(table: Table, row: Row, { length }: Float64Array): void {
    if (this.#width !== 0 && this.#width !== length) {
      throw columnError(
        placeIn(table, row, this.#name),
        `every list must have ${this.#width} numbers, as the first`,
        String(length),
        `Mend the row, or write exclude: [${printable(this.#name)}].`,
      );
    }
    this.#width = length;
  }

  /** Errors: DataError DATA_COLUMN for too many different texts. */
  facts(where: string): ColumnFacts {
    const kind = this.#width > 0 ? 'list' : this.#text === undefined ? 'number' : 'text';
    if (kind === 'text' && this.#texts === null) {
      throw columnError(
        `${where}: column "${printable(this.#name)}"`,
        `text must have at most ${this.#most} different values`,
        this.#numbers > 0 ? `more, numbers and ${this.#text}` : 'more',
        `Write exclude: [${printable(this.#name)}], or mend the file.`,
      );
    }
    const values = this.#texts === null ? null : sorted(this.#texts, kind);
    return { name: this.#name, kind, width: Math.max(1, this.#width), values, whole: this.#whole };
  }
}

/** Numbers once each, however they are written. */
function sorted(texts: ReadonlySet<string>, kind: ColumnFacts['kind']): string[] {
  if (kind === 'text') return [...texts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const numbers = new Set([...texts].map((text) => numberIn(text) as number));
  return [...numbers].sort((a, b) => a - b).map(String);
}
