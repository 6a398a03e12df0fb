/** Learning curves: metrics after every epoch, the weights of one penalty in one picture beside the baseline. */
import type { Comparison, RunInput } from '../../compare/compare.ts';
import { learningCurves } from '../../compare/curves.ts';
import { groupBy } from '../../compare/group.ts';
import type { MetricInfo } from '../../compare/measures.ts';
import type { RankedPoint } from '../../compare/standing.ts';
import { printable } from '../../printable.ts';
import { metricTitle, styleOf } from '../metric.ts';
import { formatWeight, rowNamer } from '../names.ts';
import { type Content, html } from './html.ts';
import type { Plotter } from './plotting.ts';
import { BASELINE_COLOR, type Series } from './series.ts';

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
  const curves = new Map(
    learningCurves(runs, metric.name, layer).map((curve) => [keyOf(curve), curve.values]),
  );
  const shades = shadesOf(comparison.rows);
  const nameOf = rowNamer(comparison);
  const drawn = comparison.rows.flatMap((row) => {
    const points = (curves.get(keyOf(row)) ?? []).flatMap((value, index) =>
      value === null ? [] : [{ epoch: index + 1, value: value * scale }],
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
      return own === undefined ? [] : [drawPicture(plotter, metric, type, own)];
    });
    const legend = weightLegend([...shades].filter(([{ penalty }]) => penalty?.type === type));
    return pictures.length === 0
      ? null
      : html`<section class="card"><h3>${printable(type)}</h3>${legend}${pictures}</section>`;
  });
  return html`<div class="cards">${cards}</div>`;
}

function drawPicture(
  plotter: Plotter,
  metric: MetricInfo,
  type: string,
  curves: readonly DrawnCurve[],
): Content {
  const { Plot } = plotter;
  const epochs = Math.max(...curves.flatMap(({ points }) => points.map(({ epoch }) => epoch)));
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
      y: { label: metricTitle(metric), grid: true, ticks: 4 },
      marks,
    },
    {
      title: `${metricTitle(metric)} by epoch, ${type}`,
      description: `Means over the seeds after each of ${epochs} epochs: ${curves.length} curves, that of the baseline dashed.`,
    },
  );
}

/** Whole epochs, evenly spaced. */
function ticksOf(epochs: number): number[] {
  const step = Math.ceil(epochs / MOST_TICKS);
  return Array.from({ length: Math.ceil(epochs / step) }, (_, index) => 1 + index * step);
}

/** A shade for each row with a penalty: within a type the same for the same weight, and the stronger the larger it is. */
function shadesOf(rows: readonly RankedPoint[]): Map<RankedPoint, string> {
  const penalised = rows
    .filter(({ penalty }) => penalty !== null)
    .sort((a, b) => (a.penalty?.weight ?? 0) - (b.penalty?.weight ?? 0));
  const types = groupBy(penalised, ({ penalty }) => penalty?.type ?? '');
  return new Map(
    types.flatMap((type) => {
      const weights = groupBy(type, ({ penalty }) => String(penalty?.weight));
      return weights.flatMap((group, index) => {
        const share = weights.length === 1 ? 1 : index / (weights.length - 1);
        return group.map((row) => [row, `var(--weight-${Math.round(share * (SHADES - 1))})`] as const);
      });
    }),
  );
}

function weightLegend(shades: readonly (readonly [RankedPoint, string])[]): Content {
  const weights = new Map(
    shades.map(([{ penalty }, color]) => [(penalty && formatWeight(penalty)) ?? '—', color]),
  );
  const all = [...weights];
  const [first, last] = [all[0], all.at(-1)];
  const shown = all.length <= LISTED_WEIGHTS || !first || !last ? all : [first, last];
  const between = shown.length < all.length ? html`<li>to</li>` : null;
  const entries = shown.map(
    ([weight, color], index) => html`${index === 1 ? between : null}<li>${swatch(color)} ${weight}</li>`,
  );
  return html`<ul class="legend"><li>weight</li>${entries}<li>${swatch(BASELINE_COLOR)} baseline</li></ul>`;
}

function swatch(color: string): Content {
  return html`<svg class="swatch" width="14" height="4" aria-hidden="true"><rect width="14" height="4" fill="${color}"/></svg>`;
}
