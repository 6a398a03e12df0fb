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

/** Whether a text that JavaScript takes for a number is one of base 16, 8 or 2. */
function hasBase(text: string): boolean {
  const letter = text.charCodeAt(1) | 0x20;
  if (letter === 0x78 || letter === 0x6f || letter === 0x62) return true;
  return text.charCodeAt(0) <= 0x20 && /^\s*0[xob]/i.test(text);
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

/** The error of a number that is not finite. */
export function notFinite(table: Table, row: Row, column: string, value: number): DataError {
  return new DataError(
    'DATA_NOT_FINITE',
    `${placeIn(table, row, column)}: a number must be finite in float32, got ${value}. Write missing: drop, or mend the file.`,
    { where: table.where, place: row.place, column },
  );
}

/** The error of a cell that holds nothing. */
export function missingError(table: Table, row: Row, column: string, remedy: string): DataError {
  return new DataError(
    'DATA_MISSING',
    `${placeIn(table, row, column)}: a value must be given, got none. ${remedy}`,
    { where: table.where, place: row.place, column },
  );
}
