/** Early stopping in a sweep file: what is refused, at its place. */
import { describe, expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import { problemsOf, sweepFile, unmark } from './sweep-file.ts';

const OPTIMIZER = 'optimizer: {type: sgd, learning_rate: 0.1}';
const data = '  data: {source: synthetic, validation: 0.2}';
const training = (stopping: string): string => `  training: {${OPTIMIZER}, early_stopping: ${stopping}}`;
const where = 'experiment.training.early_stopping';

test('what is left out has a default', () => {
  const { experiment } = parseSweepConfig(
    sweepFile({ data, training: training('{patience: 3}') }),
    'sweep.yaml',
  );
  expect(experiment.training.early_stopping).toEqual({
    metric: 'validation.loss',
    patience: 3,
    min_delta: 0,
    restore_best: true,
  });
});

describe('what makes no sense is refused at its place', () => {
  test.each([
    ['{«patience: 0}', `${where}.patience: must be a whole number from 1 to 100000, got 0`],
    ['«{metric: validation.loss}', `${where}.patience: is missing, must be a whole number from 1 to 100000`],
    ['{patience: 1, metric: «val_loss}', `${where}.metric: must be one of validation.loss,`],
    [
      '{patience: 1, metric: «validation.r2}',
      `${where}.metric: must fit the task, classification, got validation.r2.`,
    ],
    [
      '{patience: 1, «restore_best_weights: true}',
      `${where}.restore_best_weights: unknown key "restore_best_weights". Did you mean "restore_best"?`,
    ],
  ])('%s', (stopping, problem) => {
    const { text, place } = unmark(sweepFile({ data, training: training(stopping) }));
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    const [found = ''] = problems;
    if (stopping.includes('patience: 0')) expect(found).toContain(problem);
    else expect(found.slice(0, place.length + 1 + problem.length)).toBe(`${place} ${problem}`);
  });

  test('data without a validation split, with what to write', () => {
    const { text, place } = unmark(
      sweepFile({ training: training('{patience: 1}').replace('early', '«early') }),
    );
    expect(problemsOf(text)).toEqual([
      `${place} ${where}: must go with a validation split, got data without one. Write validation: 0.1 under data, or remove it`,
    ]);
  });
});

test('a key by its name elsewhere is told its own', () => {
  const keras = `  training: {${OPTIMIZER}, EarlyStopping: {patience: 1}}`;
  expect(problemsOf(sweepFile({ data, training: keras }))[0]).toContain(
    'unknown key "EarlyStopping". Did you mean "early_stopping"?',
  );
});

test('patience can be swept', () => {
  const parameters = '  parameters: {training.early_stopping.patience: {values: [1, 5]}}';
  const text = sweepFile({ data, training: training('{patience: 1}'), parameters });
  expect(() => parseSweepConfig(text, 'sweep.yaml')).not.toThrow();
});
