/** A comparison without a terminal: tab-separated lines for a pipe, Markdown for a page. No column is dropped, nothing cut. */
import type { Comparison } from '../compare/compare.ts';
import { allColumns, BEST, buildColumns, columnTitle, TIED } from './columns.ts';
import { runHeads } from './head.ts';
import { type HiddenRows, hiddenNotes, legendLine, rowNotes } from './notes.ts';
import type { TableCell, TableColumn } from './table.ts';
import { verdictInWords } from './words.ts';

/** What is shown of a comparison. */
export interface PlainOptions {
  /** Names of the columns, in this order. Default: all that are not of interest to specialists alone. */
  readonly columns?: readonly string[] | undefined;
  /** Rows that were left out of the comparison on purpose. */
  readonly hiddenRows?: HiddenRows | undefined;
  /** A metric with a column of its own. */
  readonly metric?: string | undefined;
  /** Decimals of every metric. */
  readonly precision?: number | undefined;
}

/**
 * Tab-separated lines: a head and one line a row; what was run, the notes and the verdict are comments behind `#`.
 *
 * A minus is a hyphen here, so that other programs read the numbers, and these have all their digits unless `precision` is
 * given.
 */
export function renderTabSeparated(comparison: Comparison, options: PlainOptions = {}): string {
  const { columns: names, hiddenRows, precision, metric } = options;
  const columns = buildColumns(comparison, names ?? allColumns(comparison, { metric }), {
    chosen: true,
    intervals: true,
    precision,
    full: true,
  });
  return [
    ...runHeads(comparison).map(({ name, facts }) => `# ${name} · ${facts}`),
    columns.map(columnTitle).join('\t'),
    ...comparison.rows.map((_row, index) => columns.map(({ cells }) => cell(cells[index])).join('\t')),
    ...[...hiddenNotes(hiddenRows), ...rowNotes(comparison, columns), ...verdictInWords(comparison)].map(
      (line) => `# ${line}`,
    ),
  ].join('\n');
}

/** A Markdown table, the best values bold, between a line on each run and the verdict. */
export function renderMarkdown(comparison: Comparison, options: PlainOptions = {}): string {
  const { columns: names, hiddenRows, precision, metric } = options;
  const chosen = names ?? allColumns(comparison, { metric }).filter((name) => name !== BEST && name !== TIED);
  const columns = buildColumns(comparison, chosen, { chosen: true, intervals: true, precision });
  return [
    ...runHeads(comparison).map(
      ({ name, facts }) => `**${escapeMarkdown(name)}** · ${escapeMarkdown(facts)}`,
    ),
    markdownTable(columns, comparison.rows.length),
    ...[
      ...legendLine(comparison, columns),
      ...hiddenNotes(hiddenRows),
      ...rowNotes(comparison, columns),
      ...verdictInWords(comparison),
    ].map(escapeMarkdown),
  ].join('\n\n');
}

/** A cell of tab-separated text. */
export function cell({ text }: TableCell = { text: '', mark: '' }): string {
  return text.trim().replace(/ {2,}/g, ' ').replaceAll('−', '-');
}

/** The columns as a table, marked cells bold. */
export function markdownTable(columns: readonly TableColumn[], rows: number): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map((column) => escapeMarkdown(columnTitle(column)))),
    line(columns.map(({ align }) => (align === 'left' ? ':--' : '--:'))),
    ...Array.from({ length: rows }, (_, row) => line(columns.map(({ cells }) => markdownCell(cells[row])))),
  ].join('\n');
}

function markdownCell(cell: TableCell | undefined): string {
  const text = escapeMarkdown((cell?.text ?? '').trim().replace(/ {2,}/g, ' '));
  return cell?.mark === '*' ? `**${text}**` : cell?.mark === '≈' ? `≈ ${text}` : text;
}

/** Everything that Markdown or the HTML in it would take for markup; a bar would end the cell even inside code. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#!~&]/g, '\\$&');
}
