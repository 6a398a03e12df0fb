/** Learning curves: metrics after every epoch, the weights of one penalty in one picture beside the baseline. */

import type { Comparison, RunInput } from '../../compare/compare.ts';
import { learningCurves } from '../../compare/curves.ts';
import { groupBy } from '../../compare/group.ts';
import type { RankedPoint } from '../../compare/standing.ts';
import { leverOf, placeOf } from '../../compare/weight-paths.ts';
import { largestOf } from '../../extremes.ts';
import { printable } from '../../printable.ts';
import type { MetricInfo } from '../../record/measures.ts';
import { metricTitle, styleOf } from '../metric.ts';
import { rowNamer } from '../names.ts';
import { formatSetting } from '../number.ts';
import { type Content, html } from './html.ts';
import type { Plotter } from './plotting.ts';
import { lineSwatch } from './references.ts';
import { BASELINE_COLOR, type Series } from './series.ts';
import { evenShare, MOST_CURVES, MOST_EPOCHS, MOST_REFERENCES, shareNote } from './share.ts';

const WIDTH = 340;
const HEIGHT = 180;
const MOST_TICKS = 8;
/** Shades that the style sheet has for weights, the lightest weight first. */
const SHADES = 5;
/** More weights than these are not listed one by one. */
const LISTED_WEIGHTS = 6;

/** The curve of one point. */
export interface DrawnCurve {
  readonly name: string;
  readonly color: string;
  readonly baseline: boolean;
  readonly points: readonly { readonly epoch: number; readonly value: number }[];
}

/** What curves are drawn from. */
export interface CurveSource {
  /** With the rows that share the pictures. */
  readonly comparison: Comparison;
  readonly runs: readonly RunInput[];
  readonly layer?: string | undefined;
}

/** The curves of one metric by the type of the penalty, those of the baselines among each. */
export function drawnCurves(
  { comparison, runs, layer }: CurveSource,
  metric: MetricInfo,
): Map<string, readonly DrawnCurve[]> {
  const { scale } = styleOf(metric);
  const keyOf = ({ run, point }: { readonly run: string; readonly point: string }): string =>
    JSON.stringify([run, point]);
  const curves = new Map(learningCurves(runs, metric.name, layer).map((curve) => [keyOf(curve), curve]));
  const shades = shadesOf(comparison.rows);
  const nameOf = rowNamer(comparison);
  const drawn = comparison.rows.flatMap((row) => {
    const { values = [], at = [] } = curves.get(keyOf(row)) ?? {};
    const points = values.flatMap((value, index) =>
      value === null ? [] : [{ epoch: at[index] ?? 0, value: value * scale }],
    );
    const look = { name: nameOf(row), color: shades.get(row) ?? BASELINE_COLOR, baseline: row.baseline };
    return points.length === 0 ? [] : [{ row, curve: { ...look, points } }];
  });
  const curvesOf = (type: string | undefined): DrawnCurve[] =>
    drawn.flatMap(({ row, curve }) => (row.penalty?.type === type ? [curve] : []));
  const types = new Set(drawn.flatMap(({ row }) => row.penalty?.type ?? []));
  return new Map([...types].map((type) => [type, [...curvesOf(undefined), ...curvesOf(type)]]));
}

/** One card a penalty, with one picture a metric. */
export function drawCurvePlots(
  plotter: Plotter,
  source: CurveSource,
  metrics: readonly MetricInfo[],
  series: readonly Series[],
): Content {
  const shades = shadesOf(source.comparison.rows);
  const curves = metrics.map((metric) => ({ metric, byType: drawnCurves(source, metric) }));
  const cards = series.map(({ type }) => {
    const pictures = curves.flatMap(({ metric, byType }) => {
      const own = byType.get(type);
      return own === undefined ? [] : [drawPicture(plotter, metric, type, drawnShare(own))];
    });
    const [all = []] = curves.map(({ byType }) => byType.get(type) ?? []);
    const drawn = drawnShare(all);
    const longest = largestOf(
      all.map(({ points }) => points.length),
      0,
    );
    const note = [
      shareNote(drawn.length, all.length, 'curves', 'an even share in the order of the table.'),
      shareNote(MOST_EPOCHS, longest, 'epochs', 'evenly spaced, the first and the last among them.'),
    ];
    const legend = weightLegend(
      [...shades].filter(([{ penalty }]) => penalty?.type === type),
      source.comparison.rows.some(({ baseline }) => baseline),
    );
    return pictures.length === 0
      ? null
      : html`<section class="card"><h3>${printable(type)}</h3>${legend}${pictures}${note}</section>`;
  });
  return html`<div class="cards">${cards}</div>`;
}

/** An even share of the baselines and of the others, each with an even share of its epochs. */
function drawnShare(curves: readonly DrawnCurve[]): readonly DrawnCurve[] {
  const baselines = curves.filter(({ baseline }) => baseline);
  const others = curves.filter(({ baseline }) => !baseline);
  return [...evenShare(baselines, MOST_REFERENCES), ...evenShare(others, MOST_CURVES)].map((curve) => ({
    ...curve,
    points: evenShare(curve.points, MOST_EPOCHS),
  }));
}

function drawPicture(
  plotter: Plotter,
  metric: MetricInfo,
  type: string,
  curves: readonly DrawnCurve[],
): Content {
  const { Plot } = plotter;
  const epochs = largestOf(curves.flatMap(({ points }) => points.map(({ epoch }) => epoch)));
  const marks = curves.flatMap(({ name, color, baseline, points }) => [
    Plot.lineY(points, {
      x: 'epoch',
      y: 'value',
      stroke: color,
      strokeWidth: 2,
      ...(baseline && { strokeDasharray: '6 4' }),
    }),
    Plot.dot(points, { x: 'epoch', y: 'value', r: 2.5, fill: color, title: () => name }),
  ]);
  return plotter.draw(
    {
      width: WIDTH,
      height: HEIGHT,
      marginLeft: 46,
      marginBottom: 34,
      x: {
        label: 'epoch',
        ticks: ticksOf(epochs),
        tickFormat: String,
        ...(epochs === 1 && { domain: [0.5, 1.5] }),
      },
      y: { label: metricTitle(metric), grid: true, ticks: 4, inset: 5 },
      marks,
    },
    {
      title: `${metricTitle(metric)} by epoch, ${type}`,
      description: `Means over the seeds after ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}: ${curves.length} ${curves.length === 1 ? 'curve' : 'curves'}, those of baselines dashed.`,
    },
  );
}

/** Whole epochs, evenly spaced. */
function ticksOf(epochs: number): number[] {
  const step = Math.ceil(epochs / MOST_TICKS);
  return Array.from({ length: Math.ceil(epochs / step) }, (_, index) => 1 + index * step);
}

/** A shade for each row with a penalty: within a type the same for the same weight or strength, the stronger the larger. */
function shadesOf(rows: readonly RankedPoint[]): Map<RankedPoint, string> {
  const penalised = rows
    .filter(({ penalty }) => penalty !== null)
    .sort((a, b) => (placeOf(a) ?? 0) - (placeOf(b) ?? 0));
  const types = groupBy(penalised, ({ penalty }) => penalty?.type ?? '');
  return new Map(
    types.flatMap((type) => {
      const weights = groupBy(type, (row) => JSON.stringify([leverOf(row), placeOf(row)]));
      return weights.flatMap((group, index) => {
        const share = weights.length === 1 ? 1 : index / (weights.length - 1);
        return group.map((row) => [row, `var(--weight-${Math.round(share * (SHADES - 1))})`] as const);
      });
    }),
  );
}

function weightLegend(shades: readonly (readonly [RankedPoint, string])[], withBaseline: boolean): Content {
  const levers = new Set(shades.map(([row]) => leverOf(row) ?? 'weight'));
  const all = [
    ...new Map(
      shades.map(([row, color]) => {
        const place = placeOf(row);
        const text = place === null ? '—' : formatSetting(place);
        return [levers.size > 1 ? `${leverOf(row)} ${text}` : text, color];
      }),
    ),
  ];
  const [first, last] = [all[0], all.at(-1)];
  const shown = all.length <= LISTED_WEIGHTS || !first || !last ? all : [first, last];
  const between = shown.length < all.length ? html`<li>to</li>` : null;
  const entries = shown.map(
    ([place, color], index) => html`${index === 1 ? between : null}<li>${lineSwatch(color)} ${place}</li>`,
  );
  const head = levers.size === 1 ? html`<li>${[...levers]}</li>` : null;
  const baseline = withBaseline ? html`<li>${lineSwatch(BASELINE_COLOR, '6 4')} baseline</li>` : null;
  return html`<ul class="legend">${head}${entries}${baseline}</ul>`;
}
