/** Points placed by two metrics, and which of them are on the front. */

import type { MetricInfo } from '../record/measures.ts';
import { groupBy } from './group.ts';
import { meanOverAll, type Objective, paretoFront, type RankedPoint } from './standing.ts';

/** A row with its means in two metrics. */
export interface PlacedPoint {
  readonly row: RankedPoint;
  readonly first: number;
  readonly second: number;
  /** Whether it is one of the {@link paretoFront}. */
  readonly onFront: boolean;
}

/**
 * Rows that have every seed of both metrics, in the given order. A metric without a goal counts as better when smaller;
 * points on different data do not beat each other.
 */
export function placePoints(
  rows: readonly RankedPoint[],
  first: MetricInfo,
  second: MetricInfo,
): PlacedPoint[] {
  const objectives = [first, second].map(
    ({ name, goal }): Objective => ({ name, goal: goal === 'maximize' ? goal : 'minimize' }),
  );
  const front = new Set(groupBy(rows, ({ data }) => data).flatMap((group) => paretoFront(group, objectives)));
  return rows.flatMap((row) => {
    const position = { first: meanOverAll(row, first.name), second: meanOverAll(row, second.name) };
    return position.first === null || position.second === null
      ? []
      : [{ row, first: position.first, second: position.second, onFront: front.has(row) }];
  });
}
