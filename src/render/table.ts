/** A table for a terminal of a given width: which columns fit, and their lines. Knows nothing of what the cells mean. */

import type { Colors } from 'picocolors/types.js';
import { largestOf } from '../extremes.ts';
import { pad, truncate, widest, widthOf } from './text.ts';

/** What stands in the gap before a cell: the best value, and one that cannot be told from it. */
export type Mark = '' | '*' | '≈';

/** One cell; a marked one stands out in colour. */
export interface TableCell {
  readonly text: string;
  readonly mark: Mark;
}

/** One column with all its cells. */
export interface TableColumn {
  readonly label: string;
  /** Second line of the head. */
  readonly unit: string;
  readonly align: 'left' | 'right';
  /** 0 for a column that is never dropped; otherwise the largest is dropped first. */
  readonly rank: number;
  readonly cells: readonly TableCell[];
}

/** A column before it is known how important it is. */
export type ColumnContent = Omit<TableColumn, 'rank'>;

/** A column of texts without marks. */
export function plainColumn(
  label: string,
  texts: readonly string[],
  { unit = '', align = 'left' }: Partial<Pick<TableColumn, 'unit' | 'align'>> = {},
): ColumnContent {
  return { label, unit, align, cells: texts.map((text) => ({ text, mark: '' })) };
}

/** A column in other characters; before it is known what fits, since a spelling may be wider than what it stands for. */
export function spellColumn<Column extends ColumnContent>(
  column: Column,
  spell: (text: string) => string,
): Column {
  return {
    ...column,
    label: spell(column.label),
    unit: spell(column.unit),
    cells: column.cells.map((cell) => ({ ...cell, text: spell(cell.text) })),
  };
}

/** A sign before a row, drawn in its own colour. */
export interface RowSign {
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'none';
}

/** Spaces between columns; the second is where a mark goes. */
const GAP = 2;
/** The row's sign and the space behind it. */
const SIGN_WIDTH = 2;
/** A text column is never cut below this. */
const SHORTEST_TEXT = 6;

/** Columns that a table of these columns takes. */
export function tableWidth(columns: readonly TableColumn[]): number {
  return widthOfColumns(columns.map(columnWidth));
}

function widthOfColumns(widths: readonly number[]): number {
  return SIGN_WIDTH + widths.reduce((sum, width) => sum + GAP + width, -GAP);
}

/** Drops columns, the least important first, until the rest fits; what can never be dropped may still be too wide. */
export function fitColumns<Column extends TableColumn>(
  columns: readonly Column[],
  width: number,
): { shown: Column[]; dropped: Column[] } {
  const shown = [...columns];
  const dropped: Column[] = [];
  const widths = new Map(columns.map((column) => [column, columnWidth(column)]));
  while (widthOfColumns(shown.map((column) => widths.get(column) ?? 0)) > width) {
    const last = shown.reduce<Column | undefined>(
      (worst, column) => (column.rank > (worst?.rank ?? 0) ? column : worst),
      undefined,
    );
    if (last === undefined) {
      break;
    }
    shown.splice(shown.indexOf(last), 1);
    dropped.unshift(last);
  }
  return { shown, dropped };
}

/** Cuts the widest text columns until the table fits, or until none can be cut further. */
export function truncateColumns<Column extends TableColumn>(
  columns: readonly Column[],
  width: number,
): Column[] {
  const widths = columns.map(columnWidth);
  while (widthOfColumns(widths) > width) {
    const texts = widths.map((each, index) => (columns[index]?.align === 'left' ? each : 0));
    const widestText = largestOf(texts);
    if (widestText <= SHORTEST_TEXT) {
      break;
    }
    widths[texts.indexOf(widestText)] = widestText - 1;
  }
  return columns.map((column, index) =>
    column.align === 'left' ? narrow(column, widths[index] ?? 0) : column,
  );
}

/** The lines of a table: two of head, a rule, and one a row, with a further rule before each row of `breaks`. */
export function drawTable(
  columns: readonly TableColumn[],
  signs: readonly RowSign[],
  colors: Colors,
  breaks: readonly number[] = [],
): string[] {
  const widths = columns.map(columnWidth);
  const broken = new Set(breaks);
  const line = (sign: string, cellOf: (column: TableColumn, width: number) => string): string =>
    sign + columns.map((column, index) => cellOf(column, widths[index] ?? 0)).join(' '.repeat(GAP - 1));
  const head = (textOf: (column: TableColumn) => string): string =>
    line(' ', (column, width) => ` ${pad(textOf(column), width, column.align)}`).trimEnd();
  const rule = colors.dim('─'.repeat(tableWidth(columns)));
  return [
    colors.bold(head(({ label }) => label)),
    ...(columns.some(({ unit }) => unit !== '') ? [colors.dim(head(({ unit }) => unit))] : []),
    rule,
    ...signs.flatMap((sign, row) => {
      const drawn = line(paint(sign, colors), ({ cells, align }, width) => {
        const { text, mark } = cells[row] ?? { text: '', mark: '' };
        const padded = ` ${pad(text, width, align)}`;
        if (mark === '') return padded;
        const marked = padded.replace(/ (?=\S)/, mark);
        return colors.green(mark === '*' ? colors.bold(marked) : marked);
      }).trimEnd();
      return broken.has(row) ? [rule, drawn] : [drawn];
    }),
  ];
}

function paint({ text, tone }: RowSign, colors: Colors): string {
  const padded = pad(text, SIGN_WIDTH - 1, 'left');
  return tone === 'good' ? colors.cyan(padded) : tone === 'bad' ? colors.yellow(padded) : padded;
}

function columnWidth({ label, unit, cells }: TableColumn): number {
  return largestOf(
    cells.map(({ text }) => widthOf(text)),
    widest([label, unit]),
  );
}

function narrow<Column extends TableColumn>(column: Column, width: number): Column {
  return {
    ...column,
    label: truncate(column.label, width),
    unit: truncate(column.unit, width),
    cells: column.cells.map((cell) => ({ ...cell, text: truncate(cell.text, width) })),
  };
}
