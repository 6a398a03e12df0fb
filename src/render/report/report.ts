/** A comparison as one HTML document that needs nothing else: no network, no other file. */
import { createHash } from 'node:crypto';
import type { Comparison, RunInput, RunSummary } from '../../compare/compare.ts';
import { groupBy } from '../../compare/group.ts';
import { type Lever, leverOf } from '../../compare/weight-paths.ts';
import {
  CORRELATION,
  choosingMetric,
  type MetricInfo,
  tellingMetric,
  toldQuality,
} from '../../record/measures.ts';
import { VERSION } from '../../version.ts';
import { runHeads } from '../head.ts';
import { unbroken } from '../text.ts';
import { verdictInWords } from '../words.ts';
import { drawCircumstances } from './circumstances.ts';
import { drawCurvePlots } from './curve-plots.ts';
import { type Content, type Html, html, trusted } from './html.ts';
import { drawMatrices, pictures } from './matrices.ts';
import { loadPlotter, type Plotter } from './plotting.ts';
import { seriesOf } from './series.ts';
import { SORTING_SCRIPT } from './sorting.ts';
import { STYLE } from './style.ts';
import { drawTable } from './table.ts';
import { drawTradeOff } from './trade-off.ts';
import { drawWeightPlots } from './weight-plots.ts';

/** What a report shows. */
export interface ReportSource {
  readonly runs: readonly RunInput[];
  /** Of these runs. */
  readonly comparison: Comparison;
  /** The layer that the comparison is of, where it is not the mean over all. */
  readonly layer?: string | undefined;
}

/** What a penalty can be drawn along. */
const LEVERS: readonly {
  readonly lever: Lever;
  readonly id: string;
  readonly title: string;
  readonly note: string;
}[] = [
  { lever: 'weight', id: 'weights', title: 'By weight', note: '' },
  {
    lever: 'strength',
    id: 'strengths',
    title: 'By strength',
    note: 'The sweep sets the strength of the penalty, ‖weight · ∂penalty/∂X‖ / ‖∂loss/∂X‖ before training, and each trial its weight from it.',
  },
];

/**
 * The document, the same for the same runs.
 *
 * Errors: CovgradError `REPORT_PACKAGES_MISSING` where the packages that draw are not installed.
 */
export async function renderReport(source: ReportSource): Promise<string> {
  const plotter = await loadPlotter();
  const { comparison, runs } = source;
  const title = comparison.runs.map(({ name }) => name).join(', ');
  const body = html`<header><h1>${title}</h1>
${runHeads(comparison).map(({ name, facts }) => html`<p class="facts">${runs.length > 1 ? html`<b>${name}</b> · ` : ''}${facts}</p>`)}
${contents(source)}
</header>
<main>
<section><h2 id="verdict">Verdict</h2><div class="verdict">${verdictInWords(comparison).map((sentence) => html`<p>${unbroken(sentence)}</p>`)}</div></section>
<section><h2 id="points">All points</h2>${drawTable(comparison)}</section>
${drawPictures(plotter, source)}
<section><h2 id="circumstances">Configuration and environment</h2>${runs.map(drawCircumstances)}</section>
</main>
<footer><p class="note">Written by covgrad ${VERSION} from the stored records. Every number is a mean over the seeds unless it says otherwise.</p></footer>`;
  return page(title, body).text;
}

/** Links to the sections of this page. */
function contents({ comparison, runs }: ReportSource): Content {
  const drawn = comparison.rows.some(({ penalty }) => penalty !== null);
  const sections: [string, string, boolean][] = [
    ['points', 'All points', true],
    ['trade-off', 'Trade-off', drawn],
    ['matrices', 'Correlation matrices', drawn && pictures(comparison, runs).length > 0],
    ...LEVERS.map(({ lever, id, title }): [string, string, boolean] => [
      id,
      title,
      comparison.rows.some((row) => leverOf(row) === lever),
    ]),
    ['curves', 'Learning curves', drawn],
    ['circumstances', 'Configuration and environment', true],
  ];
  const links = sections.flatMap(([id, name, there]) => (there ? [html`<a href="#${id}">${name}</a>`] : []));
  return html`<nav aria-label="Sections">${links}</nav>`;
}

function drawPictures(plotter: Plotter, source: ReportSource): Content {
  const { comparison, runs, layer } = source;
  const series = seriesOf(comparison.rows);
  const told = pictured(comparison);
  const ranking = told.map((metric) => choosingMetric(metric, comparison.metrics));
  const objectives = objectivesOf(comparison);
  if (series.length === 0) return null;
  const withIntervals = comparison.rows.some(({ seeds }) => seeds.length > 1);
  const parts = groupBy(comparison.runs, ({ data }) => data.fingerprint).map((group) =>
    partOf(comparison, group),
  );
  const drawEach = (draw: (part: Comparison) => Content): Content =>
    parts.map((part) => html`${partTitle(part, parts)}${draw(part)}`);
  return html`<section><h2 id="trade-off">Trade-off</h2>${drawEach((part) =>
    objectives === undefined
      ? html`<p>The runs share no quality to trade against correlation.</p>`
      : drawTradeOff(plotter, part, [objectives[1], objectives[0]], series),
  )}</section>
${drawMatrices(comparison, runs, layer)}
${LEVERS.map(({ lever, id, title, note }) => {
  if (!comparison.rows.some((row) => leverOf(row) === lever)) return null;
  return html`<section><h2 id="${id}">${title}</h2><p class="note">${note} ${withIntervals ? 'Bands and bars are 95 % intervals over the seeds.' : 'One seed: there are no intervals.'}</p>${drawEach((part) => drawWeightPlots(plotter, part, told, { series, lever }))}</section>
`;
})}<section><h2 id="curves">Learning curves</h2><p class="note">${curvesNote(comparison)}</p>${drawEach((part) => drawCurvePlots(plotter, { comparison: part, runs, layer }, ranking, series))}</section>`;
}

function curvesNote({ rows, runs }: Comparison): string {
  const mixed = rows.some(({ trials }) => trials.complete > 0 && trials.complete < trials.planned);
  const survivors = mixed ? ' Where not all trials are complete they are means over those that are.' : '';
  const validated = runs.filter(({ selection }) => selection === 'validation').length;
  const samples = validated > 0 && validated === runs.length ? 'the validation split' : 'held-out samples';
  return `Means over the seeds after every epoch, on ${samples}.${survivors}`;
}

/** Only runs on the same data share a picture in which points are set against each other. */
function partOf(comparison: Comparison, runs: readonly RunSummary[]): Comparison {
  const names = runs.map(({ name }) => name);
  return { ...comparison, runs, rows: comparison.rows.filter(({ run }) => names.includes(run)) };
}

function partTitle({ runs }: Comparison, parts: readonly Comparison[]): Content {
  return parts.length === 1 ? null : html`<h3>${runs.map(({ name }) => name).join(', ')}</h3>`;
}

/** Correlation and quality, and what the first run aims at, as they are told. */
function pictured({ metrics, runs }: Comparison): MetricInfo[] {
  const found = [
    tellingMetric(CORRELATION, metrics),
    toldQuality(metrics),
    tellingMetric(runs[0]?.metric.name ?? CORRELATION, metrics),
  ];
  return [...new Set(found)].filter((metric) => metric !== undefined);
}

/** What is traded against each other, as it ranks: the first two objectives of the runs; undefined where they share none. */
function objectivesOf({ metrics, runs }: Comparison): readonly [MetricInfo, MetricInfo] | undefined {
  const found = (runs[0]?.objectives ?? []).flatMap(({ name, goal }) =>
    metrics.flatMap((metric) => (metric.name === name ? [{ ...metric, goal }] : [])),
  );
  const [first, second] = found;
  return first === undefined || second === undefined ? undefined : [first, second];
}

/** The frame. Its policy lets nothing in: no address, and no script or style sheet but the two that stand here. */
function page(title: string, body: Html): Html {
  const policy = `default-src 'none'; img-src data:; script-src '${digest(SORTING_SCRIPT)}'; style-src '${digest(STYLE)}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="covgrad ${VERSION}">
<link rel="icon" href="data:,">
<title>${title}: decorrelation report</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
${body}
<script>${trusted(SORTING_SCRIPT)}</script>
</body>
</html>
`;
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
