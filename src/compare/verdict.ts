/** The verdict on a run as data: which penalty decorrelates best, at what accuracy, and how sure that is. */
import { ACCURACY, ACTIVATION_SCALE, CORRELATION, DEAD_UNITS, GRADIENT_COSINE } from '../record/measures.ts';
import { tiedWith } from './pair.ts';
import type { Difference } from './paired.ts';
import type { PointPenalty, PointSummary } from './point.ts';
import { isShrunk } from './shrinking.ts';
import { isFinished, meanOverAll } from './standing.ts';
import type { Estimate } from './statistics.ts';

/** Loss of accuracy, as a fraction, up to which a penalty is recommended: half a percentage point. */
export const ACCURACY_MARGIN = 0.005;

/** Rounding of a difference of two means: 97.5 % is within half a point of 98 %. */
const ROUNDING = 1e-12;

/** What a verdict says about one point, next to its baseline. */
export interface Finding {
  readonly point: string;
  readonly penalty: PointPenalty;
  readonly settings: PointSummary['settings'];
  /** Point less baseline, paired by seed; a fraction. */
  readonly accuracyDifference: Difference;
  readonly correlation: Estimate;
  readonly correlationDifference: Difference;
  readonly floor: number | null;
  readonly activationScale: number | null;
  /** How much of the penalty's gradient points along the activations at the end; null where that was not recorded. */
  readonly gradientCosine: number | null;
  /** Share of the units that never vary: they take no part in the correlation. */
  readonly deadUnits: number | null;
  readonly baseline: {
    readonly correlation: number;
    readonly activationScale: number | null;
    readonly deadUnits: number | null;
  };
}

/** Why a run has no winner. */
export type Obstacle =
  | 'no-points' // nothing but baselines
  | 'unfinished' // no point has all its trials
  | 'not-comparable' // each finished point, or its baseline, lacks a trial or the correlation of a seed
  | 'accuracy'; // every point loses more accuracy than the margin allows

/** The verdict on one run. Only points that have the correlation of every seed, as their baselines have, are judged. */
export interface Verdict {
  readonly run: string;
  readonly accuracyMargin: number;
  /** The least correlated point whose mean accuracy is within the margin of its baseline's. */
  readonly winner: Finding | null;
  readonly obstacle: Obstacle | null;
  /** Points within the margin whose correlation cannot be told from the winner's: see {@link tiedWith}. */
  readonly ties: readonly Finding[];
  /** The least correlated point that did not merely shrink, whatever its accuracy; null where none is below the winner. */
  readonly strongest: Finding | null;
  /** Points that scale the activations down and are not shown to lower the correlation: their penalty may have fallen for nothing. */
  readonly shrinking: readonly Finding[];
}

/** Judges the points of one run. */
export function judgeRun(run: string, rows: readonly PointSummary[], accuracyMargin: number): Verdict {
  const byPoint = new Map(rows.map((row) => [row.point, row]));
  const findings = rows
    .map((row) => findingOf(row, byPoint))
    .filter((finding) => finding !== null)
    .sort((a, b) => meanOf(a.correlation) - meanOf(b.correlation));
  const affordable = findings.filter(
    ({ accuracyDifference }) => meanOf(accuracyDifference) >= -accuracyMargin - ROUNDING,
  );
  const winner = affordable[0] ?? null;
  const shrinking = findings.filter(({ point }) => {
    const row = byPoint.get(point);
    return row !== undefined && isShrunk(row, byPoint.get(row.baselinePoint ?? ''));
  });
  const shrunk = new Set(shrinking);
  const below = winner === null ? findings : findings.slice(0, findings.indexOf(winner));
  return {
    run,
    accuracyMargin,
    winner,
    obstacle: winner === null ? obstacleOf(rows, findings) : null,
    ties: winner === null ? [] : tiesOf(winner, affordable.slice(1), rows),
    strongest: below.find((finding) => !shrunk.has(finding)) ?? null,
    shrinking,
  };
}

/** Null for a baseline and for what cannot be judged. */
function findingOf(row: PointSummary, byPoint: ReadonlyMap<string, PointSummary>): Finding | null {
  const baseline = byPoint.get(row.baselinePoint ?? '');
  if (row.penalty === null || baseline === undefined) {
    return null;
  }
  const baselineCorrelation = meanOverAll(baseline, CORRELATION);
  const correlation = row.metrics[CORRELATION];
  const correlationDifference = correlation?.difference;
  const accuracyDifference = row.metrics[ACCURACY]?.difference;
  if (
    meanOverAll(row, CORRELATION) === null ||
    baselineCorrelation === null ||
    correlation === undefined ||
    !hasMean(correlationDifference) ||
    !hasMean(accuracyDifference)
  ) {
    return null;
  }
  return {
    point: row.point,
    penalty: row.penalty,
    settings: row.settings,
    accuracyDifference,
    correlation: { mean: correlation.mean, halfWidth95: correlation.halfWidth95, n: correlation.n },
    correlationDifference,
    floor: correlation.floor,
    activationScale: row.metrics[ACTIVATION_SCALE]?.mean ?? null,
    gradientCosine: row.metrics[GRADIENT_COSINE]?.mean ?? null,
    deadUnits: row.metrics[DEAD_UNITS]?.mean ?? null,
    baseline: {
      correlation: baselineCorrelation,
      activationScale: baseline.metrics[ACTIVATION_SCALE]?.mean ?? null,
      deadUnits: baseline.metrics[DEAD_UNITS]?.mean ?? null,
    },
  };
}

function obstacleOf(rows: readonly PointSummary[], findings: readonly Finding[]): Obstacle {
  if (findings.length > 0) {
    return 'accuracy';
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
