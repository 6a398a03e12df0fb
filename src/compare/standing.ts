/** Which points are best in a metric, and which trade quality against correlation without waste. */

import { largestOf, smallestOf } from '../extremes.ts';
import { CORRELATION, type MetricInfo } from '../record/measures.ts';
import { groupBy } from './group.ts';
import { tiedWith } from './pair.ts';
import type { PointSummary } from './point.ts';
import { isShrunk } from './shrinking.ts';

/** A metric and the way in which it is to go. */
export interface Objective {
  readonly name: string;
  readonly goal: 'minimize' | 'maximize';
}

/** What a run trades against each other unless its sweep says otherwise: its quality, as it ranks, and the correlation. */
export function defaultObjectives({ name, goal }: Objective): readonly Objective[] {
  return [
    { name, goal },
    { name: CORRELATION, goal: 'minimize' },
  ];
}

/** How a run is judged: by which quality, and on which split. */
export interface Judged {
  readonly quality: { readonly name: string; readonly goal: 'minimize' | 'maximize' };
  readonly selection: 'validation' | 'test';
}

/** The quality of a run by which it ranks. */
export function rankingQuality({ quality: { name, goal }, selection }: Judged): Objective {
  return { name: `${selection}.${name}`, goal };
}

/** Whether a run trades its quality against correlation, as it does unless its sweep names other objectives. */
export function tradesByDefault(run: Judged & { readonly objectives: readonly Objective[] }): boolean {
  const usual = defaultObjectives(rankingQuality(run));
  return (
    run.objectives.length === usual.length &&
    usual.every(({ name, goal }, index) => {
      const own = run.objectives[index];
      return own?.name === name && own.goal === goal;
    })
  );
}

/** A point and how it stands among all points that were trained on the same data. */
export interface RankedPoint extends PointSummary {
  /** The data it was trained on: only points with the same are ranked against each other. */
  readonly data: string;
  /** Metrics in which no other point is better. */
  readonly best: readonly string[];
  /** Metrics in which it cannot be told from the best point: see {@link tiedWith}. */
  readonly tied: readonly string[];
  /** True when no other point is at least as good in every objective, and better in one. */
  readonly tradeOff: boolean;
  /** True when it shrank and is not shown to decorrelate. */
  readonly shrunk: boolean;
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

/** Adds the standing; `dataOf` tells which points can be compared at all, `objectivesOf` what such points trade. */
export function rankPoints(
  rows: readonly PointSummary[],
  metrics: readonly MetricInfo[],
  objectivesOf: (row: PointSummary) => readonly Objective[],
  dataOf: (row: PointSummary) => string,
): RankedPoint[] {
  const standings = new Map(
    groupBy(rows, dataOf).flatMap((group) => standingsOf(group, metrics, objectivesOf(group[0]))),
  );
  const baselines = new Map(rows.map((row) => [JSON.stringify([row.run, row.point]), row]));
  return rows.map((row) => {
    const { best = [], tied = [], tradeOff = false } = standings.get(row) ?? {};
    const shrunk = isShrunk(row, baselines.get(JSON.stringify([row.run, row.baselinePoint])));
    // Written out, for the reason that summariseMetric has.
    return {
      run: row.run,
      point: row.point,
      index: row.index,
      baseline: row.baseline,
      settings: row.settings,
      penalty: row.penalty,
      baselinePoint: row.baselinePoint,
      trials: row.trials,
      seeds: row.seeds,
      metrics: row.metrics,
      data: dataOf(row),
      best,
      tied,
      tradeOff,
      shrunk,
    };
  });
}

/**
 * The rows that no other one beats: at least as good in every objective, and better in one. Rows that lack one are none of
 * them.
 *
 * What beats a row stands before it in lexicographic order, and something of the front beats it, too. Of two objectives
 * the last of the front has the least second one, so that no other needs to be asked.
 */
export function paretoFront<Row extends PointSummary>(
  rows: readonly Row[],
  objectives: readonly Objective[],
): Row[] {
  const placed = rows.flatMap((row) => {
    const position = positionOf(row, objectives);
    return position === null ? [] : [{ row, position }];
  });
  const front: (typeof placed)[number][] = [];
  for (const each of placed.sort((a, b) => lexicographic(a.position, b.position))) {
    const rivals = objectives.length <= 2 ? front.slice(-1) : front;
    if (!rivals.some(({ position }) => beats(position, each.position))) front.push(each);
  }
  const kept = new Set(front.map(({ row }) => row));
  return rows.filter((row) => kept.has(row));
}

function lexicographic(one: readonly number[], other: readonly number[]): number {
  const differing = one.findIndex((value, index) => value !== other[index]);
  return differing < 0 ? 0 : (one[differing] ?? 0) - (other[differing] ?? 0);
}

type Standing = Pick<RankedPoint, 'best' | 'tied' | 'tradeOff'>;

function standingsOf(
  group: readonly PointSummary[],
  metrics: readonly MetricInfo[],
  objectives: readonly Objective[],
): [PointSummary, Standing][] {
  const front = new Set(paretoFront(group, objectives));
  // What is told on the test split ranks nothing where there is a validation split to choose by.
  const ranking = metrics.filter(({ chosenBy }) => chosenBy === undefined);
  const bests = ranking.map(({ name, goal }) => bestOf(group, name, goal));
  return group.map((row) => [
    row,
    {
      best: bests.filter(({ best }) => best.has(row)).map(({ name }) => name),
      tied: bests.filter(({ tied }) => tied.has(row)).map(({ name }) => name),
      tradeOff: front.has(row),
    },
  ]);
}

/** The rows with the best mean of a metric, and those that cannot be told from the first of them. */
function bestOf(
  group: readonly PointSummary[],
  name: string,
  goal: MetricInfo['goal'],
): { name: string; best: ReadonlySet<PointSummary>; tied: ReadonlySet<PointSummary> } {
  const value = bestMean(group, name, goal);
  const ranked = value === null ? [] : group.filter((row) => meanOverAll(row, name) !== null);
  const best = ranked.filter((row) => meanOverAll(row, name) === value);
  const others = ranked.filter((row) => meanOverAll(row, name) !== value);
  return { name, best: new Set(best), tied: new Set(best[0] && tiedWith(best[0], others, name)) };
}

/** Null where no point is better than another. */
function bestMean(group: readonly PointSummary[], metric: string, goal: MetricInfo['goal']): number | null {
  const means = group.map((row) => meanOverAll(row, metric)).filter((mean) => mean !== null);
  const [lowest, highest] = [smallestOf(means), largestOf(means)];
  if (goal === 'none' || lowest >= highest) {
    return null;
  }
  return goal === 'minimize' ? lowest : highest;
}

/** The means of the objectives, the smaller the better; null where one is missing. */
function positionOf(row: PointSummary, objectives: readonly Objective[]): readonly number[] | null {
  const means = objectives.map(({ name, goal }) => {
    const value = meanOverAll(row, name);
    return value === null ? null : goal === 'maximize' ? -value : value;
  });
  const known = means.filter((value) => value !== null);
  return known.length === means.length ? known : null;
}

function beats(one: readonly number[], other: readonly number[]): boolean {
  return (
    one.every((value, index) => value <= (other[index] ?? Number.NaN)) &&
    one.some((value, index) => value < (other[index] ?? Number.NaN))
  );
}
