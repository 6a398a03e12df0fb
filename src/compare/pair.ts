/** Any two points of a comparison against each other. */
import { holmAdjusted, SIGNIFICANCE } from './holm.ts';
import { type Difference, pairedDifference, pairedP } from './paired.ts';
import type { PointSummary } from './point.ts';
import type { ValuesBySeed } from './statistics.ts';

/** The values of a metric by seed. */
export function valuesOf({ seeds, metrics }: PointSummary, metric: string): ValuesBySeed {
  return { seeds, values: metrics[metric]?.values ?? [] };
}

/** `point − other` in one metric, paired by seed; not corrected, being one comparison. */
export function comparePoints(point: PointSummary, other: PointSummary, metric: string): Difference {
  return pairedDifference(valuesOf(point, metric), valuesOf(other, metric));
}

/**
 * Those of `others` that cannot be told from `best`: over the seeds that they share the paired t-test, corrected for all of
 * them (Holm), finds no significant difference. With one seed there is no test, and no tie is called.
 */
export function tiedWith<Point extends PointSummary>(
  best: PointSummary,
  others: readonly Point[],
  metric: string,
): Point[] {
  const values = valuesOf(best, metric);
  const ps = holmAdjusted(others.map((other) => pairedP(valuesOf(other, metric), values)));
  return others.filter((_, index) => {
    const p = ps[index] ?? null;
    return p !== null && p > SIGNIFICANCE;
  });
}
