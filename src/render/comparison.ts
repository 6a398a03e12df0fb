/** A comparison for a terminal: what was run, the table, its notes and the verdict in words. */
import picocolors from 'picocolors';
import type { Comparison } from '../compare/compare.ts';
import { otherSettings } from '../compare/order.ts';
import { isFinished, type RankedPoint } from '../compare/standing.ts';
import { toAscii } from './ascii.ts';
import {
  buildColumns,
  type ComparisonColumn,
  type CurveSet,
  columnTitle,
  defaultColumns,
} from './columns.ts';
import { runHeads } from './head.ts';
import {
  type HiddenRows,
  hiddenNotes,
  legend,
  rowNotes,
  SHRUNK_SIGN,
  TRADE_OFF_SIGN,
  UNFINISHED_SIGN,
} from './notes.ts';
import { drawTable, fitColumns, type RowSign, spellColumn, tableWidth, truncateColumns } from './table.ts';
import { wrap } from './text.ts';
import { verdictInWords } from './words.ts';

/** How a comparison is shown. */
export interface RenderOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly color: boolean;
  /** Names of the columns to show, in this order. Default: those that matter most. */
  readonly columns?: readonly string[] | undefined;
  /** A metric with a column of its own. */
  readonly metric?: string | undefined;
  /** Decimals of every metric. */
  readonly precision?: number | undefined;
  /** Learning curves for a column. */
  readonly curves?: CurveSet | undefined;
  /** Rows before which a line is drawn. */
  readonly breaks?: readonly number[] | undefined;
  /** ASCII alone. */
  readonly ascii?: boolean | undefined;
  /** Pictures between the table and the verdict, each as lines. */
  readonly pictures?: readonly (readonly string[])[] | undefined;
  /** Rows that were left out of the comparison on purpose. */
  readonly hiddenRows?: HiddenRows | undefined;
}

/** Lines of prose are no longer than this, however wide the terminal: longer ones are hard to read. */
const PROSE_WIDTH = 100;

/** The whole comparison as lines, without a final newline. Never wider than asked unless a single word or number is. */
export function renderComparison(comparison: Comparison, options: RenderOptions): string {
  const colors = picocolors.createColors(options.color);
  const spell = options.ascii === true ? toAscii : String;
  const proseWidth = Math.min(options.width, PROSE_WIDTH);
  const prose = (text: string, paint: (line: string) => string = String): string[] =>
    wrap(spell(text), proseWidth, '  ').map(paint);
  const { shown, omitted } = chooseColumns(comparison, options);
  const sections = [
    runHeads(comparison).flatMap(({ name, facts }) => [
      ...prose(name, colors.bold),
      ...prose(facts, colors.dim),
    ]),
    drawTable(shown, comparison.rows.map(signOf), colors, options.breaks),
    [
      ...prose(legend(comparison, shown, { spell }).join(' · '), colors.dim),
      ...omittedNotes(omitted, options).flatMap((note) => prose(note, colors.dim)),
      ...rowNotes(comparison, shown).flatMap((note) => prose(note, colors.yellow)),
    ].filter((line) => line !== colors.dim('')),
    ...(options.pictures ?? []),
    verdictInWords(comparison).flatMap((paragraph, index) =>
      prose(paragraph, index === 0 ? colors.bold : String),
    ),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(spell).join('\n'))
    .join('\n\n');
}

interface Omitted {
  readonly columns: readonly ComparisonColumn[];
  readonly intervals: boolean;
}

/** Drops columns, then the intervals, and cuts names only when even that is too wide; settings besides the penalty go last. */
function chooseColumns(
  comparison: Comparison,
  { width, columns: names, metric, precision, curves, ascii = false }: RenderOptions,
): { shown: ComparisonColumn[]; omitted: Omitted } {
  const choose = (intervals: boolean): ReturnType<typeof fitColumns<ComparisonColumn>> =>
    fitColumns(
      buildColumns(comparison, names ?? defaultColumns(comparison, { metric, curves }), {
        chosen: names !== undefined,
        intervals,
        precision,
        metric,
        curves,
      }).map((column) => (ascii ? spellColumn(column, toAscii) : column)),
      width,
    );
  const withIntervals = choose(true);
  if (tableWidth(withIntervals.shown) <= width) {
    return { shown: withIntervals.shown, omitted: { columns: withIntervals.dropped, intervals: false } };
  }
  const sign = ascii ? toAscii('±') : '±';
  const intervals = withIntervals.shown.some(({ cells }) => cells.some(({ text }) => text.includes(sign)));
  const { shown, dropped } = choose(false);
  const cut = truncateColumns(shown, width);
  if (tableWidth(cut) <= width) return { shown: cut, omitted: { columns: dropped, intervals } };
  const settings = otherSettings(comparison.rows);
  const last = fitColumns(
    shown.map((column) => ({ ...column, rank: 1 + settings.indexOf(column.name) })),
    tableWidth(shown) - (tableWidth(cut) - width),
  );
  return {
    shown: truncateColumns(last.shown, width),
    omitted: { columns: [...last.dropped, ...dropped], intervals },
  };
}

function omittedNotes({ columns, intervals }: Omitted, { width, hiddenRows }: RenderOptions): string[] {
  const what = [...(intervals ? ['± 95 % intervals'] : []), ...columns.map(columnTitle)];
  return [
    ...(what.length > 0 ? [`Left out to fit ${width} columns: ${what.join(', ')}.`] : []),
    ...hiddenNotes(hiddenRows),
  ];
}

function signOf(row: RankedPoint): RowSign {
  if (!isFinished(row)) {
    return { text: UNFINISHED_SIGN, tone: 'bad' };
  }
  if (row.shrunk) {
    return { text: SHRUNK_SIGN, tone: 'bad' };
  }
  return row.tradeOff ? { text: TRADE_OFF_SIGN, tone: 'good' } : { text: '', tone: 'none' };
}
