/** The points of one run: their trials gathered over the seeds and set against the unpenalised baseline. */
import { findPenalty } from '../kernel/catalogue.ts';
import type { TrialSpec } from '../plan/plan.ts';
import type { TrialRecord } from '../store/record.ts';
import { groupBy } from './group.ts';
import { MEASURED, readFloors, readMetrics } from './measures.ts';
import { type Estimate, estimateBySeed, pairedDifference, type ValuesBySeed } from './statistics.ts';

/** How the trials of a run or of a point ended; `missing` were planned and have no record. */
export interface TrialCounts {
  readonly planned: number;
  readonly complete: number;
  readonly diverged: number;
  readonly failed: number;
  readonly interrupted: number;
  readonly missing: number;
}

/** One metric of one point over its seeds. */
export interface MetricSummary extends Estimate {
  /** What the metric would be for independent units, where that is known. */
  readonly floor: number | null;
  /** The mean less the floor. */
  readonly excess: number | null;
  /** Point less baseline, paired by seed; null for a baseline and where the run has no baseline that fits. */
  readonly difference: Estimate | null;
}

/** One setting of the swept parameters over all its seeds. */
export interface PointSummary {
  readonly run: string;
  readonly point: string;
  /** Position of its first trial in the plan. */
  readonly index: number;
  readonly baseline: boolean;
  /** The swept settings, and what a penalty on two activations is set against, swept or not. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** Null for a baseline. `exact` is false where the gradient is, on purpose, not the derivative of the value. */
  readonly penalty: { readonly type: string; readonly weight: number; readonly exact: boolean } | null;
  /** The baseline that it is compared with. */
  readonly baselinePoint: string | null;
  readonly trials: TrialCounts;
  /** Seeds of the complete trials, ascending. */
  readonly seeds: readonly number[];
  readonly metrics: Readonly<Record<string, MetricSummary>>;
}

/** The trials planned for a point and what the complete ones measured. */
interface Measurements {
  readonly specs: readonly [TrialSpec, ...TrialSpec[]];
  readonly trials: TrialCounts;
  readonly seeds: readonly number[];
  /** Values by metric, then by seed. */
  readonly values: ReadonlyMap<string, ValuesBySeed>;
  /** By metric; the same for every seed, since all are measured on the same samples. */
  readonly floors: ReadonlyMap<string, number | null>;
}

/**
 * Summaries of all points of a plan, in the order of the plan. `records` holds the one record that counts of each trial.
 *
 * Each point is set against its baseline, or all of them against the point `reference` where the plan has it.
 */
export function summarisePoints(
  run: string,
  plan: readonly TrialSpec[],
  records: ReadonlyMap<string, TrialRecord>,
  layer?: string,
  reference?: string,
): PointSummary[] {
  const points = groupBy(plan, ({ point }) => point).map((specs) => measure(specs, records, layer));
  const baselines = new Map(
    points
      .filter(({ specs }) => specs[0].baseline)
      .map((baseline) => [besidePenalty(baseline.specs[0]), baseline]),
  );
  const chosen = points.find(({ specs }) => specs[0].point === reference);
  return points.map((point) => {
    const baseline = point.specs[0].baseline ? undefined : baselines.get(besidePenalty(point.specs[0]));
    return summarise(run, point, chosen === undefined ? baseline : chosen === point ? undefined : chosen);
  });
}

/** Counts how the planned trials ended. */
export function countTrials(
  specs: readonly TrialSpec[],
  records: ReadonlyMap<string, TrialRecord>,
): TrialCounts {
  const counts = { planned: specs.length, complete: 0, diverged: 0, failed: 0, interrupted: 0, missing: 0 };
  for (const { id } of specs) {
    counts[records.get(id)?.outcome.status ?? 'missing'] += 1;
  }
  return counts;
}

function measure(
  specs: readonly [TrialSpec, ...TrialSpec[]],
  records: ReadonlyMap<string, TrialRecord>,
  layer: string | undefined,
): Measurements {
  const complete = specs
    .map(({ id }) => records.get(id))
    .filter((record): record is TrialRecord => record?.outcome.status === 'complete')
    .sort((a, b) => a.seed - b.seed);
  const readings = complete.map((record) => ({ seed: record.seed, values: readMetrics(record, layer) }));
  return {
    specs,
    trials: countTrials(specs, records),
    seeds: complete.map(({ seed }) => seed),
    values: new Map(
      MEASURED.map(({ name }) => [
        name,
        new Map(readings.map(({ seed, values }) => [seed, values.get(name) ?? null])),
      ]),
    ),
    floors: complete[0] === undefined ? new Map() : readFloors(complete[0], layer),
  };
}

function summarise(run: string, point: Measurements, baseline: Measurements | undefined): PointSummary {
  const [spec] = point.specs;
  const { type, weight, against } = spec.experiment.penalty;
  const shown = against !== undefined && !spec.baseline;
  return {
    run,
    point: spec.point,
    index: spec.index,
    baseline: spec.baseline,
    settings: shown ? { ...spec.settings, 'penalty.against': against } : spec.settings,
    penalty: spec.baseline ? null : { type, weight, exact: findPenalty(type)?.exact ?? true },
    baselinePoint: baseline?.specs[0].point ?? null,
    trials: point.trials,
    seeds: point.seeds,
    metrics: Object.fromEntries(MEASURED.map(({ name }) => [name, summariseMetric(name, point, baseline)])),
  };
}

function summariseMetric(
  name: string,
  point: Measurements,
  baseline: Measurements | undefined,
): MetricSummary {
  const values = point.values.get(name) ?? new Map();
  const reference = baseline?.values.get(name);
  const own = estimateBySeed(values);
  const floor = point.floors.get(name) ?? null;
  return {
    ...own,
    floor,
    excess: own.mean === null || floor === null ? null : own.mean - floor,
    difference: reference === undefined ? null : pairedDifference(values, reference),
  };
}

/** A baseline stands for all points that differ from it in the penalty alone. */
function besidePenalty({ experiment: { penalty: _penalty, ...rest } }: TrialSpec): string {
  return JSON.stringify(rest);
}
