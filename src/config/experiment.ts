/**
 * The `experiment` section of the sweep file: its types, and the schema that checks it and fills in what it leaves out.
 *
 * One section after another: this file is as long as the list. The defaults of a penalty are in the kernel's catalogue,
 * all others here or in the sections that others bring. The types are written out beside the schema because they are what
 * the rest of covgrad, and its users, read.
 */
import { z } from 'zod';
import {
  type AugmentationConfig,
  augmentationProblem,
  augmentationSchema,
} from '../data/augmentation/augmentations.ts';
import type { DataConfig } from '../data/source.ts';
import { hasValidation, SOURCE_SECTIONS, sizesOf } from '../data/sources.ts';
import { DEFAULT_TASK, TASKS, type Task } from '../data/task.ts';
import { againstProblem } from '../network/against.ts';
import type { LayerSettings } from '../network/layer.ts';
import { HUBER_DELTA, HUBER_DELTAS, isForClasses, LOSSES, type LossKind } from '../network/loss.ts';
import { modelProblem } from '../network/memory.ts';
import { modelSection } from '../network/model-section.ts';
import { type OptimizerWith, optimizerSchema, optimizerSections } from '../network/optimizers.ts';
import { type PenaltyConfig, penaltySchema, penaltySections } from '../network/penalty-section.ts';
import { classWeightProblem } from '../network/soft-cross-entropy.ts';
import { type EarlyStoppingConfig, earlyStoppingSection } from '../record/early-stopping.ts';
import { SCHEDULE_SECTIONS, type Scheduled, scheduled, warmupProblem } from '../schedule/schedules.ts';
import { areValid, choice, realNumber, section, wholeNumber } from '../schema/rules.ts';
import { type Variants, variants } from '../schema/variants.ts';
import { type EvaluationConfig, evaluationSchema } from './evaluation.ts';
import { metricProblem } from './sweep-metrics.ts';

export type { DataConfig } from '../data/source.ts';
export { LAYER_KEYS } from '../network/model-section.ts';
export type { PenaltyConfig } from '../network/penalty-section.ts';
export type { EvaluationConfig } from './evaluation.ts';

/** A layer; the output layer is implied and not listed. What a kind has for keys beyond these is its own affair. */
export interface LayerConfig extends LayerSettings {
  /** Units of a dense layer. */
  readonly dense?: number;
  readonly [key: string]: unknown;
}

/** An optimizer with nothing left out. */
export type OptimizerConfig = OptimizerWith<Scheduled>;

export interface TrainingConfig {
  readonly epochs: number;
  readonly batch_size: number;
  /** Default: the task's. */
  readonly loss?: LossKind;
  /** Of the loss `huber`. Default: 1. */
  readonly huber_delta?: number;
  readonly optimizer: OptimizerConfig;
  readonly early_stopping?: EarlyStoppingConfig;
  /** Default: 0. */
  readonly label_smoothing?: number;
  /** Default: 1 for each class. */
  readonly class_weight?: 'balanced' | readonly number[];
  /** What is done to every training sample, in order. Default: nothing. */
  readonly augmentation?: readonly AugmentationConfig[];
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

const learningRate = scheduled({ above: 0 }).describe('Learning rate, or its schedule');
const optimizers = optimizerSections(learningRate);

const CLASS_WEIGHT = 'must be balanced, or a list of one number a class such as [1, 2.5]';

/** The broken rule of early stopping without a validation split. */
export const NO_VALIDATION =
  'must go with a validation split, got data without one. Write validation: 0.1 under data, or remove it';

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
  optimizer: optimizerSchema<Scheduled>(optimizers).describe('How the weights follow their gradients'),
  early_stopping: earlyStoppingSection
    .describe('When a training ends before its last epoch; needs a validation split')
    .exactOptional(),
  label_smoothing: realNumber({ from: 0, below: 1 })
    .exactOptional()
    .describe('Share of the target of a sample that is spread over all classes alike; 0 unless given'),
  class_weight: z
    .union(
      [
        z.literal('balanced', { error: CLASS_WEIGHT }),
        z.array(realNumber({ from: 0 })).min(2, { error: CLASS_WEIGHT }),
      ],
      { error: CLASS_WEIGHT },
    )
    .exactOptional()
    .describe(
      'Factor of the loss of a sample by its class: a list, or balanced for samples/(classes·samples of the class)',
    ),
  augmentation: augmentationSchema
    .describe('What is done to every training sample in every epoch anew, in this order')
    .exactOptional(),
});
const training = trainingSection.describe('How the network is trained');
/** The keys of the section on the training. */
export const TRAINING_KEYS: readonly string[] = Object.keys(trainingSection.shape);

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
  model: modelSection as z.ZodType<readonly LayerConfig[]>,
  training,
  penalty: penaltySchema,
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
      const problem = sizes === null ? undefined : modelProblem(sizes, layers, batch_size);
      if (problem === undefined) return;
      const { path, message } = problem;
      context.addIssue({ code: 'custom', path: ['model', ...path], message });
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
      const sizes = sizesOf(data, task);
      const message = againstProblem(given, layers, {
        units: sizes?.outputs,
        labelled: task === 'classification',
        shape: sizes === null ? undefined : (sizes.shape ?? [sizes.features]),
      });
      if (message !== undefined) context.addIssue({ code: 'custom', path: ['penalty', 'against'], message });
    },
    { when: areValid('data', 'task', 'model', 'penalty.type', 'penalty.against') },
  )
  .superRefine(
    ({ training: { epochs, optimizer }, penalty: { weight, strength } }, context) => {
      const places = [
        [['training', 'optimizer', 'learning_rate'], optimizer.learning_rate],
        [['penalty', 'weight'], weight],
        [['penalty', 'strength'], strength],
      ] as const;
      for (const [path, value] of places) {
        const message = warmupProblem(value, epochs);
        if (message === undefined) continue;
        context.addIssue({ code: 'custom', path: [...path, 'warmup_epochs'], message });
      }
    },
    { when: areValid('training.epochs', 'training.optimizer', 'penalty') },
  )
  .superRefine(
    ({ data, task = DEFAULT_TASK, training: { early_stopping: stopping } }, context) => {
      if (stopping === undefined) return;
      const path = ['training', 'early_stopping'];
      if (hasValidation(data) === false) {
        context.addIssue({ code: 'custom', path, message: NO_VALIDATION, params: { at: 'key' } });
        return;
      }
      const message = metricProblem(stopping.metric, { task, validation: true });
      if (message !== undefined) context.addIssue({ code: 'custom', path: [...path, 'metric'], message });
    },
    { when: areValid('data', 'task', 'training.early_stopping') },
  )
  .superRefine(
    ({ task = DEFAULT_TASK, training: { label_smoothing, class_weight } }, context) => {
      if (task === 'classification') return;
      for (const [key, value] of Object.entries({ label_smoothing, class_weight })) {
        if (value === undefined) continue;
        const message = `must go with task: classification, got ${task}. Remove it`;
        context.addIssue({ code: 'custom', path: ['training', key], message, params: { at: 'key' } });
      }
    },
    { when: areValid('task', 'training.label_smoothing', 'training.class_weight') },
  )
  .superRefine(
    ({ data, task = DEFAULT_TASK, training: { class_weight } }, context) => {
      const classes = task === 'classification' ? sizesOf(data, task)?.outputs : undefined;
      if (typeof class_weight !== 'object' || classes === undefined) return;
      const message = classWeightProblem(class_weight, classes);
      if (message !== undefined) {
        context.addIssue({ code: 'custom', path: ['training', 'class_weight'], message });
      }
    },
    { when: areValid('data', 'task', 'training.class_weight') },
  )
  .superRefine(
    ({ data, task = DEFAULT_TASK, training: { augmentation } }, context) => {
      const sizes = sizesOf(data, task);
      if (augmentation === undefined || sizes === null) return;
      const found = augmentationProblem(augmentation, sizes.shape ?? [sizes.features]);
      if (found === undefined) return;
      const path = ['training', 'augmentation', found.position, 'type'];
      context.addIssue({ code: 'custom', path, message: found.message });
    },
    { when: areValid('data', 'task', 'training.augmentation') },
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
  variants(['penalty'], 'type', penaltySections),
  ...[
    ['training', 'optimizer', 'learning_rate'],
    ['penalty', 'weight'],
    ['penalty', 'strength'],
  ].map((path) => variants(path, 'schedule', SCHEDULE_SECTIONS)),
];
