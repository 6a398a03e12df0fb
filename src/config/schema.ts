/** The whole sweep file: its types, and the schema that checks it and fills in what it leaves out. */
import { z } from 'zod';
import { METRICS } from '../metrics/metrics.ts';
import { type EarlyTerminate, earlyTerminateSchema } from './early-terminate.ts';
import { type ExperimentConfig, experimentSchema } from './experiment.ts';
import { findParameters, type ParameterTree, parameterPathProblems } from './parameters.ts';
import { choice, realNumber, section, wholeNumber } from './rules.ts';

export type * from './experiment.ts';
export { experimentSchema } from './experiment.ts';

/** A value of a swept parameter: a single value, or a whole section or list of the experiment. */
export type SweptValue =
  | string
  | number
  | boolean
  | readonly SweptValue[]
  | { readonly [key: string]: SweptValue };

export interface SweepMetric {
  readonly name: string;
  readonly goal: 'minimize' | 'maximize';
  /** A complete trial that reaches it ends the sweep. */
  readonly target?: number | undefined;
}

export interface SweepSection {
  readonly method: 'grid';
  readonly metric: SweepMetric;
  readonly seeds: readonly number[];
  readonly early_terminate?: EarlyTerminate | undefined;
  /** Seconds that one trial may take. */
  readonly trial_timeout?: number | undefined;
  /** By dotted path inside the experiment, in the order of the file. */
  readonly parameters: Readonly<Record<string, { readonly values: readonly SweptValue[] }>>;
}

export interface SweepConfig {
  readonly name: string;
  readonly experiment: ExperimentConfig;
  readonly sweep: SweepSection;
}

const MOST_SEEDS = 1000;

/** What a sweep can aim at, and which way is better; a metric of the layers is averaged over the penalised ones. */
export const SWEEP_METRICS: ReadonlyMap<string, 'minimize' | 'maximize' | 'none'> = new Map([
  ['test.accuracy', 'maximize'],
  ['test.loss', 'minimize'],
  ['train.accuracy', 'maximize'],
  ['train.loss', 'minimize'],
  ['train.penalty', 'none'],
  ...METRICS.map(({ name, goal }) => [name, goal] as const),
  ['seconds', 'minimize'],
]);

const metric = section({
  name: choice([...SWEEP_METRICS.keys()]).describe('A metric of the training, or of the penalised layers'),
  goal: choice(['minimize', 'maximize'])
    .exactOptional()
    .describe("Which way is better; the metric's own unless given"),
  target: realNumber({}).exactOptional().describe('A value that ends the sweep when a trial reaches it'),
})
  .refine(({ name, goal }) => goal !== undefined || SWEEP_METRICS.get(name) !== 'none', {
    path: ['goal'],
    error: 'this metric has no better way of its own. Say minimize or maximize',
  })
  .transform(({ goal, ...rest }) => ({
    ...rest,
    goal: (goal ?? SWEEP_METRICS.get(rest.name)) as SweepMetric['goal'],
  }));

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

const parameterTree: z.ZodType<ParameterTree> = z.lazy(() =>
  section({
    value: z.unknown().exactOptional().describe('The only value'),
    values: z
      .array(z.unknown(), { error: 'must be a list of values' })
      .min(1, { error: 'must have at least one value' })
      .exactOptional()
      .describe('The values to try'),
    parameters: parameterTrees.exactOptional().describe('Parameters inside this section'),
  }).refine((tree) => Object.keys(tree).length === 1, {
    error: 'must have exactly one of values, value and parameters',
  }),
);
const parameterTrees: z.ZodType<Readonly<Record<string, ParameterTree>>> = z.record(
  z.string(),
  parameterTree,
  {
    error: 'must be a mapping from paths to values',
  },
);

const parameters = parameterTrees
  .superRefine((trees, context) => {
    for (const { location, message } of parameterPathProblems(findParameters(trees))) {
      context.addIssue({ code: 'custom', path: [...location], message, params: { at: 'key' } });
    }
  })
  .transform((trees) =>
    Object.fromEntries(
      findParameters(trees).map(({ path, values }) => [path, { values: values as readonly SweptValue[] }]),
    ),
  )
  .describe('Values to try, by dotted path inside the experiment');

const sweep = section({
  method: choice(['grid']).default('grid').describe('How points are chosen: grid tries every combination'),
  metric: metric
    .default({ name: 'mean-abs-correlation', goal: 'minimize' })
    .describe('What the sweep aims at: the metric by which a comparison ranks its points'),
  seeds: seeds.default([0, 1, 2]),
  early_terminate: earlyTerminateSchema.exactOptional(),
  trial_timeout: realNumber({ above: 0 }).exactOptional().describe('Seconds that one trial may take'),
  parameters: parameters.default({}),
});

const NAME_RULE =
  'must be up to 100 letters, digits, dots, dashes and underscores, starting with a letter or digit, without ".."';

/** The whole sweep file. */
export const sweepFileSchema: z.ZodType<SweepConfig> = section({
  name: z
    .string({ error: NAME_RULE })
    .regex(/^(?!.*\.\.)[a-z0-9][a-z0-9._-]{0,99}$/i, { error: NAME_RULE })
    .describe('Name of the sweep and of the directory of its runs'),
  experiment: experimentSchema,
  sweep: sweep.prefault({}).describe('What to vary, in the vocabulary of Weights & Biases sweeps'),
});
