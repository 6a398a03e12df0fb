/** Which points are best in a metric, and which trade accuracy against correlation without waste. */
import { ACCURACY, CORRELATION, type MetricInfo } from './measures.ts';
import type { PointSummary } from './point.ts';

/** A point and how it stands among all points that were trained on the same data. */
export interface RankedPoint extends PointSummary {
  /** Metrics in which no other point is better. */
  readonly best: readonly string[];
  /** True when no other point is at least as accurate and at least as uncorrelated, and better in one of the two. */
  readonly tradeOff: boolean;
}

/** True when every planned trial is complete: only such points are ranked, since a mean over survivors flatters. */
export function isFinished({ trials }: PointSummary): boolean {
  return trials.complete === trials.planned;
}

/** Adds the standing; `dataOf` tells which points can be compared at all. */
export function rankPoints(
  rows: readonly PointSummary[],
  metrics: readonly MetricInfo[],
  dataOf: (row: PointSummary) => string,
): RankedPoint[] {
  return rows.map((row) => {
    if (!isFinished(row)) {
      return { ...row, best: [], tradeOff: false };
    }
    const rivals = rows.filter(
      (other) => other !== row && isFinished(other) && dataOf(other) === dataOf(row),
    );
    return {
      ...row,
      best: metrics.filter((metric) => isBest(row, rivals, metric)).map(({ name }) => name),
      tradeOff: isOnFront(row, rivals),
    };
  });
}

/** A point without rivals, or level with all of them, is best in nothing. */
function isBest(row: PointSummary, rivals: readonly PointSummary[], { name, goal }: MetricInfo): boolean {
  const own = row.metrics[name]?.mean ?? null;
  const others = rivals.map(({ metrics }) => metrics[name]?.mean ?? null).filter((value) => value !== null);
  if (goal === 'none' || own === null || others.every((value) => value === own)) {
    return false;
  }
  return others.every((value) => (goal === 'minimize' ? own <= value : own >= value));
}

function isOnFront(row: PointSummary, rivals: readonly PointSummary[]): boolean {
  const own = accuracyAndCorrelation(row);
  if (own === null) {
    return false;
  }
  return rivals.every((rival) => {
    const other = accuracyAndCorrelation(rival);
    return (
      other === null ||
      other.accuracy < own.accuracy ||
      other.correlation > own.correlation ||
      (other.accuracy === own.accuracy && other.correlation === own.correlation)
    );
  });
}

function accuracyAndCorrelation({ metrics }: PointSummary): { accuracy: number; correlation: number } | null {
  const accuracy = metrics[ACCURACY]?.mean ?? null;
  const correlation = metrics[CORRELATION]?.mean ?? null;
  return accuracy === null || correlation === null ? null : { accuracy, correlation };
}
