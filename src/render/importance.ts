/** Which parameter explains a metric, as bars. */
import type { Comparison } from '../compare/compare.ts';
import { measureImportance } from '../compare/importance.ts';
import type { MetricInfo } from '../compare/measures.ts';
import { printable } from '../printable.ts';
import { metricTitle } from './metric.ts';
import type { PictureStyle } from './style.ts';
import { pad, truncate, widthOf, wrap } from './text.ts';

const BAR_WIDTH = 30;
const NARROWEST_BAR = 8;
/** Columns of the figures behind a bar. */
const FIGURES_WIDTH = 36;

/** Draws the share of the variance that each parameter explains, and says how it was found. */
export function drawImportance(
  { rows }: Comparison,
  metric: MetricInfo,
  { width, colors }: PictureStyle,
): string[] {
  const title = colors.bold(truncate(`What explains ${metricTitle(metric)}`, width));
  const { points, parameters } = measureImportance(rows, metric.name);
  if (parameters.length === 0) {
    return [title, 'Fewer than two penalised points are complete and differ in a parameter.'];
  }
  const names = parameters.map(({ parameter }) => printable(parameter));
  const nameWidth = Math.min(Math.max(...names.map(widthOf)), Math.floor(width / 3));
  const barWidth = Math.max(NARROWEST_BAR, Math.min(BAR_WIDTH, width - nameWidth - FIGURES_WIDTH));
  const bars = parameters.map(({ share, byChance, groups }, index) => {
    const filled = Math.round(share * barWidth);
    const bar = colors.cyan('█'.repeat(filled)) + colors.dim('░'.repeat(barWidth - filled));
    const name = pad(truncate(names[index] ?? '', nameWidth), nameWidth, 'left');
    return `${name} ${bar} ${percent(share)} ${colors.dim(`by chance ${percent(byChance)}, ${groups} groups`)}`;
  });
  const method =
    `Share of the variance between the means of ${points} penalised points that lies between the values of one parameter ` +
    '(main effects; what is left is the interplay of parameters). Shares overlap where not every combination was trained. By chance: what a parameter without effect reaches.';
  return [title, ...bars, ...wrap(method, width).map(colors.dim)];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0).padStart(3)} %`;
}
