/** How penalties are told apart in all pictures of a report: each has one colour and one symbol. */
import type { PointSummary } from '../../compare/point.ts';
import { printable } from '../../printable.ts';
import { type Content, html } from './html.ts';
import type { Plotter } from './plotting.ts';

/** The look of one penalty. */
export interface Series {
  readonly type: string;
  /** A variable of the style sheet, which has it for a light and for a dark page. */
  readonly color: string;
  readonly symbol: (typeof SYMBOLS)[number];
}

/** Colours that the style sheet defines. */
const COLORS = 8;
/** One fewer than the colours, so that a colour which comes again has another symbol. */
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye', 'cross'] as const;

/** The colour of a baseline. */
export const BASELINE_COLOR = 'var(--baseline)';

/** The series of all penalties, in the order of the plan. */
export function seriesOf(rows: readonly PointSummary[]): Series[] {
  const ordered = [...rows].sort((a, b) => a.index - b.index);
  const types = new Set(ordered.flatMap(({ penalty }) => penalty?.type ?? []));
  return [...types].map((type, index) => ({
    type,
    color: `var(--series-${index % COLORS})`,
    symbol: SYMBOLS[index % SYMBOLS.length] ?? 'circle',
  }));
}

/** The symbols with the names of the penalties, and `others` behind them. */
export function seriesLegend(
  plotter: Plotter,
  series: readonly Series[],
  { withBaseline, others }: { readonly withBaseline: boolean; readonly others: Content },
): Content {
  const entries = series.map(
    ({ type, color, symbol }) =>
      html`<li>${icon(plotter, { symbol, fill: color, stroke: color })} ${printable(type)}</li>`,
  );
  const look = { symbol: 'circle', fill: 'none', stroke: BASELINE_COLOR } as const;
  const baseline = withBaseline ? html`<li>${icon(plotter, look)} baseline</li>` : null;
  return html`<ul class="legend">${entries}${baseline}${others}</ul>`;
}

function icon(plotter: Plotter, look: { symbol: Series['symbol']; fill: string; stroke: string }): Content {
  const { Plot } = plotter;
  return plotter.ornament({
    width: 14,
    height: 14,
    margin: 0,
    axis: null,
    marks: [Plot.dot([[7, 7]], { x: '0', y: '1', r: 4, strokeWidth: 1.5, ...look })],
    x: { type: 'identity' },
    y: { type: 'identity' },
  });
}
