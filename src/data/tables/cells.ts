/** Cells of a table: the numbers and texts in them, what is missing, and where they are. */
import type { Cell, Row, Table } from '../../codec/tables/table.ts';
import { DataError } from '../../errors.ts';
import { printable } from '../../printable.ts';

/** What stands in a file of text for a value that is missing. */
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

const INFINITE: ReadonlyMap<string, number> = new Map([
  ['inf', Number.POSITIVE_INFINITY],
  ['+inf', Number.POSITIVE_INFINITY],
  ['+infinity', Number.POSITIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
]);

/** Whether a cell holds nothing. */
export function isMissing(cell: Cell | undefined): boolean {
  if (cell === null || cell === undefined) return true;
  if (typeof cell === 'string') return MISSING_WORDS.has(cell.trim());
  return typeof cell === 'number' && Number.isNaN(cell);
}

/** The number in a cell; undefined where it is none, NaN where it is missing. */
export function numberIn(cell: Cell | undefined): number | undefined {
  switch (typeof cell) {
    case 'string':
      return numberInText(cell);
    case 'number':
      return cell;
    case 'bigint':
      return Number(cell);
    case 'boolean':
      return cell ? 1 : 0;
    default:
      return cell instanceof Float64Array ? undefined : Number.NaN;
  }
}

function numberInText(text: string): number | undefined {
  const number = Number(text);
  // JavaScript takes no text for 0, and knows other bases than ten.
  if (number === 0 && text.trim() === '') return Number.NaN;
  if (!Number.isNaN(number)) return hasBase(text) ? undefined : number;
  const trimmed = text.trim();
  return MISSING_WORDS.has(trimmed) ? Number.NaN : INFINITE.get(trimmed.toLowerCase());
}

function hasBase(text: string): boolean {
  return text.length > 2 && /^\s*0[xob]/i.test(text);
}

/** The text in a cell, by which it is a class or a category. */
export function textIn(cell: Cell | undefined): string {
  return typeof cell === 'string' ? cell.trim() : String(cell);
}

/** `data.csv: line 7, column "age"`. */
export function placeIn(table: Table, { place }: Row, column: string): string {
  return `${table.where}: ${table.counts} ${place}, column "${printable(column)}"`;
}

/** An error about a column. */
export function columnError(where: string, rule: string, got: string, remedy: string): DataError {
  return new DataError('DATA_COLUMN', `${where}: ${rule}, got ${got}. ${remedy}`, { where, got });
}
