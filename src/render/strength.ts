/** Penalties at equal strength as text: a table for a terminal, tab-separated lines for a pipe, Markdown for a page. */
import picocolors from 'picocolors';
import { SIGNIFICANCE } from '../compare/holm.ts';
import type { StrengthEntry, StrengthTable } from '../compare/strength.ts';
import { printable } from '../printable.ts';
import { toAscii } from './ascii.ts';
import { columnTitle, INEXACT } from './columns.ts';
import { estimateColumn } from './metric.ts';
import { formatSetting } from './number.ts';
import { cell, markdownTable } from './plain.ts';
import {
  drawTable,
  fitColumns,
  type Mark,
  plainColumn,
  spellColumn,
  type TableColumn,
  truncateColumns,
} from './table.ts';
import { wrap } from './text.ts';

const MARKS: Readonly<Record<StrengthEntry['standing'], Mark>> = { best: '*', tied: '≈', none: '' };

/** How the table is drawn in a terminal. */
export interface StrengthStyle {
  readonly width: number;
  readonly color: boolean;
  /** ASCII alone. */
  readonly ascii?: boolean | undefined;
}

/** The signs of the table, each with its meaning, and only those that occur; `best` is how the best one is marked. */
function legend({ entries }: StrengthTable, best: string, interpolated = INTERPOLATED): string {
  const some = (occurs: (entry: StrengthEntry) => boolean, meaning: string): string[] =>
    entries.some(occurs) ? [meaning] : [];
  return [
    ...some(({ value }) => value.halfWidth95 !== null, '± 95 % interval over seeds'),
    ...some(({ standing }) => standing === 'best', `${best} best at this strength`),
    ...some(
      ({ standing }) => standing === 'tied',
      `≈ not distinguishable from it (paired t-test at ${SIGNIFICANCE}, Holm)`,
    ),
    ...some(({ trained }) => !trained, interpolated),
    'Δ to the baseline, paired by seed',
    ...some(
      ({ penalty }) => !penalty.exact,
      `${INEXACT.trim()} the gradient is, on purpose, not that of the value`,
    ),
  ].join(' · ');
}

const INTERPOLATED = '~ interpolated between two weights';
const DEFINITION =
  'Strength: ‖weight × ∂penalty/∂X‖ / ‖∂loss/∂X‖ at the penalised layer, before the first step.';

const REMEDY =
  'Train each at several weights, so that the ranges of their strengths overlap, or sweep penalty.strength.';

function sharesStrength(entries: readonly StrengthEntry[]): boolean {
  return new Set(entries.map(({ strength }) => strength)).size < entries.length;
}

/** The whole table with its notes, without a final newline. */
export function renderStrength(table: StrengthTable, { width, color, ascii = false }: StrengthStyle): string {
  const spell = ascii ? toAscii : String;
  const colors = picocolors.createColors(color);
  const note = (text: string): string[] => wrap(spell(text), Math.min(width, 100), '  ').map(colors.dim);
  if (table.entries.length === 0) {
    return notes(table).flatMap(note).join('\n');
  }
  const { shown, dropped } = fitColumns(
    columnsOf(table).map((column) => spellColumn(column, spell)),
    width,
  );
  const signs = table.entries.map(() => ({ text: '', tone: 'none' as const }));
  // The mark stands in a column that a narrow terminal has no room for.
  const between = table.entries.filter(({ trained }) => !trained).length;
  const unmarked = dropped.some((column) => columnTitle(column) === 'weight')
    ? `${between} of ${table.entries.length} interpolated between two weights`
    : undefined;
  return [
    ...drawTable(truncateColumns(shown, width), signs, colors).map(spell),
    '',
    ...note(legend(table, '*', unmarked)),
    ...(dropped.length === 0
      ? []
      : note(`Left out to fit ${width} columns: ${dropped.map(columnTitle).join(', ')}.`)),
    ...notes(table).flatMap(note),
  ].join('\n');
}

/** A head and one line an entry; the notes are comments behind `#`. */
export function renderStrengthTabSeparated(table: StrengthTable): string {
  const columns = [...columnsOf(table, true), standingColumn(table)];
  return [
    columns.map(columnTitle).join('\t'),
    ...table.entries.map((_entry, index) => columns.map(({ cells }) => cell(cells[index])).join('\t')),
    ...[...(table.entries.some(({ trained }) => !trained) ? [INTERPOLATED] : []), ...notes(table)].map(
      (note) => `# ${note}`,
    ),
  ].join('\n');
}

/** The table in Markdown, the best values bold. */
export function renderStrengthMarkdown(table: StrengthTable): string {
  const columns = [...columnsOf(table), standingColumn(table)];
  const signs = table.entries.length === 0 ? [] : [legend(table, 'bold:')];
  return [markdownTable(columns, table.entries.length), ...signs, ...notes(table)].join('\n\n');
}

/** The columns; in full with every digit, for other programs. */
function columnsOf({ entries, metric, quality }: StrengthTable, full = false): TableColumn[] {
  const settings = varying(entries);
  const runs = new Set(entries.map(({ run }) => run)).size > 1;
  const values = estimateColumn(
    entries.map(({ value }) => value),
    metric,
    { signed: false, full },
  );
  const marked = values.cells.map((each, index) => ({
    ...each,
    mark: MARKS[entries[index]?.standing ?? 'none'],
  }));
  return [
    {
      ...plainColumn(
        'strength',
        entries.map(({ strength }) => formatSetting(strength)),
        { align: 'right' },
      ),
      rank: 0,
    },
    ...(runs
      ? [
          {
            ...plainColumn(
              'run',
              entries.map(({ run }) => printable(run)),
            ),
            rank: 1,
          },
        ]
      : []),
    {
      ...plainColumn(
        'penalty',
        entries.map(({ penalty }) => penalty.type + (penalty.exact ? '' : INEXACT)),
      ),
      rank: 0,
    },
    ...settings.map((path) => ({
      ...plainColumn(
        printable(path),
        entries.map((entry) => printable(String(entry.settings[path] ?? '—'))),
      ),
      rank: 2,
    })),
    {
      ...plainColumn(
        'weight',
        entries.map(
          ({ weight, trained }) => `${trained ? '' : '~'}${full ? weight : Number(weight.toPrecision(3))}`,
        ),
        { align: 'right' },
      ),
      rank: 3,
    },
    ...(quality === null
      ? []
      : [
          {
            ...estimateColumn(
              entries.map((entry) => entry.qualityDifference),
              quality,
              { signed: true, full },
            ),
            rank: 0,
          },
        ]),
    { ...values, cells: marked, rank: 0 },
  ];
}

function standingColumn({ entries }: StrengthTable): TableColumn {
  return {
    ...plainColumn(
      'standing',
      entries.map(({ standing }) => (standing === 'none' ? '' : standing)),
    ),
    rank: 0,
  };
}

function varying(entries: readonly StrengthEntry[]): string[] {
  const paths = new Set(entries.flatMap(({ settings }) => Object.keys(settings)));
  return [...paths].filter((path) => new Set(entries.map(({ settings }) => settings[path])).size > 1);
}

function notes({ entries, left, metric, ranking }: StrengthTable): string[] {
  return [
    ...(metric.name === ranking.name || entries.length === 0
      ? []
      : ['Order and marks are those of the validation split; the numbers are of the test split.']),
    ...(entries.length === 0
      ? [`No two penalties can be lined up by their strength. ${REMEDY}`]
      : [
          DEFINITION,
          ...(sharesStrength(entries) ? [] : [`No two penalties have a strength in common. ${REMEDY}`]),
        ]),
    ...(entries.some(({ value }) => value.n === 1) ? ['n = 1: no interval, and nothing tells a tie.'] : []),
    ...(left > 0
      ? [
          `Left out: ${left} ${left === 1 ? 'point' : 'points'} of which a seed lacks its trial, the metric or a recorded strength.`,
        ]
      : []),
  ];
}
