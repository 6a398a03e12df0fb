/** Which points are best in a metric, and which trade accuracy against correlation without waste. */
import { groupBy } from './group.ts';
import { ACCURACY, CORRELATION, type MetricInfo } from './measures.ts';
import type { PointSummary } from './point.ts';

/** A point and how it stands among all points that were trained on the same data. */
export interface RankedPoint extends PointSummary {
  /** Metrics in which no other point is better. */
  readonly best: readonly string[];
  /** True when no other point is at least as accurate and at least as uncorrelated, and better in one of the two. */
  readonly tradeOff: boolean;
}

/** True when every planned trial is complete. */
export function isFinished({ trials }: PointSummary): boolean {
  return trials.complete === trials.planned;
}

/** Mean of a metric over every seed of the plan; null where one of them lacks it, since a mean over survivors flatters. */
export function meanOverAll({ trials, metrics }: PointSummary, metric: string): number | null {
  const summary = metrics[metric];
  return summary?.n === trials.planned ? summary.mean : null;
}

/** Adds the standing; `dataOf` tells which points can be compared at all. */
export function rankPoints(
  rows: readonly PointSummary[],
  metrics: readonly MetricInfo[],
  dataOf: (row: PointSummary) => string,
): RankedPoint[] {
  const standings = new Map(groupBy(rows, dataOf).flatMap((group) => standingsOf(group, metrics)));
  return rows.map((row) => ({ ...row, best: [], tradeOff: false, ...standings.get(row) }));
}

type Standing = Pick<RankedPoint, 'best' | 'tradeOff'>;

function standingsOf(
  group: readonly PointSummary[],
  metrics: readonly MetricInfo[],
): [PointSummary, Standing][] {
  const bests = metrics.map(({ name, goal }) => ({ name, value: bestMean(group, name, goal) }));
  const positions = group.map(positionOf);
  return group.map((row, index) => [
    row,
    {
      best: bests
        .filter(({ name, value }) => value !== null && value === meanOverAll(row, name))
        .map(({ name }) => name),
      tradeOff: isOnFront(positions[index] ?? null, positions),
    },
  ]);
}

/** Null where no point is better than another. */
function bestMean(group: readonly PointSummary[], metric: string, goal: MetricInfo['goal']): number | null {
  const means = group.map((row) => meanOverAll(row, metric)).filter((mean) => mean !== null);
  const [lowest, highest] = [Math.min(...means), Math.max(...means)];
  if (goal === 'none' || lowest >= highest) {
    return null;
  }
  return goal === 'minimize' ? lowest : highest;
}

/** Where a point lies between accuracy and decorrelation. */
interface Position {
  readonly accuracy: number;
  readonly correlation: number;
}

function positionOf(row: PointSummary): Position | null {
  const accuracy = meanOverAll(row, ACCURACY);
  const correlation = meanOverAll(row, CORRELATION);
  return accuracy === null || correlation === null ? null : { accuracy, correlation };
}

function isOnFront(own: Position | null, positions: readonly (Position | null)[]): boolean {
  return (
    own !== null &&
    positions.every(
      (other) =>
        other === null ||
        other.accuracy < own.accuracy ||
        other.correlation > own.correlation ||
        (other.accuracy === own.accuracy && other.correlation === own.correlation),
    )
  );
}
