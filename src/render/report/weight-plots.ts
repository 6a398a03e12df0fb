/** Metrics along the weight of each penalty, with their intervals, beside the baseline and the floor. */
import type { Markish } from '@observablehq/plot';
import type { Comparison } from '../../compare/compare.ts';
import type { MetricInfo } from '../../compare/measures.ts';
import { meanOverAll } from '../../compare/standing.ts';
import { type WeightPath, weightPaths } from '../../compare/weight-paths.ts';
import { printable } from '../../printable.ts';
import { metricTitle, styleOf } from '../metric.ts';
import { rowNamer } from '../names.ts';
import { domainOf, domainOfWeights, weightTicks } from './axis.ts';
import { type Content, html } from './html.ts';
import type { Plotter } from './plotting.ts';
import { BASELINE_COLOR, type Series } from './series.ts';

const WIDTH = 340;
const HEIGHT = 180;
type Row = Comparison['rows'][number];

/** One card a penalty, with one picture a metric; scales are shared by all cards so that they can be compared. */
export function drawWeightPlots(
  plotter: Plotter,
  comparison: Comparison,
  metrics: readonly MetricInfo[],
  series: readonly Series[],
): Content {
  const pathsOf = new Map(metrics.map((metric) => [metric, weightPaths(comparison.rows, metric.name)]));
  const cards = series.map((look) => {
    const pictures = metrics.map((metric) => {
      const all = pathsOf.get(metric) ?? [];
      return drawPicture(plotter, comparison, { metric, look, all });
    });
    const drawn = pictures.filter((picture) => picture !== null);
    return drawn.length === 0
      ? null
      : html`<section class="card"><h3>${printable(look.type)}</h3>${drawn}</section>`;
  });
  return html`<div class="cards">${cards}</div>`;
}

interface Subject {
  readonly metric: MetricInfo;
  readonly look: Series;
  /** The paths of all penalties, for the scales. */
  readonly all: readonly WeightPath<Row>[];
}

function drawPicture(plotter: Plotter, comparison: Comparison, { metric, look, all }: Subject): Content {
  const paths = all.filter(({ type }) => type === look.type);
  if (paths.length === 0) return null;
  const { scale } = styleOf(metric);
  const everything = all.flatMap(({ points }) => points);
  const weights = [...new Set(everything.map(({ weight }) => weight))].sort((a, b) => a - b);
  const references = referencesOf(comparison, metric);
  const extents = [
    ...everything.map(({ mean, low, high }) => ({
      mean: mean * scale,
      low: low * scale,
      high: high * scale,
    })),
    ...references.map(({ value }) => ({ mean: value, low: value, high: value })),
  ];
  const positive = (weights[0] ?? 0) > 0;
  return plotter.draw(
    {
      width: WIDTH,
      height: HEIGHT,
      marginLeft: 46,
      marginBottom: 34,
      x: {
        label: 'weight',
        type: positive ? 'log' : 'linear',
        ticks: weightTicks(weights),
        tickFormat: (weight: number) => String(Number(weight.toPrecision(3))),
        domain: domainOfWeights(weights, positive),
      },
      y: { label: metricTitle(metric), domain: domainOf(extents), ticks: 4, grid: true },
      marks: marksOf(plotter, comparison, { paths, look, scale, references }),
    },
    {
      title: `${metricTitle(metric)} by weight, ${look.type}`,
      description: `${paths.flatMap(({ points }) => points).length} points with their 95 % intervals; the dashed line is the baseline.`,
    },
  );
}

function marksOf(
  { Plot }: Plotter,
  comparison: Comparison,
  {
    paths,
    look,
    scale,
    references,
  }: {
    readonly paths: readonly WeightPath<Row>[];
    readonly look: Series;
    readonly scale: number;
    readonly references: readonly Reference[];
  },
): Markish[] {
  const lines = paths.filter(({ points }) => points.length > 1);
  const nameOf = rowNamer(comparison);
  const place = paths.flatMap(({ points }) =>
    points.map(({ row, weight, mean, low, high }) => ({
      name: nameOf(row),
      weight,
      mean: mean * scale,
      low: low * scale,
      high: high * scale,
    })),
  );
  return [
    ...references.map(({ value, floor }) =>
      Plot.ruleY([value], {
        stroke: BASELINE_COLOR,
        strokeWidth: 1.5,
        strokeDasharray: floor ? '1 4' : '6 4',
        clip: true,
      }),
    ),
    ...lines.flatMap(({ points }) => [
      Plot.areaY(points, {
        x: 'weight',
        y1: ({ low }) => low * scale,
        y2: ({ high }) => high * scale,
        fill: look.color,
        fillOpacity: 0.18,
        clip: true,
      }),
      Plot.lineY(points, { x: 'weight', y: ({ mean }) => mean * scale, stroke: look.color, strokeWidth: 2 }),
    ]),
    Plot.ruleX(place, {
      x: 'weight',
      y1: 'low',
      y2: 'high',
      stroke: look.color,
      strokeOpacity: 0.55,
      clip: true,
    }),
    Plot.dot(place, {
      x: 'weight',
      y: 'mean',
      r: 3.5,
      symbol: look.symbol,
      fill: look.color,
      title: 'name',
    }),
  ];
}

/** A horizontal line. */
interface Reference {
  readonly value: number;
  readonly floor: boolean;
}

/** Every baseline and every floor of the rows, in the unit of the axis. */
function referencesOf({ rows }: Comparison, metric: MetricInfo): Reference[] {
  const { scale } = styleOf(metric);
  const baselines = rows.flatMap((row) => (row.baseline ? (meanOverAll(row, metric.name) ?? []) : []));
  const floors = rows.flatMap(({ metrics }) => metrics[metric.name]?.floor ?? []);
  return [
    ...[...new Set(baselines)].map((value) => ({ value: value * scale, floor: false })),
    ...[...new Set(floors)].map((value) => ({ value: value * scale, floor: true })),
  ];
}
