/** The `sweep` section of the sweep file, in the vocabulary of Weights & Biases sweeps: its types and its schema. */
import { z } from 'zod';
import { areValid, choice, realNumber, section, wholeNumber } from '../schema/rules.ts';
import { type EarlyTerminate, earlyTerminateSchema } from './early-terminate.ts';
import { SWEEP_METHODS, type SweepMethod } from './methods.ts';
import { type ParametersConfig, parametersSchema } from './parameters-schema.ts';
import { SWEEP_METRICS } from './sweep-metrics.ts';
import { zipProblems } from './zip.ts';

export type { EarlyTerminate } from './early-terminate.ts';
export type { ParameterConfig, SweptValue } from './parameters-schema.ts';

/** One thing that a sweep aims at. */
export interface SweepGoal {
  readonly name: string;
  readonly goal: 'minimize' | 'maximize';
}

/** What a sweep aims at; it ends early once a point reaches the target. */
export interface SweepMetric extends SweepGoal {
  readonly target?: number;
}

/** The whole section; everything but a grid has a `sampler_seed` and a `run_cap`. */
export interface SweepSection {
  readonly method: SweepMethod;
  /** By which points are ranked and trials ended early; the first of several metrics unless given. */
  readonly metric: SweepMetric;
  /** The goals of a sweep with several, whose result is their Pareto set. */
  readonly metrics?: readonly SweepGoal[];
  readonly seeds: readonly number[];
  readonly sampler_seed?: number;
  /** Most points, baselines not counted. */
  readonly run_cap?: number;
  /** By dotted path inside the experiment, in the order of the file. */
  readonly parameters: ParametersConfig;
  /** Paths of parameters whose lists advance together. */
  readonly zip?: readonly (readonly string[])[];
  readonly early_terminate?: EarlyTerminate;
  /** Seconds. */
  readonly trial_timeout?: number;
}

const MOST_SEEDS = 1000;
/** Points of a sweep that would never end by itself. */
export const DEFAULT_RUN_CAP = 20;

const goalKeys = {
  name: choice([...SWEEP_METRICS.keys()]).describe(
    'A score of a split, such as validation.accuracy, or a metric of the penalised layers',
  ),
  goal: choice(['minimize', 'maximize'])
    .exactOptional()
    .describe("Which way is better; the metric's own unless given"),
};
const WITHOUT_GOAL = {
  path: ['goal'],
  error: 'this metric has no better way of its own. Say minimize or maximize',
};

const goalOf = ({ name, goal }: { name: string; goal?: SweepGoal['goal'] }): SweepGoal['goal'] =>
  goal ?? (SWEEP_METRICS.get(name) as SweepGoal['goal']);
const hasGoal = ({ name, goal }: { name: string; goal?: SweepGoal['goal'] }): boolean =>
  goal !== undefined || SWEEP_METRICS.get(name) !== 'none';

const METRIC = '{name: test.accuracy, goal: maximize}';

const metric = section(
  {
    ...goalKeys,
    target: realNumber({}).exactOptional().describe('The sweep ends once a point is this good'),
  },
  METRIC,
)
  .refine(hasGoal, WITHOUT_GOAL)
  .transform((given) => ({ ...given, goal: goalOf(given) }));

const metrics = z
  .array(
    section(goalKeys, METRIC)
      .refine(hasGoal, WITHOUT_GOAL)
      .transform((given) => ({ ...given, goal: goalOf(given) })),
    { error: `must be a list of metrics such as [${METRIC}, {name: mean-abs-correlation}]` },
  )
  .min(2, { error: 'must be at least two. Write metric for a single one' })
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, {
    error: 'must be distinct, got a metric twice. Remove the repeated one',
  })
  .describe('Several goals; the result is the points that none other beats in all of them');

const seeds = z
  .union(
    [
      wholeNumber(1, MOST_SEEDS),
      z
        .array(wholeNumber(0))
        .min(1, { error: 'must have at least one seed' })
        .max(MOST_SEEDS, { error: `must have at most ${MOST_SEEDS} seeds` })
        .refine((list) => new Set(list).size === list.length, {
          error: 'must be distinct, got a seed twice. Remove the repeated one',
        }),
    ],
    { error: `must be a number of seeds from 1 to ${MOST_SEEDS} or a list of distinct seeds` },
  )
  .transform((given) =>
    typeof given === 'number' ? Array.from({ length: given }, (_, seed) => seed) : given,
  )
  .describe('How often each point is trained (3 stands for the seeds 0, 1 and 2), or the seeds themselves');

const paths = z
  .array(z.string({ error: 'must be the path of a parameter' }))
  .min(2, { error: 'must name at least two parameters' });
const zip = z
  .union([z.array(paths).min(1), paths], {
    error: 'must be a list of lists of paths, such as [[penalty.type, penalty.weight]]',
  })
  .transform((given) => (Array.isArray(given[0]) ? (given as string[][]) : [given as string[]]))
  .describe('Parameters whose lists of values advance together, in groups');

const sweep = section({
  method: choice(SWEEP_METHODS)
    .default('grid')
    .describe(
      'How points are chosen: grid tries every combination, random draws them, sobol spreads them evenly, bayes learns from the results (TPE)',
    ),
  metric: metric
    .exactOptional()
    .describe(
      'What the sweep aims at: the metric by which a comparison ranks its points; mean-abs-correlation unless given',
    ),
  metrics: metrics.exactOptional(),
  seeds: seeds.default([0, 1, 2]),
  sampler_seed: wholeNumber(0)
    .exactOptional()
    .describe('Seed of the points that are drawn; 0 unless given. A grid draws none'),
  run_cap: wholeNumber(1)
    .exactOptional()
    .describe(
      `Most points that are trained, baselines not counted; ${DEFAULT_RUN_CAP} unless given, and all of a grid`,
    ),
  parameters: parametersSchema.default({}),
  zip: zip.exactOptional(),
  early_terminate: earlyTerminateSchema.exactOptional(),
  trial_timeout: realNumber({ above: 0 }, 'a number of seconds')
    .exactOptional()
    .describe('Seconds after which a trial is given up; none unless given'),
});
/** The keys of a metric to aim at. */
export const GOAL_KEYS: readonly string[] = Object.keys(goalKeys);
/** The keys of the section. */
export const SWEEP_KEYS: readonly string[] = Object.keys(sweep.shape);

/** The section; what it leaves out is filled in. */
export const sweepSchema: z.ZodType<SweepSection> = sweep
  .superRefine(
    ({ parameters, zip: groups = [] }, context) => {
      for (const problem of zipProblems(parameters, groups)) context.addIssue({ code: 'custom', ...problem });
    },
    { when: areValid('parameters', 'zip') },
  )
  .superRefine(
    (given, context) => {
      for (const problem of goalProblems(given)) context.addIssue({ code: 'custom', ...problem });
    },
    { when: areValid('metric', 'metrics', 'early_terminate') },
  )
  .transform(({ metric: aim, ...rest }): SweepSection => {
    const [first] = rest.metrics ?? [{ name: 'mean-abs-correlation', goal: 'minimize' as const }];
    const sampled = rest.method === 'grid' ? {} : { sampler_seed: 0, run_cap: DEFAULT_RUN_CAP };
    return { ...sampled, ...rest, metric: aim ?? (first as SweepGoal) };
  })
  .describe('What to vary, in the vocabulary of Weights & Biases sweeps');

/** What is wrong with the goals of a sweep taken together. */
function goalProblems({
  metric: aim,
  metrics: goals,
  early_terminate: terminate,
}: {
  metric?: SweepMetric;
  metrics?: readonly SweepGoal[];
  early_terminate?: EarlyTerminate;
}): { path: string[]; message: string }[] {
  if (goals !== undefined && aim !== undefined) {
    const same = goals.some(({ name, goal }) => name === aim.name && goal === aim.goal);
    if (!same) return [{ path: ['metric'], message: 'must be one of metrics, got another. Add it there' }];
  }
  if (terminate === undefined) return [];
  if (goals !== undefined && aim === undefined) {
    const message = 'must have one metric to judge by, got several. Say which of metrics by metric';
    return [{ path: ['early_terminate'], message }];
  }
  if (aim?.name !== 'seconds') return [];
  const message = 'must judge by a metric that every epoch measures, got seconds. Use another metric';
  return [{ path: ['early_terminate'], message }];
}
