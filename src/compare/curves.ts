/** Learning curves: a metric after every epoch, as the mean over the seeds of a point. */

import { largestOf } from '../extremes.ts';
import { readMetric } from '../record/measures.ts';
import type { TrialRecord } from '../record/record.ts';
import type { RunInput } from './compare.ts';
import { groupBy } from './group.ts';
import type { PointSummary } from './point.ts';
import { mean } from './statistics.ts';

/** The curve of one point. */
export interface Curve {
  readonly run: string;
  readonly point: string;
  /** Value after each epoch, from the first on; null where a seed has none, since a mean over the others would jump. */
  readonly values: readonly (number | null)[];
  /** Seeds that every value is the mean of. */
  readonly seeds: number;
}

/** The curves of all points that have epochs. Of a point without a complete trial the others show how far it came. */
export function learningCurves(runs: readonly RunInput[], metric: string, layer?: string): Curve[] {
  return runs.flatMap(({ name, records }) => {
    const last = [...new Map(records.map((record) => [record.id, record])).values()];
    return groupBy(
      last.filter(({ epochs }) => epochs.length > 0),
      ({ point }) => point,
    ).map((trials): Curve => {
      const complete = trials.filter(({ outcome }) => outcome.status === 'complete');
      const shown = (complete.length > 0 ? complete : trials).sort((a, b) => a.seed - b.seed);
      return {
        run: name,
        point: trials[0].point,
        values: curveOf(shown, metric, layer),
        seeds: shown.length,
      };
    });
  });
}

/** Finds the curve of a row, if it has one. */
export function curveFinder(curves: readonly Curve[]): (row: PointSummary) => Curve | undefined {
  const keyOf = ({ run, point }: { readonly run: string; readonly point: string }): string =>
    JSON.stringify([run, point]);
  const byPoint = new Map(curves.map((curve) => [keyOf(curve), curve]));
  return (row) => byPoint.get(keyOf(row));
}

function curveOf(
  trials: readonly TrialRecord[],
  metric: string,
  layer: string | undefined,
): (number | null)[] {
  const epochs = largestOf(trials.map((trial) => trial.epochs.length));
  return Array.from({ length: epochs }, (_, epoch) => {
    const values = trials.map((trial) => {
      // A metric is read from the last epoch that a record has.
      const last = trial.epochs[epoch];
      return last === undefined ? null : readMetric(metric, { ...trial, epochs: [last] }, layer);
    });
    const known = values.filter((value) => value !== null);
    return known.length < values.length ? null : mean(known);
  });
}
