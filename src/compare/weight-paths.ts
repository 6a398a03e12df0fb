/** A metric along the weights or the strengths of each penalty, everything else being equal. */
import { PENALTY_STRENGTH, PENALTY_TYPE, PENALTY_WEIGHT } from '../record/penalty-paths.ts';
import { groupBy } from './group.ts';
import { otherSettings } from './order.ts';
import type { PointSummary } from './point.ts';
import { meanOverAll } from './standing.ts';

/** What a sweep varies of a penalty: its weight, or the strength that the weight is set from. */
export type Lever = 'weight' | 'strength';

/** A point on a path. */
export interface PathPoint<Row> {
  readonly row: Row;
  /** Its weight or its strength. */
  readonly at: number;
  readonly mean: number;
  /** Ends of the 95 % interval of the mean; both are the mean where there is none. */
  readonly low: number;
  readonly high: number;
}

/** Points of one penalty that differ in nothing but its weight or strength, in ascending order. */
export interface WeightPath<Row> {
  readonly run: string;
  readonly type: string;
  readonly lever: Lever;
  readonly points: readonly PathPoint<Row>[];
}

/** Settings that a path runs along, or that tell one path from another already. */
const ALONG: readonly string[] = [PENALTY_TYPE, PENALTY_WEIGHT, PENALTY_STRENGTH];

/** What the sweep set of a point's penalty; null for a baseline. */
export function leverOf({ penalty }: Pick<PointSummary, 'penalty'>): Lever | null {
  return penalty === null ? null : penalty.strength === null ? 'weight' : 'strength';
}

/** Where a point lies on the path of its penalty: the weight that it was given, or the strength. */
export function placeOf({ penalty }: Pick<PointSummary, 'penalty'>): number | null {
  return penalty?.strength ?? penalty?.weight ?? null;
}

/** The paths of all penalties. A point without the metric of every seed is left out: a mean over survivors flatters. */
export function weightPaths<Row extends PointSummary>(
  rows: readonly Row[],
  metric: string,
): WeightPath<Row>[] {
  const fixed = otherSettings(rows).filter((path) => !ALONG.includes(path));
  const keyOf = ({ run, penalty, settings }: Row): string =>
    JSON.stringify([run, penalty?.type, leverOf({ penalty }), fixed.map((path) => settings[path] ?? null)]);
  return groupBy(
    rows.filter(({ penalty }) => penalty !== null),
    keyOf,
  ).flatMap((group) => {
    const points = group
      .flatMap((row) => placed(row, metric))
      .sort((a, b) => a.at - b.at || a.row.index - b.row.index);
    const type = group[0].penalty?.type ?? '';
    const lever = leverOf(group[0]) ?? 'weight';
    return points.length === 0 ? [] : [{ run: group[0].run, type, lever, points }];
  });
}

function placed<Row extends PointSummary>(row: Row, metric: string): PathPoint<Row>[] {
  const mean = meanOverAll(row, metric);
  const at = placeOf(row);
  if (mean === null || at === null) return [];
  const half = row.metrics[metric]?.halfWidth95 ?? 0;
  return [{ row, at, mean, low: mean - half, high: mean + half }];
}
