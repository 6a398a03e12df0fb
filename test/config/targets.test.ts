/** Label smoothing and class weights in a sweep file: what is refused, at its place. */
import { expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import { problemsOf, sweepFile, unmark } from './sweep-file.ts';

const training = (keys: string): string =>
  `  training: {optimizer: {type: sgd, learning_rate: 0.1}, ${keys}}`;
const data = '  data: {source: synthetic, classes: 3}';
const where = 'experiment.training';

test.each([
  ['label_smoothing: «1', `${where}.label_smoothing: must be a number of at least 0 and below 1, got 1`],
  [
    'class_weight: «balance',
    `${where}.class_weight: must be balanced, or a list of one number a class such as [1, 2.5], got "balance". Did you mean "balanced"?`,
  ],
  [
    'class_weight: «2',
    `${where}.class_weight: must be balanced, or a list of one number a class such as [1, 2.5], got 2`,
  ],
  [
    'class_weight: «[1, 2]',
    `${where}.class_weight: there must be one weight for each of the 3 classes, got 2`,
  ],
  ['class_weight: «[0, 0, 0]', `${where}.class_weight: one must be above 0, got 0 for all`],
  ['class_weight: [1, «-1, 1]', `${where}.class_weight.1: must be a number of at least 0, got -1`],
  [
    '«label-smoothing: 0.1',
    `${where}.label-smoothing: unknown key "label-smoothing". Did you mean "label_smoothing"?`,
  ],
])('%s', (keys, problem) => {
  const { text, place } = unmark(sweepFile({ data, training: training(keys) }));
  expect(problemsOf(text)).toEqual([`${place} ${problem}`]);
});

test('they go with classes alone', () => {
  const regression = '  data: {source: synthetic}\n  task: regression';
  const { text } = unmark(
    sweepFile({ data: regression, training: training('label_smoothing: 0.1, class_weight: balanced') }),
  );
  expect(problemsOf(text).map((problem) => problem.replace(/^\S+ /, ''))).toEqual([
    `${where}.label_smoothing: must go with task: classification, got regression. Remove it`,
    `${where}.class_weight: must go with task: classification, got regression. Remove it`,
  ]);
});

test('both can be swept', () => {
  const parameters =
    '  parameters: {training.label_smoothing: {values: [0, 0.1]}, training.class_weight: {values: [balanced, [1, 2, 3]]}}';
  expect(() => parseSweepConfig(sweepFile({ data, parameters }), 'sweep.yaml')).not.toThrow();
});
