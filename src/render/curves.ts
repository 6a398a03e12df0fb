/** Learning curves as a plot: a metric after every epoch, one line a point. */
import type { Comparison } from '../compare/compare.ts';
import { curveFinder } from '../compare/curves.ts';
import type { CurveSet } from './columns.ts';
import { metricFormatter, metricTitle, styleOf } from './metric.ts';
import { rowNamer } from './names.ts';
import { drawPlot, LETTERS } from './plot.ts';
import { rangeOf, sparkline } from './sparkline.ts';
import type { PictureStyle } from './style.ts';
import { pad, truncate, widest } from './text.ts';

/** More lines than these cannot be followed. */
const MOST_LINES = 6;
const HEIGHT = 14;
const WIDEST = 100;
const SPARKLINE_WIDTH = 12;

/** Draws the curves of the first rows that have one and lists their first and last values. */
export function drawCurves(
  comparison: Comparison,
  { metric, curves }: CurveSet,
  { width, colors }: PictureStyle,
): string[] {
  const title = colors.bold(truncate(`${metricTitle(metric)} by epoch`, width));
  const curveOf = curveFinder(curves);
  const known = comparison.rows.flatMap((row) => {
    const { values = [], at = [] } = curveOf(row) ?? {};
    return values.some((value) => value !== null) ? [{ row, values, at }] : [];
  });
  if (known.length === 0) return [title, 'No trial has finished an epoch with this metric.'];
  const shown = known.slice(0, MOST_LINES);
  const paints = [colors.cyan, colors.yellow, colors.magenta, colors.green, colors.blue, colors.red];
  const { scale } = styleOf(metric);
  const nameOf = rowNamer(comparison);
  const series = shown.map(({ row, values, at }, index) => ({
    letter: LETTERS[index] ?? '',
    name: nameOf(row),
    values,
    positions: values.flatMap((value, index) =>
      value === null ? [] : [{ x: at[index] ?? 0, y: value * scale }],
    ),
    paint: paints[index % paints.length] ?? String,
  }));
  const plot = drawPlot(
    {
      width: Math.min(width, WIDEST),
      height: HEIGHT,
      xLabel: 'epoch',
      yLabel: metricTitle(metric),
      wholeX: true,
      lines: series,
      marks: series.flatMap(({ positions, letter, paint }) => {
        const last = positions.at(-1);
        return last === undefined
          ? []
          : [{ ...last, text: letter, paint: (text) => colors.bold(paint(text)) }];
      }),
    },
    colors,
  );
  const range = rangeOf(shown.map(({ values }) => values)) ?? { low: 0, high: 1 };
  const format = metricFormatter(metric);
  const names = widest(series.map(({ name }) => name));
  const legend = series.map(({ letter, name, values, paint }) => {
    const ends = `${format(values[0] ?? null)} → ${format(values.at(-1) ?? null)}`;
    return `${paint(letter)} ${truncate(`${pad(name, names, 'left')}  ${sparkline(values, range, SPARKLINE_WIDTH)}  ${ends}`, width - 2)}`;
  });
  const more = known.length - shown.length;
  const rest =
    more > 0
      ? [
          colors.dim(
            truncate(
              `The first ${MOST_LINES} of ${known.length} points; --sort and --where choose others.`,
              width,
            ),
          ),
        ]
      : [];
  return [title, ...plot, ...legend, ...rest];
}
