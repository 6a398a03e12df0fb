/** Two metrics of all points against each other, with their intervals and the Pareto front. */
import type { Markish } from '@observablehq/plot';
import type { Comparison } from '../../compare/compare.ts';
import type { MetricInfo } from '../../record/measures.ts';
import { metricFormatter, metricTitle, styleOf } from '../metric.ts';
import { domainOf, type Extent } from './axis.ts';
import { type Content, html } from './html.ts';
import type { Description, Plotter } from './plotting.ts';
import {
  drawReferences,
  freeLayerElsewhere,
  type Reference,
  referenceEntries,
  referencesOf,
} from './references.ts';
import { BASELINE_COLOR, type Series, seriesLegend } from './series.ts';
import { evenShare, MOST_LISTED, MOST_MARKS, shareNote } from './share.ts';
import { type TradeOffMark, tradeOffMarks, withoutFarPoints } from './trade-off-marks.ts';

/** A picture for a desktop and one for a phone, of which the style sheet shows one. */
const SIZES = [
  { name: 'wide', width: 760, height: 430 },
  { name: 'narrow', width: 340, height: 340 },
] as const;

/** The figure; `metrics` are the one to the right and the one upwards. */
export function drawTradeOff(
  plotter: Plotter,
  comparison: Comparison,
  metrics: readonly [MetricInfo, MetricInfo],
  series: readonly Series[],
): Content {
  const all = tradeOffMarks(comparison, metrics);
  const marks = drawnMarks(all);
  const [x, y] = metrics;
  if (marks.length === 0) return html`<p>No point has all its trials complete with both metrics.</p>`;
  const front = marks.filter(({ onFront }) => onFront);
  const drawn = series.filter(({ type }) => marks.some((mark) => mark.type === type));
  // The baseline itself is a point of the picture, and a floor is no point that training can reach.
  const lines = metrics.map((metric) =>
    referencesOf(comparison, metric).filter(({ kind }) => kind === 'free'),
  );
  const subject = { metrics, front, lines, series: drawn };
  const title = `${metricTitle(y)} against ${metricTitle(x)}`;
  const withIntervals = marks.some((mark) => mark.x.low < mark.x.high || mark.y.low < mark.y.high);
  const whole = drawSizes(
    plotter,
    { ...subject, marks },
    {
      title,
      description: `${points(marks.length)}${withIntervals ? ' with 95 % intervals' : ''}; ${front.length} of them form the front, listed below the picture.`,
    },
  );
  const legend = seriesLegend(plotter, drawn, {
    withBaseline: marks.some(({ type }) => type === null),
    others: referenceEntries(lines.flat()),
  });
  return html`<figure>${whole}${legend}<figcaption>${frontList(front, metrics, withIntervals)}</figcaption></figure>
${shareNote(marks.length, all.length, 'points', `the front, the baselines, and the others evenly along ${metricTitle(x)}.`)}${drawCloser(plotter, { ...subject, marks }, title)}${noteOnFreeBaseline(comparison)}`;
}

/** All marks, or of many an even share of the front, of the baselines and of the others, in the order of the marks. */
function drawnMarks(marks: readonly TradeOffMark[]): readonly TradeOffMark[] {
  if (marks.length <= MOST_MARKS) return marks;
  const front = marks.filter(({ onFront }) => onFront);
  const baselines = marks.filter(({ onFront, type }) => !onFront && type === null);
  const others = marks.filter(({ onFront, type }) => !onFront && type !== null);
  const first = [...evenShare(front, MOST_MARKS / 3), ...evenShare(baselines, MOST_MARKS / 3)];
  return [...first, ...evenShare(others, MOST_MARKS - first.length)];
}

/** The picture once more where a few points far off crowd the others together. */
function drawCloser(plotter: Plotter, subject: Subject, title: string): Content {
  const near = withoutFarPoints(subject.marks);
  if (near === null) return null;
  const far = subject.marks.length - near.length;
  const picture = drawSizes(
    plotter,
    { ...subject, marks: near },
    { title: `${title}, closer`, description: `The ${points(near.length)} that lie close together.` },
  );
  return html`<p class="note">Closer: the same without the ${points(far)} that ${far === 1 ? 'lies' : 'lie'} far from the rest.</p><figure>${picture}</figure>`;
}

function noteOnFreeBaseline(comparison: Comparison): Content {
  const layer = freeLayerElsewhere(comparison);
  return layer === undefined
    ? null
    : html`<p class="note">The free baseline whitens ${layer} alone and has no place beside means over other layers: --layer ${layer} shows it.</p>`;
}

/** A picture of some points. */
interface Subject {
  readonly metrics: readonly [MetricInfo, MetricInfo];
  readonly marks: readonly TradeOffMark[];
  /** Of all points. */
  readonly front: readonly TradeOffMark[];
  /** Upright ones, then those across. */
  readonly lines: readonly (readonly Reference[])[];
  readonly series: readonly Series[];
}

function drawSizes(plotter: Plotter, subject: Subject, description: Description): Content {
  const { metrics, marks, lines } = subject;
  const [x, y] = metrics;
  const [upright = [], across = []] = lines.map((references) =>
    references.map(({ value }) => ({ mean: value, low: value, high: value })),
  );
  return SIZES.map(
    ({ name, width, height }) =>
      html`<div class="${name}">${plotter.draw(
        {
          width,
          height,
          marginLeft: 46,
          marginBottom: 40,
          grid: true,
          x: {
            label: metricTitle(x),
            domain: domainOf([...marks.map((mark) => mark.x), ...upright]),
            ticks: width / 90,
          },
          y: {
            label: metricTitle(y),
            domain: domainOf([...marks.map((mark) => mark.y), ...across]),
            ticks: height / 60,
          },
          marks: marksOf(plotter, subject),
        },
        description,
      )}</div>`,
  );
}

function points(count: number): string {
  return `${count} ${count === 1 ? 'point' : 'points'}`;
}

function marksOf(plotter: Plotter, { metrics, marks, front: wholeFront, lines, series }: Subject): Markish[] {
  const { Plot } = plotter;
  const front = marks.filter(({ onFront }) => onFront);
  const lookOf = ({ type }: TradeOffMark): Series | undefined => series.find((each) => each.type === type);
  const x = ({ x: { mean } }: TradeOffMark): number => mean;
  const y = ({ y: { mean } }: TradeOffMark): number => mean;
  const stroke = (mark: TradeOffMark): string => lookOf(mark)?.color ?? BASELINE_COLOR;
  const interval = { stroke, strokeOpacity: 0.55, clip: true } as const;
  const [upright = [], across = []] = lines;
  return [
    ...drawReferences(plotter, upright, 'upright'),
    ...drawReferences(plotter, across, 'across'),
    Plot.line(wholeFront, {
      x,
      y,
      clip: true,
      stroke: 'var(--text)',
      strokeOpacity: 0.6,
      strokeDasharray: '4 3',
      curve: metrics[0].goal === 'maximize' ? 'step-before' : 'step-after',
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

function frontList(
  front: readonly TradeOffMark[],
  [x, y]: readonly [MetricInfo, MetricInfo],
  withIntervals: boolean,
): Content {
  const write = (metric: MetricInfo) => {
    // The extents are in the unit of the axis, which the formatter applies.
    const { scale, unit } = styleOf(metric);
    const format = metricFormatter(metric);
    return (extent: Extent): string => `${format(extent.mean / scale)}${unit === '' ? '' : `\u00a0${unit}`}`;
  };
  const [writeX, writeY] = [write(x), write(y)];
  const entries = evenShare(front, MOST_LISTED).map(({ letter, name, x: right, y: up }) => {
    const values = [`${styleOf(y).label} ${writeY(up)},`, `${styleOf(x).label} ${writeX(right)}`];
    const written = values.map((value) => html` <span class="whole">${value}</span>`);
    return html`<li>${letter === null ? '' : html`<b>${letter}</b> `}${name}:${written}</li>`;
  });
  const bars = withIntervals
    ? 'Bars are 95 % intervals over the seeds.'
    : 'One seed: there are no intervals.';
  return html`The front: no other point is better in both. ${bars}${front.length > entries.length ? ` Listed are ${entries.length} of its ${front.length} points.` : ''}<ul class="front">${entries}</ul>`;
}
