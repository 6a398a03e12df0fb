/** A commented sweep file to begin with, made from a few choices. */
import type { Task } from '../data/task.ts';
import { largestOf, smallestOf } from '../extremes.ts';
import type { SweepMethod } from './methods.ts';

/** A line below `experiment`, and what a comment says of it. */
export type TemplateLine = readonly [line: string, comment?: string];

/** The data of a new sweep file, and what suits them. */
export interface TemplateData {
  readonly task: Task;
  /** From `  data:` on, indented. */
  readonly lines: readonly TemplateLine[];
  /** Hidden layers that suit it. */
  readonly units: readonly number[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: string;
}

/** What a new sweep file is about. */
export interface TemplateChoices {
  readonly name: string;
  readonly data: TemplateData;
  /** Units of the hidden layers; the penalty acts on the first, of an autoencoder on the narrowest. */
  readonly units: readonly number[];
  readonly activation: string;
  readonly penalties: readonly string[];
  /** Weights to try, or the ends of their range where points are drawn. */
  readonly weights: readonly number[];
  readonly method: SweepMethod;
  readonly epochs: number;
  readonly seeds: number;
  /** Where editors find the JSON Schema. */
  readonly schema: string;
}

/** Column at which a comment begins, where there is room before it. */
const COMMENT_COLUMN = 40;

const METHODS: Readonly<Record<TemplateChoices['method'], string>> = {
  grid: 'every combination of the values below',
  random: 'points drawn at random from below',
  sobol: 'points that fill the ranges below evenly',
  bayes: 'points chosen by the results of those before (TPE)',
};

const USUAL = {
  task: 'classification',
  units: [256, 128],
  epochs: 3,
  batchSize: 128,
  optimizer: '{type: sgd, learning_rate: 0.05, momentum: 0.9}',
} as const;

/** Data that need no files. */
export const KNOWN_DATA: Readonly<Record<'mnist' | 'synthetic', TemplateData>> = {
  mnist: {
    ...USUAL,
    lines: [['  data: {source: mnist}', 'handwritten digits; train_samples and test_samples take a part']],
  },
  synthetic: {
    ...USUAL,
    lines: [['  data: {source: synthetic, features: 20, classes: 4, correlation: 0.5}', 'Gaussian clusters']],
  },
};

/** What decorrelation may cost. */
const QUALITY: Readonly<Record<Task, string>> = {
  classification: 'accuracy',
  regression: 'R²',
  autoencoding: 'reconstruction',
};

/** The text of the file. */
export function sweepTemplate(choices: TemplateChoices): string {
  const { name, schema, data, penalties, weights, method, epochs, seeds } = choices;
  const [type] = penalties;
  const [weight] = weights;
  return `${[
    `# yaml-language-server: $schema=${schema}`,
    '#',
    `# Which of ${penalties.join(', ')} decorrelates ${layerOf(choices)} best, and what does it cost in ${QUALITY[data.task]}?`,
    '# covgrad plan says what this file will train, covgrad sweep trains it.',
    `name: ${name}`,
    '',
    says('experiment:', 'one training'),
    ...data.lines.map(([line, comment]) => (comment === undefined ? line : says(line, comment))),
    says('  model:', 'the hidden layers, of the kinds in docs/layers.md; the output layer is implied'),
    ...modelLines(choices),
    '  training:',
    `    epochs: ${epochs}`,
    `    batch_size: ${data.batchSize}`,
    says(`    optimizer: ${data.optimizer}`, 'or adam, adamw, rmsprop, lion, lars'),
    '    # learning_rate and weight may follow a schedule, such as {schedule: cosine, initial: 0.05};',
    '    # early_stopping, label_smoothing and augmentation stand here, too: see docs/training.md',
    `  penalty: {type: ${type}, weight: ${weight}}`,
    '',
    says('sweep:', 'what varies: any key of the experiment, by its dotted path'),
    says(`  method: ${method}`, METHODS[method]),
    says('  metric: {name: mean-abs-correlation, goal: minimize}', 'what a comparison ranks by'),
    says(`  seeds: ${seeds}`, 'every point is trained once for each seed'),
    ...(method === 'grid' ? [] : [says('  run_cap: 20', 'points; the baseline is not counted')]),
    '  parameters:',
    `    penalty.type: {values: [${penalties.join(', ')}]}`,
    `    penalty.weight: ${describeWeights(choices)}`,
  ].join('\n')}\n`;
}

/** The layer that the penalty acts on: the first, of an autoencoder the narrowest. */
function penalizedLayer({ units, data }: TemplateChoices): number {
  return data.task === 'autoencoding' ? units.indexOf(smallestOf(units)) : 0;
}

function layerOf(choices: TemplateChoices): string {
  return choices.data.task === 'autoencoding' ? 'the narrowest layer' : 'the first layer';
}

function modelLines(choices: TemplateChoices): string[] {
  const { units, activation } = choices;
  const penalized = penalizedLayer(choices);
  return units.map((dense, position) =>
    position === penalized
      ? says(`    - {dense: ${dense}, activation: ${activation}, penalized: true}`, 'the penalty acts here')
      : `    - {dense: ${dense}, activation: ${activation}}`,
  );
}

function describeWeights({ weights, method }: TemplateChoices): string {
  const [min, max] = [smallestOf(weights), largestOf(weights)];
  return method === 'grid' || min === max || min === 0
    ? `{values: [${weights.join(', ')}]}`
    : `{distribution: log_uniform_values, min: ${min}, max: ${max}}`;
}

function says(line: string, comment: string): string {
  return `${line.padEnd(COMMENT_COLUMN - 3)}   # ${comment}`;
}
