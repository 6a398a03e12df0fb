/**
 * Penalties at equal strength: every penalty brought to the same ‖weight · ∂penalty/∂X‖ / ‖∂loss/∂X‖ before the first
 * step, by interpolation between the weights that were trained.
 *
 * Weights of different penalties are not comparable: each has a scale of its own. Before the first step the ratio is
 * proportional to the weight, and measured on the same network and batches for every penalty with the same seed.
 */

import { largestOf, smallestOf } from '../extremes.ts';
import {
  CORRELATION,
  choosingMetric,
  type MetricInfo,
  STRENGTH,
  tellingMetric,
  toldQuality,
  WEIGHT,
} from '../record/measures.ts';
import { PENALTY_STRENGTH, PENALTY_TYPE, PENALTY_WEIGHT } from '../record/penalty-paths.ts';
import { groupBy } from './group.ts';
import { holmAdjusted, SIGNIFICANCE } from './holm.ts';
import { otherSettings } from './order.ts';
import { valuesOf } from './pair.ts';
import { type Difference, pairedDifference } from './paired.ts';
import type { PointSummary } from './point.ts';
import { meanOverAll, type RankedPoint } from './standing.ts';
import { type Estimate, estimate, type ValuesBySeed } from './statistics.ts';

/** One penalty at one strength. */
export interface StrengthEntry {
  readonly strength: number;
  readonly run: string;
  readonly penalty: { readonly type: string; readonly exact: boolean };
  /** The other settings of its points. */
  readonly settings: PointSummary['settings'];
  /** The weight that has this strength, the geometric mean over the seeds. */
  readonly weight: number;
  /** False where the strength lies between two points. */
  readonly trained: boolean;
  /** The metric that is compared, as it is told. */
  readonly value: Estimate;
  /** Less the baseline's. */
  readonly difference: Difference | null;
  /** Of the quality of the task; null where the runs share none. */
  readonly qualityDifference: Difference | null;
  /** Whether no other penalty on the same data is better at this strength, or this one cannot be told from the best (paired t-test, Holm). */
  readonly standing: 'best' | 'tied' | 'none';
}

/** Penalties lined up by their strength. */
export interface StrengthTable {
  /** As it is told: on the test split. */
  readonly metric: MetricInfo;
  /** The metric that ranks in its place, the same one where there is no validation split. */
  readonly ranking: MetricInfo;
  /** The quality of the task; null where the runs share none. */
  readonly quality: MetricInfo | null;
  /** By strength, and at each, data by data, from the best to the worst. */
  readonly entries: readonly StrengthEntry[];
  /** Penalised points that cannot be lined up: a seed of them lacks its trial, the metric, or a recorded strength. */
  readonly left: number;
}

/** Strengths are equal when they differ by rounding alone. */
const ROUNDING = 1e-9;

/** The steps 1, 3, 10, 30… */
const STEPS = [1, 3];

/** A penalty's points from the weakest to the strongest. */
type Curve = readonly [RankedPoint, ...RankedPoint[]];

/** An entry on the way: with the values by seed that its standing is judged by. */
type Placed = Omit<StrengthEntry, 'standing'> & { readonly ranked: ValuesBySeed };

/** Names of the metrics of a table. */
interface Subject {
  readonly told: string;
  readonly ranking: string;
  readonly quality: string | undefined;
}

/** Lines up the penalties of a comparison. `metrics` are those of the comparison, `name` the one to compare. */
export function alignByStrength(
  rows: readonly RankedPoint[],
  metrics: readonly MetricInfo[],
  name: string = CORRELATION,
): StrengthTable {
  const metric = tellingMetric(name, metrics) ?? { name, unit: '', goal: 'none' };
  const ranking = choosingMetric(metric, metrics);
  const quality = toldQuality(metrics) ?? null;
  const subject = { told: metric.name, ranking: ranking.name, quality: quality?.name };
  const penalised = rows.filter(({ baseline }) => !baseline);
  const usable = penalised.filter(
    (row) =>
      (meanOverAll(row, STRENGTH) ?? 0) > 0 &&
      meanOverAll(row, metric.name) !== null &&
      meanOverAll(row, ranking.name) !== null,
  );
  const settings = otherSettings(rows).filter((path) => path !== PENALTY_STRENGTH);
  const curves = groupBy(usable, (row) =>
    JSON.stringify([row.run, row.penalty?.type, settings.map((path) => row.settings[path])]),
  ).map(
    (curve): Curve => curve.sort((a, b) => strengthOf(a) - strengthOf(b)) as [RankedPoint, ...RankedPoint[]],
  );
  const keyOf = (run: string, point: string | null): string => JSON.stringify([run, point]);
  const byPoint = new Map(rows.map((row) => [keyOf(row.run, row.point), row]));
  const baselineOf = ([{ run, baselinePoint }]: Curve): RankedPoint | undefined =>
    byPoint.get(keyOf(run, baselinePoint));
  const data = groupBy(curves, ([{ data: each }]) => each);
  const levels = levelsOf(usable).flatMap((level) =>
    data.map((group) => group.flatMap((curve) => place(curve, level, subject, baselineOf(curve)) ?? [])),
  );
  // A strength that one penalty alone has compares nothing.
  const shared = levels.filter((placed) => placed.length > 1);
  const entries = (shared.length > 0 ? shared : levels).flatMap((placed) => withStanding(placed, ranking));
  return { metric, ranking, quality, entries, left: penalised.length - usable.length };
}

/** The strengths that were asked for, or else 1, 3, 10… of every power of ten between the weakest and the strongest point. */
function levelsOf(rows: readonly RankedPoint[]): number[] {
  const asked = rows.flatMap(({ penalty }) => penalty?.strength ?? []);
  if (asked.length > 0) {
    return [...new Set(asked)].sort((a, b) => a - b);
  }
  const strengths = rows.map(strengthOf);
  const [lowest, highest] = [smallestOf(strengths), largestOf(strengths)];
  const levels: number[] = [];
  for (let power = Math.floor(Math.log10(lowest)); 10 ** power <= highest; power++) {
    for (const step of STEPS) levels.push(Number(`${step}e${power}`));
  }
  return levels.filter((level) => level >= lowest && level <= highest);
}

/** A penalty at one strength; undefined where that lies outside of its points, for a seed or for all: nothing is extrapolated. */
function place(
  curve: Curve,
  level: number,
  { told, ranking, quality }: Subject,
  baseline: RankedPoint | undefined,
): Placed | undefined {
  const [first] = curve;
  const seeds = first.seeds.filter((seed) => curve.every((row) => row.seeds.includes(seed)));
  const values: (number | null)[] = [];
  const ranked: (number | null)[] = [];
  const qualities: (number | null)[] = [];
  const logWeights: number[] = [];
  let trained = true;
  for (const seed of seeds) {
    const spot = locate(curve, seed, level);
    if (spot === undefined) {
      return undefined;
    }
    trained &&= spot.share === 0;
    values.push(between(spot, seed, told));
    ranked.push(between(spot, seed, ranking));
    if (quality !== undefined) qualities.push(between(spot, seed, quality));
    logWeights.push(Math.log(weightAt(spot.lower, seed, level)));
  }
  if (seeds.length === 0 || first.penalty === null) {
    return undefined;
  }
  const {
    [PENALTY_TYPE]: _type,
    [PENALTY_WEIGHT]: _weight,
    [PENALTY_STRENGTH]: _strength,
    ...settings
  } = first.settings;
  return {
    strength: level,
    run: first.run,
    penalty: { type: first.penalty.type, exact: first.penalty.exact },
    settings,
    weight: Math.exp(logWeights.reduce((sum, each) => sum + each, 0) / logWeights.length),
    trained,
    value: estimate(values),
    difference: baseline === undefined ? null : pairedDifference({ seeds, values }, valuesOf(baseline, told)),
    qualityDifference:
      baseline === undefined || quality === undefined
        ? null
        : pairedDifference({ seeds, values: qualities }, valuesOf(baseline, quality)),
    ranked: { seeds, values: ranked },
  };
}

/** Between which two points of a curve a strength lies for one seed, and how far from the lower one, in the logarithm. */
interface Spot {
  readonly lower: RankedPoint;
  readonly upper: RankedPoint;
  readonly share: number;
}

function locate(curve: Curve, seed: number, level: number): Spot | undefined {
  const logs = curve.map((row) => Math.log(seedValue(row, seed, STRENGTH) ?? Number.NaN));
  const at = Math.log(level);
  const exact = logs.findIndex((log) => Math.abs(log - at) <= ROUNDING);
  const lower = curve[exact];
  if (lower !== undefined) {
    return { lower, upper: lower, share: 0 };
  }
  for (let index = 1; index < curve.length; index++) {
    const [from, to] = [logs[index - 1] ?? Number.NaN, logs[index] ?? Number.NaN];
    const [below, above] = [curve[index - 1], curve[index]];
    if (from < at && at < to && below && above) {
      return { lower: below, upper: above, share: (at - from) / (to - from) };
    }
  }
  return undefined;
}

function between({ lower, upper, share }: Spot, seed: number, name: string): number | null {
  const from = seedValue(lower, seed, name) ?? null;
  const to = seedValue(upper, seed, name) ?? null;
  return from === null || to === null ? null : from + share * (to - from);
}

function seedValue(row: RankedPoint, seed: number, name: string): number | null {
  return row.metrics[name]?.values[row.seeds.indexOf(seed)] ?? null;
}

/** The strength is proportional to the weight. */
function weightAt(row: RankedPoint, seed: number, level: number): number {
  const weight = seedValue(row, seed, WEIGHT) ?? row.penalty?.weight ?? Number.NaN;
  const strength = seedValue(row, seed, STRENGTH) ?? Number.NaN;
  return (level * weight) / strength;
}

function withStanding(placed: readonly Placed[], { goal }: MetricInfo): StrengthEntry[] {
  const sign = goal === 'maximize' ? -1 : 1;
  const meanOf = ({ ranked }: Placed): number => estimate(ranked.values).mean ?? 0;
  const ordered = placed.toSorted((a, b) => sign * (meanOf(a) - meanOf(b)));
  const [best] = ordered;
  const alone = ordered.length < 2 || goal === 'none';
  const differences = ordered.map((each) => pairedDifference(each.ranked, (best ?? each).ranked));
  const ps = holmAdjusted(differences.map(({ p }, index) => (index === 0 ? null : p)));
  return ordered.map(({ ranked: _, ...entry }, index) => {
    const tied = (ps[index] ?? 0) > SIGNIFICANCE;
    return { ...entry, standing: alone ? 'none' : index === 0 ? 'best' : tied ? 'tied' : 'none' };
  });
}

function strengthOf({ metrics }: RankedPoint): number {
  return metrics[STRENGTH]?.mean ?? Number.NaN;
}
