/** The verdict on a run as data: which penalty decorrelates best, at what loss of quality, and how sure that is. */
import { ACTIVATION_SCALE, CORRELATION, DEAD_UNITS, GRADIENT_COSINE } from '../record/measures.ts';
import { tiedWith } from './pair.ts';
import type { Difference } from './paired.ts';
import type { PointPenalty, PointSummary } from './point.ts';
import { isShrunk } from './shrinking.ts';
import { isFinished, type Judged, meanOverAll, rankingQuality } from './standing.ts';
import type { Estimate } from './statistics.ts';

/** Loss of quality up to which a penalty is recommended: half a percentage point, or half a percent of the baseline's. */
export const DEFAULT_MARGIN = 0.005;

/** Rounding of a difference of two means: 97.5 % is within half a point of 98 %. */
const ROUNDING = 1e-12;

/** What a verdict says about one point, next to its baseline: on the test split, whichever split has chosen the point. */
export interface Finding {
  readonly point: string;
  readonly penalty: PointPenalty;
  readonly settings: PointSummary['settings'];
  /** Point less baseline, paired by seed, of the quality of the task. */
  readonly qualityDifference: Difference;
  readonly correlation: Estimate;
  readonly correlationDifference: Difference;
  readonly floor: number | null;
  readonly activationScale: number | null;
  /** How much of the penalty's gradient points along the activations at the end; null where that was not recorded. */
  readonly gradientCosine: number | null;
  /** Share of the units that never vary: they take no part in the correlation. */
  readonly deadUnits: number | null;
  readonly baseline: {
    readonly quality: number;
    readonly correlation: number;
    readonly activationScale: number | null;
    readonly deadUnits: number | null;
  };
  /** What has chosen the point, where there is a validation split: the same on that. */
  readonly validation: Choice | null;
}

/** What a point is chosen by. */
export interface Choice {
  readonly qualityDifference: Difference;
  readonly correlation: Estimate;
  readonly correlationDifference: Difference;
  readonly baseline: { readonly quality: number; readonly correlation: number };
}

/** Why a run has no winner. */
export type Obstacle =
  | 'no-points' // nothing but baselines
  | 'unfinished' // no point has all its trials
  | 'not-comparable' // each finished point, or its baseline, lacks a trial or the correlation of a seed
  | 'quality'; // every point loses more quality than the margin allows

/** The verdict on one run. Only points that have the correlation of every seed, as their baselines have, are judged. */
export interface Verdict {
  readonly run: string;
  /** The quality of the task, by its name without a split. */
  readonly quality: Judged['quality'];
  /** The split that has chosen. */
  readonly selection: Judged['selection'];
  /** Loss of quality that is accepted: as a fraction where the quality is one, else as a share of the baseline's mean. */
  readonly margin: number;
  readonly marginOf: 'fraction' | 'baseline';
  /** The least correlated point whose mean quality is within the margin of its baseline's. */
  readonly winner: Finding | null;
  readonly obstacle: Obstacle | null;
  /** Points within the margin whose correlation cannot be told from the winner's: see {@link tiedWith}. */
  readonly ties: readonly Finding[];
  /** The least correlated point that did not merely shrink, whatever its quality; null where none is below the winner. */
  readonly strongest: Finding | null;
  /** Points that scale the activations down and are not shown to lower the correlation: their penalty may have fallen for nothing. */
  readonly shrinking: readonly Finding[];
}

/** A finding and what it is ranked by. */
interface Candidate {
  readonly finding: Finding;
  readonly choice: Choice;
}

/** Judges the points of one run. */
export function judgeRun(
  run: Judged & { readonly name: string; readonly quality: { readonly unit: string } },
  rows: readonly PointSummary[],
  margin: number,
): Verdict {
  const { name, quality, selection } = run;
  const marginOf = quality.unit === 'fraction' ? 'fraction' : 'baseline';
  const byPoint = new Map(rows.map((row) => [row.point, row]));
  const candidates = rows
    .map((row) => candidateOf(row, byPoint, run))
    .filter((candidate) => candidate !== null)
    .sort((a, b) => meanOf(a.choice.correlation) - meanOf(b.choice.correlation));
  const sign = quality.goal === 'maximize' ? 1 : -1;
  const affordable = candidates.filter(({ choice }) => {
    const allowed = margin * (marginOf === 'fraction' ? 1 : Math.abs(choice.baseline.quality));
    return sign * meanOf(choice.qualityDifference) >= -allowed - ROUNDING;
  });
  const findings = candidates.map(({ finding }) => finding);
  const winner = affordable[0]?.finding ?? null;
  const shrinking = findings.filter(({ point }) => {
    const row = byPoint.get(point);
    return row !== undefined && isShrunk(row, byPoint.get(row.baselinePoint ?? ''));
  });
  const shrunk = new Set(shrinking);
  const below = winner === null ? findings : findings.slice(0, findings.indexOf(winner));
  return {
    run: name,
    quality: { name: quality.name, goal: quality.goal },
    selection,
    margin,
    marginOf,
    winner,
    obstacle: winner === null ? obstacleOf(rows, findings) : null,
    ties:
      winner === null
        ? []
        : tiesOf(
            winner,
            affordable.slice(1).map(({ finding }) => finding),
            rows,
          ),
    strongest: below.find((finding) => !shrunk.has(finding)) ?? null,
    shrinking,
  };
}

/** Null for a baseline and for what cannot be judged. */
function candidateOf(
  row: PointSummary,
  byPoint: ReadonlyMap<string, PointSummary>,
  run: Judged,
): Candidate | null {
  const baseline = byPoint.get(row.baselinePoint ?? '');
  if (row.penalty === null || baseline === undefined) return null;
  const chosen = run.selection === 'validation';
  const told = (name: string): string => (chosen ? `test.${name}` : name);
  const own = choiceOf(row, baseline, `test.${run.quality.name}`, told(CORRELATION));
  const choice = chosen ? choiceOf(row, baseline, rankingQuality(run).name, CORRELATION) : own;
  if (own === null || choice === null) return null;
  const mean = ({ metrics }: PointSummary, name: string): number | null => metrics[name]?.mean ?? null;
  const finding: Finding = {
    point: row.point,
    penalty: row.penalty,
    settings: row.settings,
    qualityDifference: own.qualityDifference,
    correlation: own.correlation,
    correlationDifference: own.correlationDifference,
    floor: row.metrics[told(CORRELATION)]?.floor ?? null,
    activationScale: mean(row, told(ACTIVATION_SCALE)),
    gradientCosine: mean(row, GRADIENT_COSINE),
    deadUnits: mean(row, told(DEAD_UNITS)),
    baseline: {
      ...own.baseline,
      activationScale: mean(baseline, told(ACTIVATION_SCALE)),
      deadUnits: mean(baseline, told(DEAD_UNITS)),
    },
    validation: chosen ? choice : null,
  };
  return { finding, choice };
}

/** Null where a seed of the point or of its baseline lacks one of the two metrics. */
function choiceOf(
  row: PointSummary,
  baseline: PointSummary,
  quality: string,
  correlation: string,
): Choice | null {
  const own = row.metrics[correlation];
  const { difference: correlationDifference } = own ?? {};
  const qualityDifference = row.metrics[quality]?.difference;
  const before = {
    quality: baseline.metrics[quality]?.mean,
    correlation: meanOverAll(baseline, correlation),
  };
  if (
    meanOverAll(row, correlation) === null ||
    own === undefined ||
    before.correlation === null ||
    typeof before.quality !== 'number' ||
    !hasMean(correlationDifference) ||
    !hasMean(qualityDifference)
  ) {
    return null;
  }
  return {
    qualityDifference,
    correlation: { mean: own.mean, halfWidth95: own.halfWidth95, n: own.n },
    correlationDifference,
    baseline: { quality: before.quality, correlation: before.correlation },
  };
}

function obstacleOf(rows: readonly PointSummary[], findings: readonly Finding[]): Obstacle {
  if (findings.length > 0) {
    return 'quality';
  }
  const points = rows.filter(({ baseline }) => !baseline);
  if (points.length === 0) {
    return 'no-points';
  }
  return points.some(isFinished) ? 'not-comparable' : 'unfinished';
}

function tiesOf(winner: Finding, others: readonly Finding[], rows: readonly PointSummary[]): Finding[] {
  const best = rows.find(({ point }) => point === winner.point);
  const points = new Set(others.map(({ point }) => point));
  const candidates = rows.filter(({ point }) => points.has(point));
  const tied = new Set(best && tiedWith(best, candidates, CORRELATION).map(({ point }) => point));
  return others.filter(({ point }) => tied.has(point));
}

function hasMean<Mean extends Estimate>(estimate: Mean | null | undefined): estimate is Mean {
  return typeof estimate?.mean === 'number';
}

/** Findings are only made of estimates that have a mean. */
function meanOf({ mean }: Estimate): number {
  return mean ?? Number.NaN;
}
