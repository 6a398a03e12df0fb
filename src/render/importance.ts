/** Which parameter explains a metric, as bars. */

import type { Comparison } from '../compare/compare.ts';
import { measureImportance, type ParameterImportance } from '../compare/importance.ts';
import { largestOf } from '../extremes.ts';
import { printable } from '../printable.ts';
import type { MetricInfo } from '../record/measures.ts';
import { drawListing } from './listing.ts';
import { metricTitle } from './metric.ts';
import { listOf } from './names.ts';
import type { PictureStyle } from './style.ts';
import { plainColumn } from './table.ts';
import { truncate, wrap } from './text.ts';

const LONGEST_BAR = 30;
const SHORTEST_BAR = 4;
/** Columns of the figures behind a bar, with the gaps around it. */
const FIGURES_WIDTH = 34;
const POINTS_WIDTH = 8;
/** As wide as prose gets, however wide the terminal. */
const PROSE_WIDTH = 100;
/** Parameters that a note names before it counts the rest. */
const NAMED = 4;

/** Draws the share of the variance that each parameter explains, and says how it was found. */
export function drawImportance({ rows }: Comparison, metric: MetricInfo, style: PictureStyle): string[] {
  const { width, colors } = style;
  const title = colors.bold(truncate(`What explains ${metricTitle(metric)}`, width));
  const { points, parameters, unknown } = measureImportance(rows, metric.name);
  const tooFew =
    unknown.length === 0
      ? []
      : wrap(`Not to be told, since no two points share a value: ${namesOf(unknown)}.`, width, '  ');
  if (parameters.length === 0) {
    return [
      title,
      ...(tooFew.length > 0 ? tooFew : ['No two penalised points are complete and differ in a parameter.']),
    ];
  }
  const names = parameters.map(({ parameter }) => truncate(printable(parameter), Math.floor(width / 4)));
  const longest = largestOf(names.map((name) => name.length));
  const partial = parameters.some((parameter) => parameter.points < points);
  const room = width - longest - FIGURES_WIDTH - (partial ? POINTS_WIDTH : 0);
  const bar = Math.max(SHORTEST_BAR, Math.min(LONGEST_BAR, room));
  const right = { align: 'right' } as const;
  const table = drawListing(
    [
      plainColumn('parameter', names),
      plainColumn(
        '',
        parameters.map((parameter) => drawBar(parameter, bar, style)),
      ),
      plainColumn(
        'share',
        parameters.map(({ share }) => percent(share)),
        right,
      ),
      plainColumn(
        'by chance',
        parameters.map(({ byChance }) => `≤ ${percent(byChance)}`),
        right,
      ),
      plainColumn(
        'groups',
        parameters.map(({ groups, ranges }) => `${groups} ${ranges ? 'ranges' : 'values'}`),
      ),
      // Where some exist under a condition only.
      ...(partial
        ? [
            plainColumn(
              'points',
              parameters.map((parameter) => String(parameter.points)),
              right,
            ),
          ]
        : []),
    ],
    style,
    parameters.length,
  );
  const vain = parameters.filter(isChance).map(({ parameter }) => parameter);
  const method =
    `Share of the variance between the means of ${points} penalised points that lies between the values of one parameter, ` +
    'or between ranges of numbers that hardly repeat (main effects; what is left is the interplay of parameters). ' +
    'Shares overlap where not every combination was trained. By chance: what a parameter without effect stays below in 95 % of cases.';
  return [
    title,
    ...table,
    ...(vain.length === 0 ? [] : wrap(`No more than chance may give: ${namesOf(vain)}.`, width, '  ')),
    ...tooFew,
    ...wrap(method, Math.min(width, PROSE_WIDTH)).map(colors.dim),
  ];
}

/** Dim where the share may be chance. */
function drawBar(parameter: ParameterImportance, width: number, { colors }: PictureStyle): string {
  const filled = Math.round(parameter.share * width);
  const paint = isChance(parameter) ? colors.dim : colors.cyan;
  return paint('█'.repeat(filled)) + colors.dim('░'.repeat(width - filled));
}

function isChance({ share, byChance }: ParameterImportance): boolean {
  return share <= byChance;
}

function namesOf(parameters: readonly string[]): string {
  return printable(listOf(parameters, NAMED));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
