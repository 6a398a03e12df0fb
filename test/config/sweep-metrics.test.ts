/** Which metrics a sweep may aim at: those of its task, on the split that it selects by. */
import { describe, expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import { problemsOf, sweepFile } from './sweep-file.ts';

const VALIDATED = '  data: {source: synthetic, validation: 0.2}';
const REGRESSION = '  data: {source: synthetic}\n  task: regression';

function aiming(sweep: string, data: string = '  data: {source: synthetic}'): string {
  return sweepFile({ data, seeds: `  ${sweep}` });
}

describe('a metric is refused at its place', () => {
  test.each([
    [
      'of another task',
      aiming('metric: {name: test.accuracy}', REGRESSION),
      'must fit the task, regression, got test.accuracy. Write test.r2, test.rmse or test.loss',
    ],
    [
      'of another task, where there is a validation split',
      aiming('metric: {name: test.accuracy}', `${VALIDATED}\n  task: autoencoding`),
      'must fit the task, autoencoding, got test.accuracy. Write validation.reconstruction-loss or validation.loss',
    ],
    [
      'of the training under another task',
      aiming('metric: {name: train.r2}'),
      'must fit the task, classification, got train.r2. Write train.accuracy, train.balanced-accuracy or train.loss',
    ],
    [
      'of the test split beside a validation split',
      aiming('metric: {name: test.accuracy}', VALIDATED),
      'must not be of the test split, since the data have a validation split and a sweep selects by validation, got test.accuracy. Write validation.accuracy',
    ],
    [
      'of a validation split that is not there',
      aiming('metric: {name: validation.loss}'),
      'must be of a split that the data have, got validation.loss without data.validation. Write test.loss, or validation: 0.1 under data',
    ],
  ])('%s', (_, text, message) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^\d+:\d+ sweep\.metric\.name: /);
    expect(problems[0]).toContain(message);
  });

  test('in a list of several, each by itself', () => {
    const problems = problemsOf(
      aiming('metrics: [{name: test.loss}, {name: mean-abs-correlation}, {name: test.accuracy}]', VALIDATED),
    );
    expect(problems.map((problem) => problem.split(': ')[0]?.split(' ')[1])).toEqual([
      'sweep.metrics.0.name',
      'sweep.metrics.2.name',
    ]);
  });
});

test.each([
  [VALIDATED, 'validation.accuracy'],
  [VALIDATED, 'validation.balanced-accuracy'],
  [VALIDATED, 'train.loss'],
  [VALIDATED, 'effective-rank'],
  [VALIDATED, 'seconds'],
  [REGRESSION, 'test.r2'],
  [`${REGRESSION}`, 'train.rmse'],
  [`${VALIDATED}\n  task: autoencoding`, 'validation.reconstruction-loss'],
])('%s goes with %s', (data, name) => {
  const { metric } = parseSweepConfig(aiming(`metric: {name: ${name}}`, data), 'sweep.yaml').sweep;
  expect(metric.name).toBe(name);
});

test('what differs between the points is left until their data are there', () => {
  const text = sweepFile({
    seeds: '  metric: {name: validation.accuracy}',
    parameters: '  parameters: {data.validation: {values: [0.1, 0.2]}}',
  });
  expect(parseSweepConfig(text, 'sweep.yaml').sweep.metric.name).toBe('validation.accuracy');
});

test('only a module may have a validation split that the file does not name', () => {
  const data = '  data: {source: module, module: ./data.mjs}';
  const text = aiming('metric: {name: validation.accuracy}', data);
  expect(parseSweepConfig(text, 'sweep.yaml').sweep.metric.name).toBe('validation.accuracy');
});

test.each([
  ['val_loss', VALIDATED, 'validation.loss'],
  ['val_acc', VALIDATED, 'validation.accuracy'],
  ['val_accuracy', '  data: {source: synthetic}', 'test.accuracy'],
  ['accuracy', VALIDATED, 'validation.accuracy'],
  ['loss', VALIDATED, 'validation.loss'],
  ['r2', REGRESSION, 'test.r2'],
  ['r2_score', REGRESSION, 'test.r2'],
  ['val_r2', `${VALIDATED}\n  task: regression`, 'validation.r2'],
  ['rmse', `${VALIDATED}\n  task: regression`, 'validation.rmse'],
])('%s means the metric of the split that is selected by', (word, data, meant) => {
  const [problem] = problemsOf(aiming(`metric: {name: ${word}}`, data));
  expect(problem).toContain(`Did you mean "${meant}"?`);
});
