/** A metric by penalty type and weight (or strength, where that sets the weights), each cell coloured by its value. */

import type { Comparison } from '../compare/compare.ts';
import { groupBy } from '../compare/group.ts';
import { meanOverAll, type RankedPoint } from '../compare/standing.ts';
import { mean } from '../compare/statistics.ts';
import { largestOf } from '../extremes.ts';
import { printable } from '../printable.ts';
import type { MetricInfo } from '../record/measures.ts';
import { PENALTY_STRENGTH } from '../record/penalty-paths.ts';
import { metricFormatter, metricTitle } from './metric.ts';
import { varyingSettings } from './names.ts';
import { formatSetting } from './number.ts';
import { onSequential, shade } from './palette.ts';
import { rangeOf } from './sparkline.ts';
import type { PictureStyle } from './style.ts';
import { pad, truncate, widest } from './text.ts';

/** Columns of a longer name of a penalty are cut. */
const LONGEST_NAME = 28;
const GAP = 1;

interface Cell {
  readonly value: number;
  readonly points: number;
}

/** Draws the map; weights that do not fit side by side go on below. Points that differ in other settings are averaged, and counted. */
export function drawHeatmap(
  comparison: Comparison,
  metric: MetricInfo,
  { width, colors }: PictureStyle,
  precision?: number,
): string[] {
  const penalised = comparison.rows.flatMap((row) => (row.penalty === null ? [] : [{ row, ...row.penalty }]));
  const byStrength = penalised.length > 0 && penalised.every(({ strength }) => strength !== null);
  const amount = byStrength ? 'strength' : 'weight';
  const title = colors.bold(truncate(`${metricTitle(metric)} by penalty and ${amount}`, width));
  const points = penalised.flatMap(({ row, type, [amount]: value }) =>
    value === null ? [] : [{ row, type, weight: value }],
  );
  const types = [...new Set(points.map(({ type }) => type))];
  const weights = [...new Set(points.map(({ weight }) => weight))].sort((a, b) => a - b);
  const cells = new Map(
    groupBy(points, ({ type, weight }) => keyOf(type, weight)).flatMap((group) => {
      const values = group.map(({ row }) => meanOverAll(row, metric.name)).filter((value) => value !== null);
      const key = keyOf(group[0].type, group[0].weight);
      return values.length === 0 ? [] : [[key, { value: mean(values), points: values.length }] as const];
    }),
  );
  const range = rangeOf([[...cells.values()].map(({ value }) => value)]);
  if (range === null) return [title, 'No penalised point has all its trials complete with this metric.'];

  const values = [...cells.values()].map(({ value }) => value);
  const format = metricFormatter(metric, precision);
  const differ = metric.goal !== 'none' && range.low < range.high;
  const best = differ ? (metric.goal === 'maximize' ? range.high : range.low) : null;
  const names = types.map((type) => truncate(printable(type), LONGEST_NAME));
  const nameWidth = widest(['penalty', ...names]);
  // A star and a shade stand beside the number.
  const cellWidth = widest([...values.map(format), ...weights.map(formatSetting)]) + 3;
  const across = Math.max(1, Math.floor((width - nameWidth) / (cellWidth + GAP)));
  const drawCell = (type: string, weight: number): string => {
    const cell = cells.get(keyOf(type, weight));
    if (cell === undefined) return pad('—  ', cellWidth, 'right');
    const share = range.high > range.low ? (cell.value - range.low) / (range.high - range.low) : 0.5;
    const text = (cell.value === best ? '*' : ' ') + format(cell.value);
    return colors.isColorSupported
      ? onSequential(pad(`${text} `, cellWidth, 'right'), share)
      : pad(`${text} ${shade(share)}`, cellWidth, 'right');
  };
  const bands: string[] = [];
  for (let from = 0; from < weights.length; from += across) {
    const band = weights.slice(from, from + across);
    bands.push(
      colors.dim(
        `${pad(from === 0 ? 'penalty' : '', nameWidth, 'left')}${band.map((weight) => ` ${pad(`${formatSetting(weight)}  `, cellWidth, 'right')}`).join('')}`.trimEnd(),
      ),
      ...types.map((type, row) =>
        `${pad(names[row] ?? '', nameWidth, 'left')}${band.map((weight) => ` ${drawCell(type, weight)}`).join('')}`.trimEnd(),
      ),
    );
  }
  return [
    title,
    ...bands,
    ...notes(comparison.rows, cells, best).map((line) => colors.dim(truncate(line, width))),
    ...scale(format, range, colors.isColorSupported),
  ];
}

function notes(
  rows: readonly RankedPoint[],
  cells: ReadonlyMap<string, Cell>,
  best: number | null,
): string[] {
  const most = largestOf([...cells.values()].map(({ points }) => points));
  return [
    ...(best === null ? [] : ['* best']),
    ...(most > 1
      ? [
          `Each cell is a mean over up to ${most} points that differ in ${[
            ...(new Set(rows.map(({ run }) => run)).size > 1 ? ['run'] : []),
            ...varyingSettings(rows).filter((path) => path !== PENALTY_STRENGTH),
          ]
            .map(printable)
            .join(', ')}.`,
        ]
      : []),
  ];
}

function scale(
  format: (value: number) => string,
  { low, high }: { low: number; high: number },
  color: boolean,
): string[] {
  const steps = [0, 0.25, 0.5, 0.75, 1];
  const bar = steps.map((share) => (color ? onSequential('  ', share) : shade(share).repeat(2))).join('');
  return [`scale ${format(low)} ${bar} ${format(high)}`];
}

function keyOf(type: string, weight: number): string {
  return JSON.stringify([type, weight]);
}
