/** From a sweep's configuration to the list of trials that it stands for. */
import { MOST_TRIALS, tooManyTrials } from '../config/check.ts';
import { type Choice, unreachable } from '../config/point.ts';
import type { SweepConfig } from '../config/schema.ts';
import { dimensionsOf, gridPoints, gridSize, parametersOf, type Space } from '../config/space.ts';
import { ConfigError } from '../errors.ts';
import type { Point, TrialSpec } from '../record/trial-spec.ts';
import type { PlanProgress } from './progress.ts';
import { baselineOf, resolvePoint, tryPoint } from './resolve.ts';
import { randomSampler, sobolSampler } from './sampler.ts';

/** Trials of a sweep: the baselines, then the points in order, each with its seeds side by side. */
export interface Plan {
  readonly trials: readonly TrialSpec[];
  /** Points of the grid or draws that repeat another one or stand for a baseline, and are not trained again. */
  readonly duplicates: number;
  /** Draws that make no valid experiment, in whose place others were drawn. */
  readonly impossible: number;
  /** Different points, baselines included. */
  readonly points: number;
}

/** What a sampler's draws have come to. */
export interface DrawnPoints {
  /** Different, and none of them a baseline. */
  readonly points: readonly Point[];
  readonly duplicates: number;
  readonly impossible: number;
}

/** Points of a bayes sweep that are drawn at random, to have something to learn from. */
export const STARTUP_POINTS = 10;
/** Draws in a row that bring nothing new, after which a space counts as exhausted. */
const MOST_IDLE_DRAWS = 1000;
/** Draws in all, after which a space in which hardly anything is possible is left as it is. */
const MOST_DRAWS = 1_000_000;
/** Points between two reports on how far the planning is. */
const REPORT_EVERY = 1000;

/**
 * Plans a sweep; the same configuration always gives the same plan. Of a bayes sweep these are the baselines that are
 * known without any result; its points come from a planner.
 *
 * The grid runs through the parameters in their order, the last one fastest. A baseline is planned once for every
 * combination of the parameters that are not the penalty's. More seeds or a larger `run_cap` change nothing before.
 *
 * Errors: ConfigError PLAN_INVALID for a configuration that `parseSweepConfig` would refuse.
 */
export function planSweep(config: SweepConfig, onProgress?: PlanProgress): Plan {
  const { method, run_cap: cap = Number.POSITIVE_INFINITY, sampler_seed: seed = 0 } = config.sweep;
  const space = spaceOf(config);
  switch (method) {
    case 'grid':
      return planGrid(config, space, cap, onProgress);
    case 'random':
      return planDraws(config, drawPoints(config, randomSampler(space, seed), cap, { onProgress }));
    case 'sobol':
      return planDraws(config, drawPoints(config, sobolSampler(space, seed), cap, { onProgress }));
    case 'bayes': {
      const startup = drawPoints(config, randomSampler(space, seed), Math.min(cap, STARTUP_POINTS));
      return planDraws(config, startup, []);
    }
  }
}

/** The space of a sweep. Errors: ConfigError PLAN_INVALID for a parameter that leads nowhere. */
export function spaceOf({ experiment, sweep }: SweepConfig): Space {
  const parameters = parametersOf(sweep.parameters);
  for (const { path, segments } of parameters) {
    const reason = unreachable(experiment, segments);
    if (reason !== undefined) throw new ConfigError('PLAN_INVALID', `sweep.parameters.${path}: ${reason}.`);
  }
  return { experiment, dimensions: dimensionsOf(parameters, sweep.zip) };
}

/** How points are drawn. */
export interface DrawOptions {
  /** Points that are not wanted again, by their names. */
  readonly known?: ReadonlyMap<string, Point>;
  readonly onProgress?: PlanProgress | undefined;
}

/** The first `count` points that can be trained and are not `known`, from a sampler's draws in order. */
export function drawPoints(
  { experiment }: SweepConfig,
  sampler: (index: number) => Choice,
  count: number,
  { known = new Map(), onProgress = () => {} }: DrawOptions = {},
): DrawnPoints {
  const points = new Map<string, Point>();
  let counts = { duplicates: 0, impossible: 0 };
  let idle = { duplicates: 0, impossible: 0 };
  for (let index = 0; points.size < count && index < MOST_DRAWS; index += 1) {
    if (index % REPORT_EVERY === 0) onProgress(points.size, count);
    const point = tryPoint(experiment, sampler(index));
    if ('problem' in point) idle.impossible += 1;
    else if (point.baseline || known.has(point.point) || points.has(point.point)) idle.duplicates += 1;
    else {
      points.set(point.point, point);
      counts = add(counts, idle);
      idle = { duplicates: 0, impossible: 0 };
    }
    // What was drawn in vain, to see that there is no more, is no news to anybody.
    if (idle.duplicates + idle.impossible === MOST_IDLE_DRAWS) break;
  }
  return { points: [...points.values()], ...counts };
}

type Counts = Pick<DrawnPoints, 'duplicates' | 'impossible'>;

function add(a: Counts, b: Counts): Counts {
  return { duplicates: a.duplicates + b.duplicates, impossible: a.impossible + b.impossible };
}

/** Each point with its seeds, from a position in the plan on. */
export function trialsOf(points: readonly Point[], seeds: readonly number[], from: number): TrialSpec[] {
  return points.flatMap((point, position) =>
    seeds.map((seed, each) => ({
      id: `${point.point}-s${seed}`,
      seed,
      ...point,
      index: from + position * seeds.length + each,
    })),
  );
}

function planGrid(
  { experiment, sweep }: SweepConfig,
  space: Space,
  cap: number,
  onProgress: PlanProgress = () => {},
): Plan {
  const size = gridSize(space, MOST_TRIALS);
  const excess = tooManyTrials(size, 1) ?? tooManyTrials(Math.min(size, cap), sweep.seeds.length);
  if (excess !== undefined) throw new ConfigError('PLAN_INVALID', `sweep.parameters: ${excess}.`);

  const baselines = new Map<string, Point>();
  const penalized = new Map<string, Point>();
  let seen = 0;
  for (const choice of gridPoints(space)) {
    if (penalized.size >= cap) break;
    if (seen % REPORT_EVERY === 0) onProgress(penalized.size, Math.min(size, cap));
    seen += 1;
    const point = resolvePoint(experiment, choice);
    keepFirst(baselines, baselineOf(point, experiment));
    if (!point.baseline) keepFirst(penalized, point);
  }
  const points = [...baselines.values(), ...penalized.values()];
  return {
    trials: trialsOf(points, sweep.seeds, 0),
    duplicates: seen - penalized.size,
    impossible: 0,
    points: points.length,
  };
}

/** The plan of drawn points; of a sweep that draws on only their baselines. */
function planDraws(
  { experiment, sweep }: SweepConfig,
  { points: drawn, duplicates, impossible }: DrawnPoints,
  trained: readonly Point[] = drawn,
): Plan {
  const baselines = new Map<string, Point>();
  // A sweep that finds no point has its baseline all the same.
  const first = drawn.length > 0 ? drawn : [resolvePoint(experiment, [])];
  for (const point of first) keepFirst(baselines, baselineOf(point, experiment));
  const points = [...baselines.values(), ...trained];
  return { trials: trialsOf(points, sweep.seeds, 0), duplicates, impossible, points: points.length };
}

function keepFirst(points: Map<string, Point>, point: Point): void {
  if (!points.has(point.point)) points.set(point.point, point);
}
