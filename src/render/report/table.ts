/** The rows of a comparison as a table that its reader can sort. */
import type { Comparison } from '../../compare/compare.ts';
import { columnNames, columnValue, metricOfColumn } from '../../compare/order.ts';
import { isFinished, type RankedPoint } from '../../compare/standing.ts';
import { allColumns, BEST, buildColumns, type ComparisonColumn, TIED } from '../columns.ts';
import { legend, rowNotes, SHRUNK_SIGN, TRADE_OFF_SIGN, UNFINISHED_SIGN } from '../notes.ts';
import { formatCount } from '../number.ts';
import { type Content, html } from './html.ts';
import { MOST_ROWS } from './share.ts';

/** Columns that signs stand for. */
const SIGNED: readonly string[] = ['trade-off', 'shrunk', BEST, TIED];

/** The table with its legend and its warnings. */
export function drawTable(comparison: Comparison): Content {
  const { runs } = comparison;
  const names = allColumns(comparison).filter(
    (name) => !SIGNED.includes(name) && (name !== 'run' || runs.length > 1),
  );
  const rows = shownRows(comparison.rows);
  const columns = buildColumns({ ...comparison, rows }, names, { chosen: true, intervals: true });
  const known = new Set(columnNames(rows, comparison.metrics));
  const lines = rows.map(
    (row, index) =>
      html`<tr${row.baseline ? html` class="baseline"` : ''}><td class="sign">${signOf(row)}</td>${columns.map(
        (column) => drawCell(row, column, index, known),
      )}</tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="All points">
<table class="sortable"><thead><tr><td class="sign"></td>${columns.map((column) => drawHead(comparison, column))}</tr></thead>
<tbody>${lines}</tbody></table></div>
${leftOutNote(comparison.rows, rows)}<p class="note">${legend({ ...comparison, rows }, columns).join(' · ')}</p>
${rowNotes(comparison, columns).map((note) => html`<p class="note">${note}</p>`)}`;
}

/** The baselines, the front and the first of the others, in the given order. */
function shownRows(rows: readonly RankedPoint[]): readonly RankedPoint[] {
  if (rows.length <= MOST_ROWS) return rows;
  const first = [
    ...rows.filter(({ baseline }) => baseline).slice(0, MOST_ROWS / 4),
    ...rows.filter(({ baseline, tradeOff }) => !baseline && tradeOff).slice(0, MOST_ROWS / 4),
  ];
  const others = rows.filter(({ baseline, tradeOff }) => !baseline && !tradeOff);
  const shown = new Set([...first, ...others.slice(0, MOST_ROWS - first.length)]);
  return rows.filter((row) => shown.has(row));
}

function leftOutNote(all: readonly RankedPoint[], shown: readonly RankedPoint[]): Content {
  if (shown.length === all.length) return null;
  return html`<p class="note">The table has ${formatCount(shown.length)} of ${formatCount(all.length)} points: baselines, the front, and of the others the first by the metric of the sweep. Sorting sorts these. All of them: covgrad compare --csv, or --where and --sort for a part.</p>
`;
}

/** The first press of a head brings the best value up. */
function drawHead({ metrics }: Comparison, { name, label, unit, align }: ComparisonColumn): Content {
  const largestFirst = metricOfColumn(name, metrics)?.metric.goal === 'maximize';
  const below = unit === '' ? '' : html` <small>${unit}</small>`;
  return html`<th scope="col" class="${align}"${largestFirst ? html` data-first="descending"` : ''}><button type="button"><span>${label}</span>${below}</button></th>`;
}

/** `known` are the names of columns that have values; others are sorted by what they show. */
function drawCell(
  row: RankedPoint,
  { name, align, cells }: ComparisonColumn,
  index: number,
  known: ReadonlySet<string>,
): Content {
  const { text, mark } = cells[index] ?? { text: '', mark: '' };
  const value = known.has(name) ? columnValue(row, name) : text;
  const classes = mark === '*' ? `${align} best` : align;
  const shown = text.trim().replace(/ {2,}/g, ' ');
  return html`<td class="${classes}" data-value="${value === null ? '' : String(value)}">${mark === '' ? '' : html`<span class="mark">${mark}</span>`}${shown}</td>`;
}

function signOf(row: RankedPoint): string {
  if (!isFinished(row)) return UNFINISHED_SIGN;
  return `${row.shrunk ? SHRUNK_SIGN : ''}${row.tradeOff ? TRADE_OFF_SIGN : ''}`;
}
