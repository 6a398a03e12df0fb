/** Two metrics of all points against each other, with their intervals and the Pareto front. */
import type { Markish } from '@observablehq/plot';
import type { Comparison } from '../../compare/compare.ts';
import { type PlacedPoint, placePoints } from '../../compare/front.ts';
import type { MetricInfo } from '../../compare/measures.ts';
import { metricFormatter, metricTitle, styleOf } from '../metric.ts';
import { rowNamer } from '../names.ts';
import { domainOf, type Extent } from './axis.ts';
import { type Content, html } from './html.ts';
import type { Plotter } from './plotting.ts';
import { BASELINE_COLOR, type Series, seriesLegend } from './series.ts';

/** A picture for a desktop and one for a phone, of which the style sheet shows one. */
const SIZES = [
  { name: 'wide', width: 760, height: 430 },
  { name: 'narrow', width: 340, height: 340 },
] as const;
/** Points of the front have a letter each, that many of them. */
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/** A point as it is drawn: in the units of the axes. */
export interface TradeOffMark {
  readonly name: string;
  readonly type: string | null;
  /** Null off the front, and on it where the letters have run out. */
  readonly letter: string | null;
  readonly onFront: boolean;
  readonly x: Extent;
  readonly y: Extent;
}

/** The marks of all points with both metrics, the front by ascending `x` and before the others. */
export function tradeOffMarks(
  comparison: Comparison,
  [x, y]: readonly [MetricInfo, MetricInfo],
): TradeOffMark[] {
  const placed = placePoints(comparison.rows, x, y).sort(
    (a, b) => Number(b.onFront) - Number(a.onFront) || a.first - b.first,
  );
  const nameOf = rowNamer(comparison);
  return placed.map(({ row, onFront }: PlacedPoint, index) => ({
    name: nameOf(row),
    type: row.penalty?.type ?? null,
    letter: onFront ? (LETTERS[index] ?? null) : null,
    onFront,
    x: extentOf(row.metrics[x.name], x),
    y: extentOf(row.metrics[y.name], y),
  }));
}

/** The figure; `metrics` are the one to the right and the one upwards. */
export function drawTradeOff(
  plotter: Plotter,
  comparison: Comparison,
  metrics: readonly [MetricInfo, MetricInfo],
  series: readonly Series[],
): Content {
  const marks = tradeOffMarks(comparison, metrics);
  const [x, y] = metrics;
  if (marks.length === 0) return html`<p>No point has all its trials complete with both metrics.</p>`;
  const front = marks.filter(({ onFront }) => onFront);
  const description = {
    title: `${metricTitle(y)} against ${metricTitle(x)}`,
    description: `${marks.length} points with 95 % intervals; ${front.length} of them form the front, listed below the picture.`,
  };
  const pictures = SIZES.map(
    ({ name, width, height }) =>
      html`<div class="${name}">${plotter.draw(
        {
          width,
          height,
          marginLeft: 46,
          marginBottom: 40,
          grid: true,
          x: { label: metricTitle(x), domain: domainOf(marks.map((mark) => mark.x)), ticks: width / 90 },
          y: { label: metricTitle(y), domain: domainOf(marks.map((mark) => mark.y)), ticks: height / 60 },
          marks: marksOf(plotter, marks, { series, rightIsBetter: x.goal === 'maximize' }),
        },
        description,
      )}</div>`,
  );
  return html`<figure>${pictures}${seriesLegend(plotter, series)}<figcaption>${frontList(front, metrics)}</figcaption></figure>`;
}

function marksOf(
  { Plot }: Plotter,
  marks: readonly TradeOffMark[],
  { series, rightIsBetter }: { readonly series: readonly Series[]; readonly rightIsBetter: boolean },
): Markish[] {
  const front = marks.filter(({ onFront }) => onFront);
  const lookOf = ({ type }: TradeOffMark): Series | undefined => series.find((each) => each.type === type);
  const x = ({ x: { mean } }: TradeOffMark): number => mean;
  const y = ({ y: { mean } }: TradeOffMark): number => mean;
  const stroke = (mark: TradeOffMark): string => lookOf(mark)?.color ?? BASELINE_COLOR;
  const interval = { stroke, strokeOpacity: 0.55, clip: true } as const;
  return [
    Plot.line(front, {
      x,
      y,
      stroke: 'var(--text)',
      strokeOpacity: 0.6,
      strokeDasharray: '4 3',
      curve: rightIsBetter ? 'step-before' : 'step-after',
    }),
    Plot.ruleY(marks, { y, x1: ({ x: { low } }) => low, x2: ({ x: { high } }) => high, ...interval }),
    Plot.ruleX(marks, { x, y1: ({ y: { low } }) => low, y2: ({ y: { high } }) => high, ...interval }),
    // A symbol is an option of a whole mark, not of a point: the names of symbols would become a scale.
    ...[undefined, ...series].map((look) =>
      Plot.dot(
        marks.filter(({ type }) => (look?.type ?? null) === type),
        {
          x,
          y,
          r: 5,
          symbol: look?.symbol ?? 'circle',
          fill: look?.color ?? 'var(--page)',
          stroke: look === undefined ? BASELINE_COLOR : 'var(--page)',
          strokeWidth: look === undefined ? 2 : 0.75,
          title: ({ name }) => name,
        },
      ),
    ),
    // Neighbours on the front are often close: their letters stand on opposite sides.
    ...[-1, 1].map((side, remainder) =>
      Plot.text(
        front.filter((_, index) => index % 2 === remainder),
        {
          x,
          y,
          text: ({ letter }) => letter ?? '',
          dx: 9 * side,
          dy: 10 * side,
          fill: 'var(--text)',
          stroke: 'var(--page)',
          strokeWidth: 3,
          fontWeight: 'bold',
        },
      ),
    ),
  ];
}

function frontList(front: readonly TradeOffMark[], [x, y]: readonly [MetricInfo, MetricInfo]): Content {
  const write = (metric: MetricInfo, extents: readonly Extent[]) => {
    // The extents are in the unit of the axis, which the formatter applies.
    const { scale, unit } = styleOf(metric);
    const format = metricFormatter(
      metric,
      extents.map(({ mean }) => mean / scale),
    );
    return (extent: Extent): string => `${format(extent.mean / scale)}${unit === '' ? '' : `\u00a0${unit}`}`;
  };
  const writeX = write(
    x,
    front.map((mark) => mark.x),
  );
  const writeY = write(
    y,
    front.map((mark) => mark.y),
  );
  const entries = front.map(({ letter, name, x: right, y: up }) => {
    const values = [`${styleOf(y).label} ${writeY(up)},`, `${styleOf(x).label} ${writeX(right)}`];
    const written = values.map((value) => html` <span class="whole">${value}</span>`);
    return html`<li>${letter === null ? '' : html`<b>${letter}</b> `}${name}:${written}</li>`;
  });
  return html`The front: no other point is better in both. Bars are 95 % intervals over the seeds.<ul class="front">${entries}</ul>`;
}

function extentOf(
  summary: { readonly mean: number | null; readonly halfWidth95: number | null } | undefined,
  metric: MetricInfo,
): Extent {
  const { scale } = styleOf(metric);
  const mean = (summary?.mean ?? Number.NaN) * scale;
  const half = (summary?.halfWidth95 ?? 0) * scale;
  return { mean, low: mean - half, high: mean + half };
}
