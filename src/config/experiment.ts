/**
 * The `experiment` section of the sweep file: its types, and the schema that checks it and fills in what it leaves out.
 *
 * One section after another: this file is as long as the list. The defaults of a penalty are in the kernel's catalogue,
 * all others here. The types are written out beside the schema because they are what the rest of covgrad, and its users,
 * read.
 */
import { z } from 'zod';
import type { DataConfig } from '../data/source.ts';
import { SOURCE_SECTIONS, sizesOf } from '../data/sources.ts';
import { DEFAULT_TASK, TASKS, type Task } from '../data/task.ts';
import {
  CROSS_PENALTIES,
  type CrossPenaltyDefinition,
  PENALTIES,
  type PenaltyDefinition,
  type PenaltyParameter,
} from '../kernel/catalogue.ts';
import { ACTIVATIONS, type Activation } from '../kernel/operations.ts';
import type { PenaltyParameterValues } from '../kernel/resolve.ts';
import { againstProblem } from '../network/against.ts';
import { LABELS } from '../network/layer-names.ts';
import { HUBER_DELTA, HUBER_DELTAS, isForClasses, LOSSES, type LossKind } from '../network/loss.ts';
import { memoryProblem } from '../network/memory.ts';
import { type OptimizerWith, optimizerSchema, optimizerSections } from '../network/optimizers.ts';
import { isMapping } from '../schema/mapping.ts';
import { areValid, choice, realNumber, section, truthValue, wholeNumber } from '../schema/rules.ts';
import { type Variants, variants } from '../schema/variants.ts';
import { type EvaluationConfig, evaluationSchema } from './evaluation.ts';

export type { DataConfig } from '../data/source.ts';
export type { EvaluationConfig } from './evaluation.ts';

/** A dense layer; the output layer is implied and not listed. */
export interface LayerConfig {
  /** Number of units. */
  readonly dense: number;
  readonly activation: Activation;
  readonly penalized: boolean;
  /** What the penalty is computed on. */
  readonly on: 'activation' | 'preactivation';
}

/** An optimizer with nothing left out. */
export type OptimizerConfig = OptimizerWith<number>;

export interface TrainingConfig {
  readonly epochs: number;
  readonly batch_size: number;
  /** Default: the task's. */
  readonly loss?: LossKind;
  /** Of the loss `huber`. Default: 1. */
  readonly huber_delta?: number;
  readonly optimizer: OptimizerConfig;
}

/** What is left out of `centered`, `ddof` and the penalty's own parameters is as the catalogue has it. */
export interface PenaltyConfig extends PenaltyParameterValues {
  readonly type: string;
  /** Factor of the penalty in the cost; left out where a strength is given. */
  readonly weight?: number;
  /** ‖weight · ∂penalty/∂X‖ / ‖∂loss/∂X‖ on the first batches, from which each trial sets its weight. */
  readonly strength?: number;
  /** Of a penalty on two activations: `labels`, `output`, or the name of a layer that is not penalized, such as `dense2`. */
  readonly against?: string;
  readonly centered?: boolean;
  readonly ddof?: 0 | 1;
}

/** One training, complete. */
export interface ExperimentConfig {
  readonly data: DataConfig;
  /** What the network learns. Default: classification. */
  readonly task?: Task;
  readonly model: readonly LayerConfig[];
  readonly training: TrainingConfig;
  readonly penalty: PenaltyConfig;
  readonly evaluation?: EvaluationConfig;
}

const MOST_UNITS = 65_536;
const layer = section(
  {
    dense: wholeNumber(1, MOST_UNITS).describe('Units of a dense layer'),
    activation: choice(ACTIVATIONS).default('relu').describe('Function applied to the output of the layer'),
    penalized: truthValue().default(false).describe('Whether the penalty acts on this layer'),
    on: choice(['activation', 'preactivation'])
      .default('activation')
      .describe(
        'Whether the penalty sees the output of the layer or the values before the activation function',
      ),
  },
  '{dense: 256, activation: relu}',
).refine(({ penalized, dense }) => !penalized || dense !== 1, {
  path: ['dense'],
  error: 'a penalized layer must have at least 2 units to correlate, got 1',
});

const model = z
  .array(layer, { error: 'must be a list of layers such as [{dense: 256, penalized: true}]' })
  .min(1, { error: 'must have at least one layer' })
  .refine((layers) => layers.some(({ penalized }) => penalized), {
    // A misspelt "penalized" is reported as such, not a second time here.
    when: ({ issues }) => issues.length === 0,
    error: 'at least one layer must be penalized, got none. Add "penalized: true" to a layer',
  })
  .describe('The hidden layers from input to output; an output layer with one unit a class is implied');

const learningRate = realNumber({ above: 0 }).describe('Learning rate');
const optimizers = optimizerSections(learningRate);

const trainingSection = section({
  epochs: wholeNumber(1, 100_000).default(5).describe('Passes over the training samples'),
  batch_size: wholeNumber(2, 1_000_000).default(128).describe('Samples in a minibatch'),
  loss: choice(LOSSES)
    .exactOptional()
    .describe(
      'What training lowers beside the penalty; unless given cross-entropy for classes, else squared-error',
    ),
  huber_delta: realNumber(HUBER_DELTAS)
    .exactOptional()
    .describe(
      `Distance from the target at which the loss huber turns from squared to absolute; ${HUBER_DELTA} unless given`,
    ),
  optimizer: optimizerSchema<number>(optimizers).describe('How the weights follow their gradients'),
});
const training = trainingSection.describe('How the network is trained');
/** The keys of a layer. */
export const LAYER_KEYS: readonly string[] = Object.keys(layer.shape);
/** The keys of the section on the training. */
export const TRAINING_KEYS: readonly string[] = Object.keys(trainingSection.shape);

const MISSING_WEIGHT = 'is missing, must be a number of at least 0. Give it, or a strength';

/** The keys that the penalties on one activation and on two have in common. */
function penaltyKeys({
  id,
  formula,
  centered,
  ddof,
  parameters,
}: PenaltyDefinition | CrossPenaltyDefinition) {
  return {
    type: choice([id]).describe(formula),
    weight: realNumber({ from: 0 })
      .exactOptional()
      .describe('Factor of the penalty in the cost; 0 trains without it'),
    strength: realNumber({ from: 0 })
      .exactOptional()
      .describe(
        'In place of a weight: how large the gradient of the penalty is beside that of the loss on the first batches',
      ),
    centered: truthValue()
      .exactOptional()
      .describe(`Whether the means are taken off first; ${centered} unless given`),
    ddof: choice([0, 1])
      .exactOptional()
      .describe(`The covariance is divided by samples less ddof; ${ddof} unless given`),
    ...Object.fromEntries(
      parameters.map((parameter) => [
        parameter.name,
        rangeOf(parameter)
          .exactOptional()
          .describe(`${parameter.description}; ${parameter.default} unless given`),
      ]),
    ),
  };
}

/** What the penalized layers are set against. Units that are paired must be chosen: few networks have as many as classes. */
function againstOf({ paired }: CrossPenaltyDefinition): z.ZodType<string, string | undefined> {
  const name = z
    .string({ error: 'must be labels, output or the name of a layer, such as dense2' })
    .describe(
      'What the penalized layers are set against: the one-hot labels, the output, or a layer that is not penalized itself',
    );
  return paired ? name : name.default(LABELS);
}

const penalties = [
  ...PENALTIES.map((definition) => penaltySection(penaltyKeys(definition))),
  ...CROSS_PENALTIES.map((definition) =>
    penaltySection({ ...penaltyKeys(definition), against: againstOf(definition) }),
  ),
];

/** A section with either a weight or a strength. */
function penaltySection<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const given = (value: unknown, key: string): boolean => isMapping(value) && value[key] !== undefined;
  return section(shape).superRefine((value, context) => {
    const [weight, strength] = [given(value, 'weight'), given(value, 'strength')];
    if (weight && strength) {
      const message = 'must not stand beside a weight, which it would set. Remove one of the two';
      context.addIssue({ code: 'custom', path: ['strength'], message, params: { at: 'key' } });
    } else if (!weight && !strength) {
      context.addIssue({ code: 'custom', path: ['weight'], message: MISSING_WEIGHT });
    }
  });
}

function rangeOf({ range, whole }: PenaltyParameter): z.ZodNumber {
  return whole && 'from' in range ? wholeNumber(range.from) : realNumber(range);
}

const penalty: z.ZodType<PenaltyConfig> = z
  .discriminatedUnion('type', penalties as [(typeof penalties)[number], ...typeof penalties], {
    error: 'must be a mapping such as {type: decov, weight: 0.1}',
  })
  .describe('What is added to the cost for every penalized layer');

type SourceSection = (typeof SOURCE_SECTIONS)[number];

const data = z
  .discriminatedUnion('source', SOURCE_SECTIONS as [SourceSection, ...SourceSection[]], {
    error: 'must be a mapping such as {source: mnist}',
  })
  .describe('What the network learns from') as unknown as z.ZodType<DataConfig>;

const experiment = section({
  data,
  task: choice(TASKS)
    .exactOptional()
    .describe(
      'What the network learns; classification unless given. The output layer and the loss follow it',
    ),
  model,
  training,
  penalty,
  evaluation: evaluationSchema.exactOptional(),
});
/** The keys of an experiment. */
export const EXPERIMENT_KEYS: readonly string[] = Object.keys(experiment.shape);

/** One training; the base of the sweep, and every point of it. */
export const experimentSchema: z.ZodType<ExperimentConfig> = experiment
  .superRefine(
    ({ data, task, model: layers, training: { batch_size } }, context) => {
      const sizes = sizesOf(data, task ?? DEFAULT_TASK);
      // What only the files tell is checked once they are read.
      const message = sizes === null ? undefined : memoryProblem(sizes, layers, batch_size);
      if (message !== undefined) context.addIssue({ code: 'custom', path: ['model'], message });
    },
    { when: areValid('data', 'task', 'model', 'training.batch_size') },
  )
  .superRefine(
    ({ task = DEFAULT_TASK, training: { loss } }, context) => {
      const classes = task === 'classification';
      if (loss === undefined || classes === isForClasses(loss)) return;
      const fitting = LOSSES.filter((each) => classes === isForClasses(each)).join(', ');
      const remedy = classes ? 'Leave it out, or write another task' : 'Leave it out, or write one of these';
      const message = `must fit the task, ${task}: ${fitting}, got ${loss}. ${remedy}`;
      context.addIssue({ code: 'custom', path: ['training', 'loss'], message });
    },
    { when: areValid('task', 'training.loss') },
  )
  .superRefine(
    ({ training: { loss, huber_delta } }, context) => {
      if (huber_delta === undefined || loss === 'huber') return;
      const got = loss ?? 'no loss';
      const message = `must go with loss: huber, got ${got}. Write that, or remove it`;
      context.addIssue({
        code: 'custom',
        path: ['training', 'huber_delta'],
        message,
        params: { at: 'key' },
      });
    },
    { when: areValid('training.loss', 'training.huber_delta') },
  )
  .superRefine(
    ({ data, task = DEFAULT_TASK, model: layers, penalty: given }, context) => {
      const message = againstProblem(given, layers, {
        units: sizesOf(data, task)?.outputs,
        labelled: task === 'classification',
      });
      if (message !== undefined) context.addIssue({ code: 'custom', path: ['penalty', 'against'], message });
    },
    { when: areValid('data', 'task', 'model', 'penalty.type', 'penalty.against') },
  )
  .describe('One training, complete');

/** A key that only one value of another key of its section has a use for. */
export interface DependentKey {
  readonly path: readonly string[];
  readonly key: string;
  /** The other key, and its value. */
  readonly discriminator: string;
  readonly value: string;
}

/** All of them. */
export const DEPENDENT_KEYS: readonly DependentKey[] = [
  { path: ['training'], key: 'huber_delta', discriminator: 'loss', value: 'huber' },
];

/** The sections of an experiment that come in several kinds. */
export const VARIANTS: readonly Variants[] = [
  variants(['data'], 'source', SOURCE_SECTIONS),
  variants(['training', 'optimizer'], 'type', optimizers),
  variants(['penalty'], 'type', penalties),
];
