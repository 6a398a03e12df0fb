/** The loss of a training in a sweep file: what fits its task, and what is refused at its place. */
import { describe, expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import type { TrainingConfig } from '../../src/config/schema.ts';
import { planSweep } from '../../src/plan/plan.ts';
import { problemsOf, sweepFile, unmark } from './sweep-file.ts';

const SGD = 'optimizer: {type: sgd, learning_rate: 0.1}';

/** A file with this task and these settings of the training. */
function fileOf(task: string, settings: string, parameters = 'penalty.weight: {values: [0.1, 1]}'): string {
  return sweepFile({
    model: `  model: [{dense: 8, penalized: true}]\n  task: ${task}`,
    training: `  training: {${settings}${SGD}}`,
    parameters: `  parameters: {${parameters}}`,
  });
}

function trainingOf(text: string): TrainingConfig {
  return parseSweepConfig(text, 'sweep.yaml').experiment.training;
}

describe('a loss', () => {
  test.each([
    ['classification', 'cross-entropy'],
    ['regression', 'squared-error'],
    ['regression', 'huber'],
    ['regression', 'binary-cross-entropy'],
    ['autoencoding', 'squared-error'],
    ['autoencoding', 'huber'],
    ['autoencoding', 'binary-cross-entropy'],
  ])('of a %s can be %s', (task, loss) => {
    expect(trainingOf(fileOf(task, `loss: ${loss}, `)).loss).toBe(loss);
  });

  test('that is left out stays out, and so does the delta of Huber', () => {
    expect(Object.keys(trainingOf(fileOf('regression', '')))).toEqual(['epochs', 'batch_size', 'optimizer']);
    expect(trainingOf(fileOf('regression', 'loss: huber, huber_delta: 0.5, ')).huber_delta).toBe(0.5);
  });

  test.each([
    [
      'classification',
      'loss: «huber, ',
      'loss: must fit the task, classification: cross-entropy, got huber. Leave it out, or write another task',
    ],
    [
      'regression',
      'loss: «cross-entropy, ',
      'loss: must fit the task, regression: squared-error, binary-cross-entropy, huber, got cross-entropy. Leave it out, or write one of these',
    ],
    [
      'regression',
      'loss: «mse, ',
      'loss: must be one of cross-entropy, squared-error, binary-cross-entropy, huber, got "mse"',
    ],
    [
      'regression',
      '«huber_delta: 2, ',
      'huber_delta: must go with loss: huber, got no loss. Write that, or remove it',
    ],
    [
      'autoencoding',
      'loss: squared-error, «huber_delta: 2, ',
      'huber_delta: must go with loss: huber, got squared-error. Write that, or remove it',
    ],
    [
      'regression',
      'loss: huber, huber_delta: «0, ',
      'huber_delta: must be a number of at least 0.000001 and of at most 1000000, got 0',
    ],
  ])('of a %s is refused: %s', (task, settings, message) => {
    const { text, place } = unmark(fileOf(task, settings));
    expect(problemsOf(text)).toEqual([`${place} experiment.training.${message}`]);
  });

  test('can be swept beside the delta of Huber, which applies to the points that have it', () => {
    const parameters =
      'training.loss: {values: [squared-error, huber]}, training.huber_delta: {values: [0.5, 2]}';
    for (const given of ['', 'loss: huber, huber_delta: 1, ', 'loss: squared-error, ']) {
      const { trials } = planSweep(parseSweepConfig(fileOf('regression', given, parameters), 'sweep.yaml'));
      const points = trials
        .filter(({ baseline, seed }) => !baseline && seed === 0)
        .map(({ experiment }) => [experiment.training.loss, experiment.training.huber_delta]);
      expect(points).toEqual([
        ['squared-error', undefined],
        ['huber', 0.5],
        ['huber', 2],
      ]);
    }
  });

  test('that is swept may have the delta of Huber beside it once for all', () => {
    const text = fileOf(
      'regression',
      'loss: huber, huber_delta: 3, ',
      'training.loss: {values: [squared-error, huber]}',
    );
    const { trials } = planSweep(parseSweepConfig(text, 'sweep.yaml'));
    const deltas = new Set(
      trials.map(({ experiment: { training } }) => `${training.loss} ${training.huber_delta}`),
    );
    expect([...deltas].sort()).toEqual(['huber 3', 'squared-error undefined']);
  });
});

describe('labels', () => {
  test('are no counterpart of a penalty where the task has none', () => {
    const file = (against: string): string =>
      sweepFile({
        model: '  model: [{dense: 8, penalized: true}, {dense: 4}]\n  task: regression',
        penalty: `  penalty: {type: cross-covariance, weight: 1${against}}`,
      });
    const message =
      'experiment.penalty.against: must be one of dense2, output, since only a classification has labels, got "labels"';
    expect(problemsOf(file(', against: labels')).map((problem) => problem.replace(/^\S+ /, ''))).toEqual([
      message,
    ]);
    // Which is what is set where nothing is said.
    expect(problemsOf(file('')).map((problem) => problem.replace(/^\S+ /, ''))).toEqual([message]);
    expect(() => parseSweepConfig(file(', against: dense2'), 'sweep.yaml')).not.toThrow();
  });
});
