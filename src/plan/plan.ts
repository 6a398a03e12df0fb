/** From a sweep's configuration to the list of trials that it stands for. */
import { createHash } from 'node:crypto';
import { type Finding, findProblems } from '../config/findings.ts';
import { tooManyTrials } from '../config/grid.ts';
import {
  type Choice,
  gridPoints,
  gridSize,
  type Sweepable,
  settlePoint,
  unreachable,
} from '../config/point.ts';
import {
  type ExperimentConfig,
  experimentSchema,
  type PenaltyConfig,
  type SweepConfig,
} from '../config/schema.ts';
import { ConfigError } from '../errors.ts';
import { findCrossPenalty, findPenalty } from '../kernel/catalogue.ts';
import { flattenSettings, type Setting } from './settings.ts';

/** One training, with everything that it needs to know: it can be sent to any worker. */
export interface TrialSpec {
  /** `<point>-s<seed>`: the same in every plan that has this point. */
  readonly id: string;
  /** Position in the plan. */
  readonly index: number;
  /**
   * Name of the point: the first 12 hexadecimal digits of the SHA-256 of the experiment as JSON with sorted keys. All
   * baselines that differ in their penalty alone have one name.
   */
  readonly point: string;
  /** Whether it is trained without any penalty. */
  readonly baseline: boolean;
  readonly seed: number;
  /** The swept settings of the point by dotted path; a baseline has none of the penalty's. */
  readonly settings: Readonly<Record<string, Setting>>;
  /** Complete, with the penalty's defaults written out; a baseline has the weight 0. */
  readonly experiment: ExperimentConfig;
}

/** All trials of a sweep: the baselines, then the points of the grid in order, each with its seeds side by side. */
export interface Plan {
  readonly trials: readonly TrialSpec[];
  /** Points of the grid that repeat another one or stand for a baseline, and are not trained again. */
  readonly duplicates: number;
  /** Different points, baselines included. */
  readonly points: number;
}

type Point = Omit<TrialSpec, 'id' | 'index' | 'seed'>;

/**
 * Plans a sweep; the same configuration always gives the same plan.
 *
 * The grid runs through the parameters in their order, the last one fastest. A baseline is planned once for every
 * combination of the parameters that are not the penalty's.
 *
 * Errors: ConfigError PLAN_INVALID for a configuration that `parseSweepConfig` would refuse.
 */
export function planSweep({ experiment, sweep }: SweepConfig): Plan {
  const parameters = Object.entries(sweep.parameters).map(
    ([path, { values }]): Sweepable => ({ path, segments: path.split('.'), values }),
  );
  for (const { path, segments } of parameters) {
    const reason = unreachable(experiment, segments);
    if (reason !== undefined) throw new ConfigError('PLAN_INVALID', `sweep.parameters.${path}: ${reason}.`);
  }
  const size = gridSize(parameters);
  const excess = tooManyTrials(size, sweep.seeds.length);
  if (excess !== undefined) throw new ConfigError('PLAN_INVALID', `sweep.parameters: ${excess}.`);

  const baselines = new Map<string, Point>();
  const penalized = new Map<string, Point>();
  for (const choice of gridPoints(parameters)) {
    const point = resolvePoint(experiment, choice);
    const baseline = baselineOf(point, experiment.penalty);
    keepFirst(baselines, baseline);
    if (!point.baseline) keepFirst(penalized, point);
  }
  const points = [...baselines.values(), ...penalized.values()];
  const trials = points
    .flatMap((point) => sweep.seeds.map((seed) => ({ id: `${point.point}-s${seed}`, seed, ...point })))
    .map((trial, index) => ({ ...trial, index }));
  return { trials, duplicates: size - penalized.size, points: points.length };
}

/** Optimizer steps of a trial. A rest of the samples makes a smaller batch, but a single sample has no covariance. */
export function trialSteps(
  { experiment: { training } }: Pick<TrialSpec, 'experiment'>,
  trainSamples: number,
): number {
  const { epochs, batch_size: batchSize } = training;
  const rest = trainSamples % batchSize;
  return epochs * (Math.floor(trainSamples / batchSize) + (rest > 1 ? 1 : 0));
}

function resolvePoint(base: ExperimentConfig, choice: Choice): Point {
  const settled = settlePoint(base, choice);
  const checked = experimentSchema.safeParse(settled.experiment);
  if (!checked.success) {
    const [first] = findProblems(checked.error.issues, settled.experiment) as [Finding, ...Finding[]];
    throw new ConfigError('PLAN_INVALID', `experiment.${first.path.join('.')}: ${first.message}.`);
  }
  const experiment = { ...checked.data, penalty: withDefaults(checked.data.penalty) };
  return {
    point: hashOf(experiment),
    baseline: isOff(experiment.penalty),
    settings: flattenSettings(choice, settled.dropped),
    experiment,
  };
}

/** The baseline that a point is compared with: the same experiment without its penalty. */
function baselineOf({ experiment, settings }: Point, penalty: PenaltyConfig): Point {
  return {
    point: hashOf({ ...experiment, penalty: { type: 'none', weight: 0 } }),
    baseline: true,
    settings: Object.fromEntries(Object.entries(settings).filter(([path]) => !path.startsWith('penalty.'))),
    experiment: { ...experiment, penalty: withDefaults(withoutWeight(penalty)) },
  };
}

function isOff({ weight, strength }: PenaltyConfig): boolean {
  return weight === 0 || strength === 0;
}

function withoutWeight({ strength: _, ...penalty }: PenaltyConfig): PenaltyConfig {
  return { ...penalty, weight: 0 };
}

/** A penalty with the catalogue's defaults written out: what is left out and what is spelled out make the same point. */
function withDefaults(penalty: PenaltyConfig): PenaltyConfig {
  const definition = findPenalty(penalty.type) ?? findCrossPenalty(penalty.type);
  if (definition === undefined) return penalty;
  const { centered, ddof, parameters } = definition;
  const defaults = Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.default]));
  return { centered, ddof, ...defaults, ...penalty };
}

function keepFirst(points: Map<string, Point>, point: Point): void {
  if (!points.has(point.point)) points.set(point.point, point);
}

/** What is measured beside the training makes no other point. */
function hashOf({
  evaluation: _,
  ...training
}: Omit<ExperimentConfig, 'penalty'> & { penalty: unknown }): string {
  return createHash('sha256').update(JSON.stringify(training, sortKeys)).digest('hex').slice(0, 12);
}

/** Makes the order of the keys irrelevant, as a replacer of JSON.stringify. */
function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
