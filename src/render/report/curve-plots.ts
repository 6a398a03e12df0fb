/** Learning curves: metrics after every epoch, the weights of one penalty in one picture beside the baseline. */
import type { Comparison, RunInput } from '../../compare/compare.ts';
import { curveOfRow, learningCurves } from '../../compare/curves.ts';
import { groupBy } from '../../compare/group.ts';
import type { MetricInfo } from '../../compare/measures.ts';
import type { RankedPoint } from '../../compare/standing.ts';
import { printable } from '../../printable.ts';
import { metricTitle, styleOf } from '../metric.ts';
import { formatWeight, rowName } from '../names.ts';
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

/** One card a penalty, with one picture a metric. */
export function drawCurvePlots(
  plotter: Plotter,
  {
    comparison,
    runs,
    layer,
  }: { comparison: Comparison; runs: readonly RunInput[]; layer?: string | undefined },
  metrics: readonly MetricInfo[],
  series: readonly Series[],
): Content {
  const curves = new Map(metrics.map((metric) => [metric, learningCurves(runs, metric.name, layer)]));
  const cards = series.map(({ type }) => {
    const rows = comparison.rows.filter((row) => row.baseline || row.penalty?.type === type);
    const shades = shadesOf(rows);
    const pictures = metrics.flatMap((metric) => {
      const drawn = rows.flatMap((row): DrawnCurve[] => {
        const values = curveOfRow(curves.get(metric) ?? [], row)?.values ?? [];
        const points = values.flatMap((value, index) =>
          value === null ? [] : [{ epoch: index + 1, value: value * styleOf(metric).scale }],
        );
        const color = shades.get(row) ?? BASELINE_COLOR;
        return points.length === 0
          ? []
          : [{ name: rowName(row, comparison), color, baseline: row.baseline, points }];
      });
      return drawn.some(({ baseline }) => !baseline) ? [drawPicture(plotter, metric, type, drawn)] : [];
    });
    return pictures.length === 0
      ? null
      : html`<section class="card"><h3>${printable(type)}</h3>${weightLegend(shades)}${pictures}</section>`;
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

/** A shade for each row with a penalty: the same for the same weight, and the stronger the larger it is. */
function shadesOf(rows: readonly RankedPoint[]): Map<RankedPoint, string> {
  const penalised = rows
    .filter(({ penalty }) => penalty !== null)
    .sort((a, b) => (a.penalty?.weight ?? 0) - (b.penalty?.weight ?? 0));
  const weights = groupBy(penalised, ({ penalty }) => String(penalty?.weight));
  return new Map(
    weights.flatMap((group, index) => {
      const share = weights.length === 1 ? 1 : index / (weights.length - 1);
      return group.map((row) => [row, `var(--weight-${Math.round(share * (SHADES - 1))})`] as const);
    }),
  );
}

function weightLegend(shades: ReadonlyMap<RankedPoint, string>): Content {
  const weights = new Map(
    [...shades].map(([{ penalty }, color]) => [(penalty && formatWeight(penalty)) ?? '—', color]),
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
