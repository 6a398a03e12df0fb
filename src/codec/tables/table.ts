/** Tables, whatever their format: named columns and rows that are handed on one after the other. */
import { DataError } from '../../errors.ts';
import { printable } from '../../printable.ts';

/** What one cell holds: CSV has text alone, Parquet every kind. Whole numbers past 2^53 stay bigint. */
export type Cell = string | number | bigint | boolean | null | Float64Array;

/** `other` is what cannot be read: dates, structs, lists of text. */
export type ColumnType = 'text' | 'number' | 'integer' | 'boolean' | 'numbers' | 'other';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** What a column of type `other` holds, in the words of the format. */
  readonly described?: string;
}

export interface Row {
  /** Line of the file on which the row begins (CSV), or number of the row (Parquet); both count from 1. */
  readonly place: number;
  /** One cell for each column that was asked for, in that order. */
  readonly cells: readonly Cell[];
}

/** Takes the next row; `false` ends the reading. The row's cells are its own. */
export type Visit = (row: Row) => unknown;

export interface Table {
  /** The file, for messages. */
  readonly where: string;
  readonly columns: readonly Column[];
  /** What {@link Row.place} counts. */
  readonly counts: 'line' | 'row';
  /** Number of rows, where the file says it. */
  readonly rows: number | null;
  /** As many rows as there can be: their number, or that of the lines of the file. */
  mostRows(): Promise<number>;
  /**
   * Hands every row to `visit`; `columns` names those that are read, all by default.
   *
   * Errors: DataError DATA_COLUMN for a name that is not there, DATA_FILE_CHANGED, and those of the format.
   */
  each(visit: Visit, columns?: readonly string[]): Promise<void>;
}

/**
 * The positions of columns by their names.
 *
 * Errors: DataError DATA_COLUMN with the names there are.
 */
export function positions(
  columns: readonly Column[],
  asked: readonly string[] | undefined,
  where: string,
): number[] {
  if (asked === undefined) return [...columns.keys()];
  const known = new Map(columns.map(({ name }, position) => [name, position]));
  return asked.map((name) => {
    const position = known.get(name);
    if (position !== undefined) return position;
    throw new DataError(
      'DATA_COLUMN',
      `${where}: a column must be in the table, got "${printable(name)}". There are: ${listed(columns)}.`,
      { where, column: name, columns: columns.map((column) => column.name) },
    );
  });
}

/**
 * Refuses names that stand for two columns, or for none.
 *
 * Errors: DataError DATA_COLUMN.
 */
export function refuseAmbiguous(names: readonly string[], where: string): void {
  const seen = new Map<string, number>();
  for (const [position, name] of names.entries()) {
    const first = seen.get(name);
    seen.set(name, position);
    if (name !== '' && first === undefined) continue;
    const found =
      name === ''
        ? `no name for column ${position + 1}`
        : `"${printable(name)}" for columns ${(first ?? position) + 1} and ${position + 1}`;
    throw new DataError(
      'DATA_COLUMN',
      `${where}: every column has a name of its own, got ${found}. Rename it, or say that the file has no header.`,
      { where, column: name },
    );
  }
}

const MOST_LISTED = 20;

function listed(columns: readonly Column[]): string {
  const names = columns.slice(0, MOST_LISTED).map(({ name }) => printable(name));
  const more = columns.length - names.length;
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
