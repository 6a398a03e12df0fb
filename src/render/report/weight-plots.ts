/** Metrics along the weight or the strength of each penalty, with their intervals, beside the lines to read them against. */

import type { Markish } from '@observablehq/plot';
import type { Comparison } from '../../compare/compare.ts';
import { isFinished } from '../../compare/standing.ts';
import { type Lever, leverOf, placeOf, type WeightPath, weightPaths } from '../../compare/weight-paths.ts';
import { printable } from '../../printable.ts';
import type { MetricInfo } from '../../record/measures.ts';
import { PENALTY_STRENGTH } from '../../record/penalty-paths.ts';
import { describeTrials } from '../columns.ts';
import { metricTitle, styleOf } from '../metric.ts';
import { rowNamer, varyingSettings } from '../names.ts';
import { formatSetting } from '../number.ts';
import { domainOf, domainOfWeights, weightTicks } from './axis.ts';
import { type Content, html } from './html.ts';
import type { Plotter } from './plotting.ts';
import { drawReferences, lineSwatch, type Reference, referenceEntries, referencesOf } from './references.ts';
import type { Series } from './series.ts';
import { evenShare, MOST_LINES, MOST_PLACES, shareNote } from './share.ts';

const WIDTH = 340;
const HEIGHT = 180;
/** Lines of one penalty, which differ in other settings, are told apart by their dashes: so many of them. */
const DASHES = ['none', '7 3', '2 2', '8 2 2 2'] as const;

type Row = Comparison['rows'][number];
type Path = WeightPath<Row>;

/** What the cards of one picture have in common: the scales, so that they can be compared. */
interface Subject {
  readonly comparison: Comparison;
  readonly lever: Lever;
  readonly metric: MetricInfo;
  /** The paths of all penalties. */
  readonly paths: readonly Path[];
  /** Places that have a point, finished or not, ascending. */
  readonly places: readonly number[];
  readonly references: readonly Reference[];
}

/** One card a penalty, with one picture a metric, and a legend of the lines; null where no penalty has this lever. */
export function drawWeightPlots(
  plotter: Plotter,
  comparison: Comparison,
  metrics: readonly MetricInfo[],
  { series, lever }: { readonly series: readonly Series[]; readonly lever: Lever },
): Content {
  const rows = comparison.rows.filter((row) => leverOf(row) === lever);
  const places = [...new Set(rows.flatMap((row) => placeOf(row) ?? []))].sort((a, b) => a - b);
  const subjects = metrics.map(
    (metric): Subject => ({
      comparison,
      lever,
      metric,
      places,
      paths: weightPaths(comparison.rows, metric.name).filter((path) => path.lever === lever),
      references: referencesOf(comparison, metric),
    }),
  );
  const cards = series.map((look) => {
    const drawn = subjects.map((subject) => ({ ...subject, own: drawnPaths(subject, look) }));
    const dashes = dashesOf(drawn, look);
    const pictures = drawn.flatMap((subject) => drawPicture(plotter, subject, { look, dashes }) ?? []);
    return pictures.length === 0
      ? null
      : html`<section class="card"><h3>${printable(look.type)}</h3>${lineLegend(dashes, look)}${pictures}${noteOnShare(drawn, look)}</section>`;
  });
  if (cards.every((card) => card === null)) return null;
  const unfinished = rows.some((row) => !isFinished(row));
  const cross = unfinished ? html`<li><b>×</b> not all trials are complete</li>` : null;
  const references = subjects.flatMap((subject) => subject.references);
  return html`<ul class="legend">${referenceEntries(references)}${cross}</ul><div class="cards">${cards}</div>`;
}

/** A subject with the paths of one penalty as they are drawn. */
interface Drawn extends Subject {
  readonly own: readonly Path[];
}

/** All paths of a penalty, or of many an even share, and so of their points. */
function drawnPaths({ paths }: Subject, { type }: Series): readonly Path[] {
  const own = paths.filter((path) => path.type === type);
  const points = own.reduce((sum, path) => sum + path.points.length, 0);
  if (points <= MOST_PLACES) return own;
  const some = evenShare(own, MOST_LINES);
  return some.map((path) => ({
    ...path,
    points: evenShare(path.points, Math.floor(MOST_PLACES / some.length)),
  }));
}

function noteOnShare(subjects: readonly Drawn[], { type }: Series): Content {
  const count = (paths: readonly Path[]): number => paths.reduce((sum, path) => sum + path.points.length, 0);
  const [first] = subjects.map(({ own, paths, lever }) => {
    const all = paths.filter((path) => path.type === type);
    const lines = all.length > own.length ? `${own.length} of ${all.length} lines, and of each ` : '';
    return { drawn: count(own), all: count(all), which: `${lines}an even share along its ${lever}.` };
  });
  return first === undefined ? null : shareNote(first.drawn, first.all, 'points', first.which);
}

/** How one penalty is drawn. */
interface Look {
  readonly look: Series;
  readonly dashes: ReadonlyMap<string, string>;
}

function drawPicture(plotter: Plotter, subject: Drawn, { look, dashes }: Look): Content {
  const { comparison, lever, metric, places, references } = subject;
  const paths = subject.own;
  const unfinished = evenShare(
    comparison.rows.filter(
      (row) => row.penalty?.type === look.type && leverOf(row) === lever && !isFinished(row),
    ),
    MOST_PLACES,
  );
  const { scale } = styleOf(metric);
  const extents = [
    ...subject.paths.flatMap(({ points }) =>
      points.map(({ mean, low, high }) => ({ mean: mean * scale, low: low * scale, high: high * scale })),
    ),
    ...references.map(({ value }) => ({ mean: value, low: value, high: value })),
  ];
  if (paths.length + unfinished.length === 0 || extents.length === 0) return null;
  const positive = (places[0] ?? 0) > 0;
  const points = paths.flatMap((path) => path.points).length;
  return plotter.draw(
    {
      width: WIDTH,
      height: HEIGHT,
      marginLeft: 46,
      marginBottom: 34,
      x: { label: lever, type: positive ? 'log' : 'linear', domain: domainOfWeights(places, positive) },
      y: { label: metricTitle(metric), domain: domainOf(extents), ticks: 4, grid: true },
      marks: [
        axisOf(plotter, places),
        ...drawReferences(plotter, references, 'across'),
        ...marksOf(plotter, subject, paths, { look, dashes }),
        ...crossesOf(plotter, comparison, unfinished),
      ],
    },
    {
      title: `${metricTitle(metric)} by ${lever}, ${look.type}`,
      description: `${points} ${points === 1 ? 'point' : 'points'}, with 95 % intervals where there are several seeds.`,
    },
  );
}

/** Written by hand, because a logarithmic axis of the library leaves out the labels of all but powers of ten. */
function axisOf({ Plot }: Plotter, places: readonly number[]): Markish {
  const text = (place: number): string => String(Number(place.toPrecision(3)));
  const ticks = weightTicks(places);
  return typeof ticks === 'number'
    ? Plot.axisX({ ticks, tickFormat: text })
    : Plot.axisX(ticks, { text: (tick: number) => text(tick) });
}

function marksOf(
  { Plot }: Plotter,
  subject: Subject,
  paths: readonly Path[],
  { look, dashes }: Look,
): Markish[] {
  const { scale } = styleOf(subject.metric);
  const nameOf = rowNamer(subject.comparison);
  const lineName = lineNamer(subject, look);
  const place = paths.flatMap(({ points }) =>
    points.map(({ row, at, mean, low, high }) => ({
      name: nameOf(row),
      at,
      mean: mean * scale,
      low: low * scale,
      high: high * scale,
    })),
  );
  return [
    ...linesOf(paths).flatMap((path) => [
      Plot.areaY(path.points, {
        x: 'at',
        y1: ({ low }) => low * scale,
        y2: ({ high }) => high * scale,
        fill: look.color,
        fillOpacity: 0.18,
        clip: true,
      }),
      Plot.lineY(path.points, {
        x: 'at',
        y: ({ mean }) => mean * scale,
        stroke: look.color,
        strokeWidth: 2,
        strokeDasharray: dashes.get(lineName(path)) ?? 'none',
      }),
    ]),
    Plot.ruleX(place, {
      x: 'at',
      y1: 'low',
      y2: 'high',
      stroke: look.color,
      strokeOpacity: 0.55,
      clip: true,
    }),
    Plot.dot(place, { x: 'at', y: 'mean', r: 3.5, symbol: look.symbol, fill: look.color, title: 'name' }),
  ];
}

/** A cross at the foot where a point has no mean over all seeds: a line that ends would hide how it went on. */
function crossesOf({ Plot }: Plotter, comparison: Comparison, unfinished: readonly Row[]): Markish[] {
  const nameOf = rowNamer(comparison);
  return unfinished.length === 0
    ? []
    : [
        Plot.text(unfinished, {
          x: placeOf,
          frameAnchor: 'bottom',
          dy: -3,
          text: () => '×',
          fontSize: 15,
          fontWeight: 'bold',
          fill: 'var(--text)',
          title: (row: Row) => `${nameOf(row)}: ${describeTrials(row.trials)}`,
        }),
      ];
}

function linesOf(paths: readonly Path[]): readonly Path[] {
  return paths.filter(({ points }) => points.length > 1);
}

/** What tells the lines of a penalty apart: the run where there are several, and the other settings that vary. */
function lineNamer({ comparison, lever }: Subject, { type }: Series): (path: Path) => string {
  const rows = comparison.rows.filter((row) => row.penalty?.type === type && leverOf(row) === lever);
  const varying = varyingSettings(rows).filter((path) => path !== PENALTY_STRENGTH);
  return ({ run, points: [first] }) => {
    const settings = varying.map((path) => `${path} ${formatSetting(first?.row.settings[path] ?? '—')}`);
    return [...(comparison.runs.length > 1 ? [run] : []), ...settings].join(', ');
  };
}

/** Dashes by the name of the line: none where there is one line, or more than can be told apart. */
function dashesOf(subjects: readonly Drawn[], look: Series): ReadonlyMap<string, string> {
  const names = new Set(subjects.flatMap((subject) => linesOf(subject.own).map(lineNamer(subject, look))));
  const told = names.size > 1 && names.size <= DASHES.length;
  return new Map(told ? [...names].map((name, index) => [name, DASHES[index] ?? 'none']) : []);
}

function lineLegend(dashes: ReadonlyMap<string, string>, { color }: Series): Content {
  const entries = [...dashes].map(([name, dash]) => html`<li>${lineSwatch(color, dash)} ${name}</li>`);
  return entries.length === 0 ? null : html`<ul class="legend">${entries}</ul>`;
}
