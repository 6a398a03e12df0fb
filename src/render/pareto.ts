/** Two metrics of all points as a plot, with the Pareto front drawn through the points that nothing beats in both. */
import type { Comparison } from '../compare/compare.ts';
import { type PlacedPoint, placePoints } from '../compare/front.ts';
import type { MetricInfo } from '../record/measures.ts';
import { metricFormatter, metricTitle, styleOf } from './metric.ts';
import { rowNamer } from './names.ts';
import { drawPlot, LETTERS, type PlotMark, type Position } from './plot.ts';
import type { PictureStyle } from './style.ts';
import { truncate } from './text.ts';

/** Stands for every point that is not on the front. */
const OTHER = '•';
/** Points of the front that are named below the plot; every one of them has a letter. */
const MOST_LISTED = 26;
/** The baseline where it is not on the front. */
const BASELINE = 'o';
const HEIGHT = 15;
const WIDEST = 100;

/** Draws `first` upwards against `second` to the right; each point of the front has a letter that is named below. */
export function drawPareto(
  comparison: Comparison,
  [first, second]: readonly [MetricInfo, MetricInfo],
  { width, colors }: PictureStyle,
): string[] {
  const placed = placePoints(comparison.rows, first, second);
  const title = colors.bold(truncate(`${metricTitle(first)} against ${metricTitle(second)}`, width));
  if (placed.length === 0) return [title, 'No point has all its trials complete with both metrics.'];
  const position = ({ first: y, second: x }: PlacedPoint): Position => ({
    x: x * styleOf(second).scale,
    y: y * styleOf(first).scale,
  });
  const front = placed.filter(({ onFront }) => onFront).sort((a, b) => a.second - b.second);
  // Earlier marks keep their place: the baseline is to be seen.
  const others = placed
    .filter(({ onFront }) => !onFront)
    .sort((a, b) => Number(b.row.baseline) - Number(a.row.baseline));
  const marks: PlotMark[] = [
    ...front.map((point, index) => ({
      ...position(point),
      text: LETTERS[index] ?? OTHER,
      paint: (text: string) => colors.bold(colors.cyan(text)),
    })),
    ...others.map((point) => ({ ...position(point), text: signOf(point), paint: colors.yellow })),
  ];
  const plot = drawPlot(
    {
      width: Math.min(width, WIDEST),
      height: HEIGHT,
      xLabel: aimed(second),
      yLabel: aimed(first),
      lines: [{ positions: front.map(position), paint: colors.cyan }],
      marks,
    },
    colors,
  );
  return [
    title,
    ...plot,
    ...legend(comparison, [first, second], front, others).map((line) => truncate(line, width)),
  ];
}

function legend(
  comparison: Comparison,
  [first, second]: readonly [MetricInfo, MetricInfo],
  front: readonly PlacedPoint[],
  others: readonly PlacedPoint[],
): string[] {
  const baselines = others.filter(({ row }) => row.baseline);
  const nameOf = rowNamer(comparison);
  const listed = front.slice(0, MOST_LISTED);
  const named = [...listed, ...baselines];
  const formatFirst = metricFormatter(first);
  const formatSecond = metricFormatter(second);
  const beaten = others.length - baselines.length;
  return [
    ...named.map((point, index) => {
      const sign = index < listed.length ? LETTERS[index] : BASELINE;
      const values = `${styleOf(first).label} ${formatFirst(point.first)}, ${styleOf(second).label} ${formatSecond(point.second)}`;
      return `${sign} ${nameOf(point.row)}: ${values}`;
    }),
    ...(front.length > listed.length ? [`${front.length - listed.length} more on the front`] : []),
    ...(beaten > 0 ? [`${OTHER} ${beaten} ${beaten === 1 ? 'point' : 'points'} that another one beats`] : []),
  ];
}

function signOf({ row }: PlacedPoint): string {
  return row.baseline ? BASELINE : OTHER;
}

/** A metric's title with the way that is better. */
function aimed(metric: MetricInfo): string {
  const better = { maximize: ', more is better', minimize: ', less is better', none: '' }[metric.goal];
  return metricTitle(metric) + better;
}
