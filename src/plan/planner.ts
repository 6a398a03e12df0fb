/** Plans a sweep while it runs: which point comes next, given the results so far. */
import { isAdaptive } from '../config/methods.ts';
import type { SweepConfig } from '../config/schema.ts';
import { pointAt } from '../config/space.ts';
import { uniformStream } from '../random.ts';
import type { TrialRecord } from '../record/record.ts';
import type { Point, TrialSpec } from '../record/trial-spec.ts';
import { axisOf, coordinatesOf, unitsOf } from './axes.ts';
import { drawPoints, type Plan, planSweep, STARTUP_POINTS, spaceOf, trialsOf } from './plan.ts';
import type { PlanProgress } from './progress.ts';
import { goalsOf, orderPoints } from './ranking.ts';
import { baselineOf, tryPoint } from './resolve.ts';
import { randomSampler } from './sampler.ts';
import { suggest } from './tpe.ts';

/** Plans a sweep as its results come in. */
export interface Planner {
  /** The trials that are known without results. */
  readonly plan: Plan;
  /**
   * The trials of the next point, with its baseline where that is new, given the records so far; `wait` while results
   * that it depends on are missing; undefined when there are no more. Each call that gives trials goes on by one point.
   */
  propose(records: readonly TrialRecord[]): readonly TrialSpec[] | 'wait' | undefined;
}

/** A point is chosen by the results of all points but this many before it, which may still be in training. */
export const WINDOW = 8;
/** Streams of the sampler from here on belong to points that are chosen by results, those before to draws. */
const FIRST_LEARNING_STREAM = 2 ** 40;

/**
 * A planner for a sweep; `proposed` are the trials that an earlier sitting of the same run got from its planner.
 * `onProgress` is told of the trials that are known without results as they are planned.
 *
 * The proposal for point i depends on the configuration and on the results of the points 0 to i − 8 alone, so it is the
 * same for any number of threads. A trial that was interrupted has no result; one that failed has, and counts as worst.
 *
 * Errors: ConfigError PLAN_INVALID as {@link planSweep}.
 */
export function createPlanner(
  config: SweepConfig,
  proposed: readonly TrialSpec[] = [],
  onProgress?: PlanProgress,
): Planner {
  const plan = planSweep(config, onProgress);
  if (!isAdaptive(config.sweep.method)) return { plan, propose: () => undefined };

  const { seeds, run_cap: cap = 0, sampler_seed: seed = 0 } = config.sweep;
  const space = spaceOf(config);
  const startup = drawPoints(config, randomSampler(space, seed), Math.min(cap, STARTUP_POINTS)).points;
  const exhausted = startup.length < Math.min(cap, STARTUP_POINTS);
  const baselines = new Set([...plan.trials, ...proposed].filter(({ baseline }) => baseline).map(nameOf));
  const points = new Map<string, Point>();
  for (const trial of proposed) if (!trial.baseline) points.set(trial.point, trial);
  let next = plan.trials.length + proposed.length;

  const learn = (records: readonly TrialRecord[]): Point | 'wait' | undefined => {
    const results = new Map(records.map((record) => [record.id, record]));
    const known = [...points.values()].slice(0, points.size - WINDOW + 1);
    const finished = known.map(({ point }) =>
      seeds.flatMap((own) => {
        const record = results.get(`${point}-s${own}`);
        return record === undefined || record.outcome.status === 'interrupted' ? [] : [record];
      }),
    );
    if (finished.some(({ length }) => length < seeds.length)) return 'wait';
    const ranked = orderPoints(finished, goalsOf(config.sweep)).map((index) => known[index] as Point);
    const uniform = uniformStream(seed, 'sampler', FIRST_LEARNING_STREAM + points.size);
    return bestCandidate(ranked, uniform) ?? anyOther(uniform);
  };

  const axes = space.dimensions.map(axisOf);
  const coordinates = ({ settings }: Point) => coordinatesOf(space.dimensions, settings);
  const newPointAt = (units: readonly number[]): Point | undefined => {
    const point = tryPoint(config.experiment, pointAt(space, units));
    return 'problem' in point || point.baseline || points.has(point.point) ? undefined : point;
  };
  const bestCandidate = (ranked: readonly Point[], uniform: () => number): Point | undefined => {
    const { candidates, score } = suggest(axes, ranked.map(coordinates), uniform);
    const scored = candidates.flatMap((candidate) => {
      const point = newPointAt(unitsOf(axes, candidate));
      return point === undefined ? [] : [{ point, score: score(coordinates(point)) }];
    });
    return scored.toSorted((a, b) => b.score - a.score)[0]?.point;
  };
  /** Where all candidates are known already. */
  const anyOther = (uniform: () => number): Point | undefined =>
    drawPoints(
      config,
      () =>
        pointAt(
          space,
          axes.map(() => uniform() || Number.EPSILON),
        ),
      1,
      { known: points },
    ).points[0];

  return {
    plan,
    propose(records) {
      if (points.size >= cap) return undefined;
      const drawn = startup[points.size];
      const point = drawn ?? (exhausted ? undefined : learn(records));
      if (point === undefined || point === 'wait') return point;
      points.set(point.point, point);
      const baseline = baselineOf(point, config.experiment);
      const trained = baselines.has(baseline.point) ? [point] : [baseline, point];
      baselines.add(baseline.point);
      const trials = trialsOf(trained, seeds, next);
      next += trials.length;
      return trials;
    },
  };
}

function nameOf({ point }: TrialSpec): string {
  return point;
}
