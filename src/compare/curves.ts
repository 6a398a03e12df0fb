/** Learning curves: a metric before training, after every epoch and at the steps between, as the mean over the seeds of a point. */

import { stepsPerEpoch } from '../network/steps.ts';
import { readMetric } from '../record/measures.ts';
import type { EpochRecord, Manifest, MomentRecord, TrialRecord } from '../record/record.ts';
import type { RunInput } from './compare.ts';
import { groupBy } from './group.ts';
import type { PointSummary } from './point.ts';
import { mean } from './statistics.ts';

/** The curve of one point. */
export interface Curve {
  readonly run: string;
  readonly point: string;
  /** Ascending; null where a seed has no value, since a mean over the others would jump. */
  readonly values: readonly (number | null)[];
  /** Where each value was measured, in epochs: 0 is before training, and what lies between two whole numbers is a step. */
  readonly at: readonly number[];
  /** Seeds that every value is the mean of. */
  readonly seeds: number;
}

/** The curves of all points that have epochs. Of a point without a complete trial the others show how far it came. */
export function learningCurves(runs: readonly RunInput[], metric: string, layer?: string): Curve[] {
  return runs.flatMap(({ name, manifest, records }) => {
    const perEpoch = stepCounter(manifest);
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
        ...curveOf(shown, (trial) => momentsOf(trial, perEpoch(trial)), metric, layer),
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

/** A moment of a trial as an epoch that a metric can be read from, and where it lies. */
interface Moment {
  readonly at: number;
  readonly epoch: EpochRecord;
}

/** Scores of a training that has not begun: there are none. */
const UNTRAINED = { loss: Number.NaN, penalty: Number.NaN } as const;

function momentsOf({ initial, epochs, steps = [] }: TrialRecord, perEpoch: number): Moment[] {
  const whole = (epoch: number, moment: MomentRecord): EpochRecord => ({
    epoch,
    train: UNTRAINED,
    ...moment,
  });
  return [
    ...(initial === undefined ? [] : [{ at: 0, epoch: whole(0, initial) }]),
    ...epochs.map((epoch) => ({ at: epoch.epoch, epoch })),
    ...(perEpoch > 0 ? steps.map((step) => ({ at: step.step / perEpoch, epoch: step })) : []),
  ].sort((a, b) => a.at - b.at);
}

/** Optimizer steps in an epoch of a trial; 0 where that is not known, as of runs on several data sets. */
function stepCounter({ data, otherData = [], trials }: Manifest): (trial: TrialRecord) => number {
  const batches = new Map(trials.map(({ id, experiment }) => [id, experiment.training?.batch_size]));
  const samples = new Set([data, ...otherData].map(({ train }) => train));
  return ({ id }) => {
    const batch = batches.get(id);
    return samples.size > 1 || batch === undefined ? 0 : stepsPerEpoch(data.train, batch);
  };
}

function curveOf(
  trials: readonly TrialRecord[],
  momentsOfTrial: (trial: TrialRecord) => readonly Moment[],
  metric: string,
  layer: string | undefined,
): Pick<Curve, 'values' | 'at'> {
  const read = trials.map((trial) => {
    const moments = momentsOfTrial(trial).map(({ at, epoch }): [number, number | null] => [
      at,
      // A metric is read from the last epoch that a record has.
      readMetric(metric, { ...trial, epochs: [epoch] }, layer),
    ]);
    return new Map(moments);
  });
  const places = [...new Set(read.flatMap((moments) => [...moments.keys()]))].sort((a, b) => a - b);
  const values = places.map((place) => {
    const all = read.map((moments) => moments.get(place) ?? null);
    const known = all.filter((value) => value !== null);
    return known.length < all.length ? null : mean(known);
  });
  // Before training, and between epochs, not every metric is there: a curve begins where it has a value.
  const kept = places.flatMap((place, index) =>
    Number.isInteger(place) && place > 0 ? [index] : values[index] === null ? [] : [index],
  );
  return {
    values: kept.map((index) => values[index] ?? null),
    at: kept.map((index) => places[index] as number),
  };
}
