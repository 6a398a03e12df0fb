/** A plain table of texts for a terminal: the last columns go first where it is narrow. */
import { toAscii } from './ascii.ts';
import type { PictureStyle } from './style.ts';
import { type ColumnContent, drawTable, fitColumns, spellColumn, truncateColumns } from './table.ts';
import { wrap } from './text.ts';

/** Columns of such a table that are never dropped. */
const KEPT = 2;

/** The lines of a table, and the labels of the columns that had no room. */
export function drawListing(
  columns: readonly ColumnContent[],
  { width, colors, ascii = false }: PictureStyle,
  kept: number = KEPT,
): string[] {
  const ranked = columns.map((column, index) => ({
    ...(ascii ? spellColumn(column, toAscii) : column),
    rank: Math.max(0, index - kept + 1),
  }));
  const { shown, dropped } = fitColumns(ranked, width);
  const rows = columns[0]?.cells.map(() => ({ text: '', tone: 'none' as const })) ?? [];
  const lines = drawTable(truncateColumns(shown, width), rows, colors);
  const note = `Left out to fit ${width} columns: ${dropped.map(({ label }) => label).join(', ')}.`;
  return dropped.length === 0 ? lines : [...lines, ...wrap(note, width, '  ').map(colors.dim)];
}
