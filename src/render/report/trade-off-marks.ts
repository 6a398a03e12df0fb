/** The points of a trade-off as they are drawn, and those among them that are worth a closer look. */

import type { Comparison } from '../../compare/compare.ts';
import { type PlacedPoint, placePoints } from '../../compare/front.ts';
import { largestOf } from '../../extremes.ts';
import type { MetricInfo } from '../../record/measures.ts';
import { styleOf } from '../metric.ts';
import { rowNamer } from '../names.ts';
import type { Extent } from './axis.ts';

/** Points of the front have a letter each, that many of them. */
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/** A gap that takes more than this share of an axis crowds the points on either side of it together. */
const WIDE = 0.5;
/** Fewer points than these are no crowd. */
const FEWEST = 6;

/** A point as it is drawn: in the units of the axes. */
export interface TradeOffMark {
  readonly name: string;
  readonly type: string | null;
  /** Null off the front, and on it where the letters have run out. */
  readonly letter: string | null;
  readonly onFront: boolean;
  readonly x: Extent;
  readonly y: Extent;
}

/** The marks of all points with both metrics, the front by ascending `x` and before the others. */
export function tradeOffMarks(
  comparison: Comparison,
  [x, y]: readonly [MetricInfo, MetricInfo],
): TradeOffMark[] {
  const placed = placePoints(comparison.rows, x, y).sort(
    (a, b) => Number(b.onFront) - Number(a.onFront) || a.first - b.first,
  );
  const nameOf = rowNamer(comparison);
  return placed.map(({ row, onFront }: PlacedPoint, index) => ({
    name: nameOf(row),
    type: row.penalty?.type ?? null,
    letter: onFront ? (LETTERS[index] ?? null) : null,
    onFront,
    x: extentOf(row.metrics[x.name], x),
    y: extentOf(row.metrics[y.name], y),
  }));
}

/**
 * Most of the points, without those that lie so far off in one of the metrics that the rest is crowded together; null
 * where none does.
 */
export function withoutFarPoints(marks: readonly TradeOffMark[]): readonly TradeOffMark[] | null {
  let near = marks;
  for (;;) {
    const crowd = [({ x }: TradeOffMark) => x.mean, ({ y }: TradeOffMark) => y.mean]
      .map((read) => crowdOf(near, read))
      .find((each) => each.length < near.length);
    if (crowd === undefined || crowd.length < FEWEST || 2 * crowd.length < marks.length) break;
    near = crowd;
  }
  return near === marks ? null : near;
}

/** The larger side of the widest gap along an axis, where that is wide; else all marks. In the order of the marks. */
function crowdOf(
  marks: readonly TradeOffMark[],
  read: (mark: TradeOffMark) => number,
): readonly TradeOffMark[] {
  const values = marks.map(read).sort((a, b) => a - b);
  const gaps = values.slice(1).map((value, index) => value - (values[index] ?? value));
  const widest = largestOf(gaps, 0);
  const [lowest = 0, highest = 0] = [values[0], values.at(-1)];
  if (widest <= WIDE * (highest - lowest)) return marks;
  const border = values[gaps.indexOf(widest)] ?? highest;
  const [low, high] = [
    marks.filter((mark) => read(mark) <= border),
    marks.filter((mark) => read(mark) > border),
  ];
  return low.length > high.length ? low : high;
}

function extentOf(
  summary: { readonly mean: number | null; readonly halfWidth95: number | null } | undefined,
  metric: MetricInfo,
): Extent {
  const { scale } = styleOf(metric);
  const mean = (summary?.mean ?? Number.NaN) * scale;
  const half = (summary?.halfWidth95 ?? 0) * scale;
  return { mean, low: mean - half, high: mean + half };
}
