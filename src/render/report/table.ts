/** The rows of a comparison as a table that its reader can sort. */
import type { Comparison } from '../../compare/compare.ts';
import { columnNames, columnValue, metricOfColumn } from '../../compare/order.ts';
import { isFinished, type RankedPoint } from '../../compare/standing.ts';
import { allColumns, BEST, buildColumns, type ComparisonColumn, TIED } from '../columns.ts';
import { legend, rowNotes, SHRUNK_SIGN, TRADE_OFF_SIGN, UNFINISHED_SIGN } from '../notes.ts';
import { type Content, html } from './html.ts';

/** Columns that signs stand for. */
const SIGNED: readonly string[] = ['trade-off', 'shrunk', BEST, TIED];

/** The table with its legend and its warnings. */
export function drawTable(comparison: Comparison): Content {
  const { rows, runs } = comparison;
  const names = allColumns(comparison).filter(
    (name) => !SIGNED.includes(name) && (name !== 'run' || runs.length > 1),
  );
  const columns = buildColumns(comparison, names, { chosen: true, intervals: true });
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
<p class="note">${legend(comparison, columns).join(' · ')}</p>
${rowNotes(comparison, columns).map((note) => html`<p class="note">${note}</p>`)}`;
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
