/** Columns of a table as inputs and targets: what their cells are, found in a first pass over the rows. */
import type { Cell, Row, Table } from '../codec/tables/table.ts';
import { DataError } from '../errors.ts';
import { printable } from '../printable.ts';

/** What a first pass has found in one column. */
export interface ColumnFacts {
  readonly name: string;
  /** Numbers; texts that are not all numbers; lists of numbers. */
  readonly kind: 'number' | 'text' | 'list';
  /** Numbers that the column gives a sample: more than one for lists. */
  readonly width: number;
  /** The different texts, sorted: by their value where all are numbers. */
  readonly values: readonly string[];
  /** Whether every number is whole. */
  readonly whole: boolean;
}

/** What stands in a CSV file for a value that is missing. */
const MISSING_WORDS: ReadonlySet<string> = new Set([
  '',
  'NA',
  'N/A',
  'NaN',
  'nan',
  'null',
  'NULL',
  'None',
  '?',
]);
/** Different texts of a column that are still categories. */
const MOST_CATEGORIES = 65_536;

/** Whether a cell holds nothing. */
export function isMissing(cell: Cell | undefined): boolean {
  if (cell === null || cell === undefined) return true;
  if (typeof cell === 'string') return MISSING_WORDS.has(cell.trim());
  return typeof cell === 'number' && Number.isNaN(cell);
}

/** The number in a cell; undefined where it is none, NaN where it is missing. */
export function numberIn(cell: Cell | undefined): number | undefined {
  if (isMissing(cell)) return Number.NaN;
  switch (typeof cell) {
    case 'number':
      return cell;
    case 'bigint':
      return Number(cell);
    case 'boolean':
      return cell ? 1 : 0;
    case 'string': {
      const text = cell.trim();
      const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
      return number ?? INFINITE.get(text.toLowerCase().replace(/^\+/, ''));
    }
    default:
      return undefined;
  }
}

const INFINITE: ReadonlyMap<string, number> = new Map([
  ['inf', Number.POSITIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
]);

/** The text in a cell, by which it is a class or a category. */
export function textIn(cell: Cell | undefined): string {
  return typeof cell === 'string' ? cell.trim() : String(cell);
}

/** `data.csv: line 7, column "age"`. */
export function placeIn(table: Table, { place }: Row, column: string): string {
  return `${table.where}: ${table.counts} ${place}, column "${printable(column)}"`;
}

/** Facts of one column, gathered cell by cell. */
export class ColumnScan {
  readonly #name: string;
  readonly #texts = new Set<string>();
  #numeric = true;
  #whole = true;
  #width = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Errors: DataError DATA_COLUMN for lists of different lengths and for too many different texts. */
  add(table: Table, row: Row, cell: Cell | undefined): void {
    if (isMissing(cell)) return;
    if (cell instanceof Float64Array) {
      if (this.#width !== 0 && this.#width !== cell.length) {
        throw columnError(
          placeIn(table, row, this.#name),
          `every list must have ${this.#width} numbers, as the first`,
          String(cell.length),
          'Mend the row, or exclude the column.',
        );
      }
      this.#width = cell.length;
      return;
    }
    const number = numberIn(cell);
    if (number === undefined) this.#numeric = false;
    else if (!Number.isInteger(number)) this.#whole = false;
    // Numbers with a fraction are no categories: their texts are not kept.
    if (this.#numeric && !this.#whole) {
      this.#texts.clear();
      return;
    }
    if (this.#texts.size <= MOST_CATEGORIES) this.#texts.add(textIn(cell));
  }

  get facts(): ColumnFacts {
    const kind = this.#width > 0 ? 'list' : this.#numeric ? 'number' : 'text';
    if (kind === 'text' && this.#texts.size > MOST_CATEGORIES) {
      throw columnError(
        `column "${printable(this.#name)}"`,
        `text must have at most ${MOST_CATEGORIES} different values`,
        'more',
        'Exclude the column.',
      );
    }
    const values = [...this.#texts].sort(
      this.#numeric ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : a > b ? 1 : 0),
    );
    return { name: this.#name, kind, width: Math.max(1, this.#width), values, whole: this.#whole };
  }
}

/** An error about a column. */
export function columnError(where: string, rule: string, got: string, remedy: string): DataError {
  return new DataError('DATA_COLUMN', `${where}: ${rule}, got ${got}. ${remedy}`, { where, got });
}
