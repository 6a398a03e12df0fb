/** A commented sweep file to begin with, made from a few choices. */
import { largestOf, smallestOf } from '../extremes.ts';
import type { SweepMethod } from './methods.ts';

/** What a new sweep file is about. */
export interface TemplateChoices {
  readonly name: string;
  readonly data: 'mnist' | 'synthetic';
  /** Units of the hidden layers; the penalty acts on the first. */
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

const DATA: Readonly<Record<TemplateChoices['data'], string>> = {
  mnist: says('  data: {source: mnist}', 'handwritten digits; train_samples and test_samples take a part'),
  synthetic: says(
    '  data: {source: synthetic, features: 20, classes: 4, correlation: 0.5}',
    'Gaussian clusters',
  ),
};

/** The text of the file. */
export function sweepTemplate(choices: TemplateChoices): string {
  const { name, schema, data, penalties, weights, method, epochs, seeds } = choices;
  const [type] = penalties;
  const [weight] = weights;
  return `${[
    `# yaml-language-server: $schema=${schema}`,
    '#',
    `# Which of ${penalties.join(', ')} decorrelates the first layer best, and what does it cost in accuracy?`,
    '# covgrad plan says what this file will train, covgrad sweep trains it.',
    `name: ${name}`,
    '',
    says('experiment:', 'one training'),
    DATA[data],
    says('  model:', 'the hidden layers; the output layer is implied'),
    ...modelLines(choices),
    '  training:',
    `    epochs: ${epochs}`,
    '    batch_size: 128',
    says('    optimizer: {type: sgd, learning_rate: 0.05, momentum: 0.9}', 'or adam, adamw'),
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

function modelLines({ units, activation }: TemplateChoices): string[] {
  return units.map((dense, position) =>
    position === 0
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
