/** The points of one run: their trials gathered over the seeds and set against the unpenalised baseline. */
import { type MetricInfo, readFinal, readFloors, readValues } from '../record/measures.ts';
import type { Manifest, TrialRecord } from '../record/record.ts';
import { toldSettings } from '../record/told-settings.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { targetOf } from '../schedule/schedules.ts';
import { groupBy } from './group.ts';
import { holmAdjusted } from './holm.ts';
import { type Difference, pairedDifference, withHolmP } from './paired.ts';
import { type Estimate, estimate, mean, type ValuesBySeed } from './statistics.ts';

/** How the trials of a run or of a point ended; `missing` were planned and have no record. */
export interface TrialCounts {
  readonly planned: number;
  readonly complete: number;
  /** Stopped because it promised less than others. */
  readonly pruned: number;
  readonly diverged: number;
  /** Stopped because it took too long. */
  readonly timeout: number;
  readonly failed: number;
  readonly interrupted: number;
  readonly missing: number;
}

/** One metric of one point over its seeds. */
export interface MetricSummary extends Estimate {
  /** One value a seed, in the order of {@link PointSummary.seeds}; null where the trial has none. */
  readonly values: readonly (number | null)[];
  /** What the metric would be for independent units, where that is known. */
  readonly floor: number | null;
  /** The mean less the floor. */
  readonly excess: number | null;
  /** What the metric is for the very same activations with the samples permuted within each unit, where that was measured. */
  readonly permutedFloor: number | null;
  /** The mean less that floor. */
  readonly permutedExcess: number | null;
  /** Point less baseline, paired by seed; null for a baseline and where the run has no baseline that fits. */
  readonly difference: Difference | null;
}

/** The penalty of a point. */
export interface PointPenalty {
  readonly type: string;
  /** As given, or the mean of what the complete trials set it to; null where none has. */
  readonly weight: number | null;
  /** The strength that the weight was set from; null where the weight was given. */
  readonly strength: number | null;
  /** False where the gradient is, on purpose, not the derivative of the value. */
  readonly exact: boolean;
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
  /** Null for a baseline. */
  readonly penalty: PointPenalty | null;
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
  /** By metric, in the order of the seeds. */
  readonly values: ReadonlyMap<string, readonly (number | null)[]>;
  /** By metric; the same for every seed, since all are measured on the same samples. */
  readonly floors: ReadonlyMap<string, number | null>;
  /** By metric, means over the seeds. */
  readonly permuted: ReadonlyMap<string, number | null>;
  /** Weights that the complete trials were trained with, where they recorded them. */
  readonly weights: readonly number[];
}

/** What points are summarised from. */
export interface PointSource {
  readonly run: string;
  readonly manifest: Pick<Manifest, 'trials' | 'penalties'>;
  /** The one record that counts of each trial. */
  readonly records: ReadonlyMap<string, TrialRecord>;
  /** What is summarised. */
  readonly metrics: readonly MetricInfo[];
  readonly layer?: string | undefined;
  /** The point that all are set against where the plan has it; else each point is set against its baseline. */
  readonly reference?: string | undefined;
}

/** Summaries of all points of a plan, in the order of the plan. */
export function summarisePoints(source: PointSource): PointSummary[] {
  const { manifest, metrics, reference } = source;
  const points = groupBy(manifest.trials, ({ point }) => point).map((specs) => measure(specs, source));
  const baselines = new Map(
    points
      .filter(({ specs }) => specs[0].baseline)
      .map((baseline) => [besidePenalty(baseline.specs[0]), baseline]),
  );
  const chosen = points.find(({ specs }) => specs[0].point === reference);
  const baselineOf = points.map((point) => {
    const [spec] = point.specs;
    if (chosen !== undefined) return chosen === point ? undefined : chosen;
    return spec.baseline ? undefined : baselines.get(besidePenalty(spec));
  });
  const differences = new Map(
    metrics.map(({ name }) => [
      name,
      corrected(
        points.map((point, index) => {
          const baseline = baselineOf[index];
          return baseline === undefined
            ? null
            : pairedDifference(valuesBySeed(point, name), valuesBySeed(baseline, name));
        }),
        points,
      ),
    ]),
  );
  return points.map((point, index) =>
    summarise(source, point, baselineOf[index], (name) => differences.get(name)?.[index] ?? null),
  );
}

function valuesBySeed({ seeds, values }: Measurements, metric: string): ValuesBySeed {
  return { seeds, values: values.get(metric) ?? [] };
}

/** Corrects the p-values of one metric for all finished points that are held against a baseline. */
function corrected(
  differences: readonly (Difference | null)[],
  points: readonly Measurements[],
): (Difference | null)[] {
  const ps = holmAdjusted(
    differences.map((difference, index) =>
      difference?.n === points[index]?.trials.planned ? (difference?.p ?? null) : null,
    ),
  );
  return differences.map((difference, index) => difference && withHolmP(difference, ps[index] ?? null));
}

/** Counts how the planned trials ended. */
export function countTrials(
  specs: readonly TrialSpec[],
  records: ReadonlyMap<string, TrialRecord>,
): TrialCounts {
  const counts = {
    planned: specs.length,
    complete: 0,
    pruned: 0,
    diverged: 0,
    timeout: 0,
    failed: 0,
    interrupted: 0,
    missing: 0,
  };
  for (const { id } of specs) {
    counts[records.get(id)?.outcome.status ?? 'missing'] += 1;
  }
  return counts;
}

function measure(
  specs: readonly [TrialSpec, ...TrialSpec[]],
  { records, metrics, layer }: PointSource,
): Measurements {
  const complete = specs
    .map(({ id }) => records.get(id))
    .filter((record): record is TrialRecord => record?.outcome.status === 'complete')
    .sort((a, b) => a.seed - b.seed);
  const readings = complete.map((record) => readValues(record, metrics, layer));
  return {
    specs,
    trials: countTrials(specs, records),
    seeds: complete.map(({ seed }) => seed),
    values: new Map(
      metrics.map(({ name }, metric) => [name, readings.map((reading) => reading[metric] ?? null)]),
    ),
    floors: complete[0] === undefined ? new Map() : readFloors(complete[0], layer),
    permuted: complete.some(({ final }) => final !== undefined)
      ? meansByMetric(
          complete.map((record) => readFinal(record, 'permuted', layer)),
          metrics,
        )
      : new Map(),
    weights: complete.flatMap(({ penalty }) => penalty?.weight ?? []),
  };
}

function summarise(
  { run, manifest: { penalties }, metrics }: PointSource,
  point: Measurements,
  baseline: Measurements | undefined,
  differenceOf: (metric: string) => Difference | null,
): PointSummary {
  const [spec] = point.specs;
  const { against } = spec.experiment.penalty;
  const shown = against !== undefined && !spec.baseline;
  const settings = toldSettings(spec);
  return {
    run,
    point: spec.point,
    index: spec.index,
    baseline: spec.baseline,
    settings: shown ? { ...settings, 'penalty.against': against } : settings,
    penalty: spec.baseline ? null : penaltyOf(spec, point.weights, penalties),
    baselinePoint: baseline?.specs[0].point ?? null,
    trials: point.trials,
    seeds: point.seeds,
    metrics: Object.fromEntries(
      metrics.map(({ name }) => [name, summariseMetric(name, point, differenceOf(name))]),
    ),
  };
}

function penaltyOf(
  { experiment }: TrialSpec,
  weights: readonly number[],
  penalties: Manifest['penalties'] = {},
): PointPenalty {
  const { type, weight, strength } = experiment.penalty;
  return {
    type,
    weight: targetOf(weight) ?? (weights.length === 0 ? null : mean(weights)),
    strength: targetOf(strength) ?? null,
    exact: Object.hasOwn(penalties, type) ? (penalties[type]?.exact ?? true) : true,
  };
}

/** The mean of each metric of the layers, as it is told: on the test split. Null where one of the maps lacks it. */
function meansByMetric(
  maps: readonly ReadonlyMap<string, number | null>[],
  metrics: readonly MetricInfo[],
): Map<string, number | null> {
  return new Map(
    [...(maps[0]?.keys() ?? [])].map((name) => {
      const values = maps.map((map) => map.get(name) ?? null);
      const known = values.filter((value) => value !== null);
      const told = metrics.some((metric) => metric.name === `test.${name}`) ? `test.${name}` : name;
      return [told, values.length > 0 && known.length === values.length ? mean(known) : null];
    }),
  );
}

function summariseMetric(name: string, point: Measurements, difference: Difference | null): MetricSummary {
  const values = point.values.get(name) ?? [];
  const { mean: center, halfWidth95, n } = estimate(values);
  const floor = point.floors.get(name) ?? null;
  const permutedFloor = point.permuted.get(name) ?? null;
  // Written out: V8 gives each object that spreads another and adds to it a shape of its own, which takes 1 kB.
  return {
    mean: center,
    halfWidth95,
    n,
    values,
    floor,
    excess: center === null || floor === null ? null : center - floor,
    permutedFloor,
    permutedExcess: center === null || permutedFloor === null ? null : center - permutedFloor,
    difference,
  };
}

/** A baseline stands for all points that differ from it in the penalty alone. */
function besidePenalty({ experiment: { penalty: _penalty, ...rest } }: TrialSpec): string {
  return JSON.stringify(rest);
}
