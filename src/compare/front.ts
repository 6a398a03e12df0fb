/** The Pareto front of two metrics: the points that no other point beats in both. */

import type { MetricInfo } from './measures.ts';
import { isFinished, meanOverAll, type RankedPoint } from './standing.ts';

/** A row with its means in two metrics. */
export interface PlacedPoint {
  readonly row: RankedPoint;
  readonly first: number;
  readonly second: number;
  /** True when no other point is at least as good in both metrics, and better in one. */
  readonly onFront: boolean;
}

/** Rows that have every seed of both metrics, in the given order. A metric without a goal counts as better when smaller. */
export function placePoints(
  rows: readonly RankedPoint[],
  first: MetricInfo,
  second: MetricInfo,
): PlacedPoint[] {
  const placed = rows.filter(isFinished).flatMap((row) => {
    const position = { first: meanOverAll(row, first.name), second: meanOverAll(row, second.name) };
    return position.first === null || position.second === null
      ? []
      : [{ row, first: position.first, second: position.second }];
  });
  const gain = (metric: MetricInfo, from: number, to: number): number =>
    metric.goal === 'maximize' ? to - from : from - to;
  return placed.map((own) => ({
    ...own,
    onFront: placed.every((other) => {
      const gains = [gain(first, own.first, other.first), gain(second, own.second, other.second)];
      return gains.some((each) => each < 0) || gains.every((each) => each === 0);
    }),
  }));
}
