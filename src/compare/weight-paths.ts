/** A metric along the weights of each penalty, everything else being equal. */
import { groupBy } from './group.ts';
import { otherSettings } from './order.ts';
import type { PointSummary } from './point.ts';
import { meanOverAll } from './standing.ts';

/** A point on a path. */
export interface PathPoint<Row> {
  readonly row: Row;
  readonly weight: number;
  readonly mean: number;
  /** Ends of the 95 % interval of the mean; both are the mean where there is none. */
  readonly low: number;
  readonly high: number;
}

/** Points of one penalty that differ in nothing but its weight, by ascending weight. */
export interface WeightPath<Row> {
  readonly run: string;
  readonly type: string;
  readonly points: readonly PathPoint<Row>[];
}

/** Settings that a path runs along, or that tell one path from another already. */
const ALONG: readonly string[] = ['penalty.type', 'penalty.weight', 'penalty.strength'];

/** The paths of all penalties. A point without the metric of every seed is left out: a mean over survivors flatters. */
export function weightPaths<Row extends PointSummary>(
  rows: readonly Row[],
  metric: string,
): WeightPath<Row>[] {
  const fixed = otherSettings(rows).filter((path) => !ALONG.includes(path));
  const keyOf = ({ run, penalty, settings }: Row): string =>
    JSON.stringify([run, penalty?.type, fixed.map((path) => settings[path] ?? null)]);
  return groupBy(
    rows.filter(({ penalty }) => penalty !== null),
    keyOf,
  ).flatMap((group) => {
    const points = group
      .flatMap((row) => placed(row, metric))
      .sort((a, b) => a.weight - b.weight || a.row.index - b.row.index);
    const type = group[0].penalty?.type ?? '';
    return points.length === 0 ? [] : [{ run: group[0].run, type, points }];
  });
}

function placed<Row extends PointSummary>(row: Row, metric: string): PathPoint<Row>[] {
  const mean = meanOverAll(row, metric);
  const weight = row.penalty?.weight ?? null;
  if (mean === null || weight === null) return [];
  const half = row.metrics[metric]?.halfWidth95 ?? 0;
  return [{ row, weight, mean, low: mean - half, high: mean + half }];
}
