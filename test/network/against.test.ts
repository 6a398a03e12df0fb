/** What a penalty on two activations may be set against, and what is refused at its place. */
import { describe, expect, test } from 'vitest';
import { parseSweepConfig } from '../../src/config/load.ts';
import { planSweep } from '../../src/plan/plan.ts';
import { problemsOf, sweepFile, unmark } from '../config/sweep-file.ts';

const TWO_LAYERS = '  model: [{dense: 8, penalized: true}, {dense: 8}, {dense: 6}]';

/** The sample file with three hidden layers, a penalty and swept parameters. */
function file(penalty: string, parameters = '', model = TWO_LAYERS): string {
  return sweepFile({
    model,
    penalty: `  penalty: {${penalty}}`,
    parameters: `  parameters: {${parameters}}`,
  });
}

function penaltyOf(text: string): unknown {
  return parseSweepConfig(text, 'sweep.yaml').experiment.penalty;
}

function expectProblem(marked: string, problem: string): void {
  const { text, place } = unmark(marked);
  expect(problemsOf(text)).toEqual([`${place} ${problem}`]);
}

/** The settings of the points without the baseline. */
function pointsOf(text: string): unknown[] {
  const { trials } = planSweep(parseSweepConfig(text, 'sweep.yaml'));
  return trials.filter(({ seed, baseline }) => seed === 0 && !baseline).map(({ settings }) => settings);
}

describe('a penalty on two activations', () => {
  test('is set against the labels unless it says otherwise', () => {
    expect(penaltyOf(file('type: cross-covariance, weight: 1'))).toEqual({
      type: 'cross-covariance',
      weight: 1,
      against: 'labels',
    });
  });

  test.each(['labels', 'output', 'dense2', 'dense3'])('can be set against %s', (against) => {
    expect(penaltyOf(file(`type: cross-covariance, weight: 1, against: ${against}`))).toMatchObject({
      against,
    });
  });

  test('must be told against what where it pairs units', () => {
    expectProblem(
      file('type: barlow-twins, weight: 1').replace('penalty: {', 'penalty: «{'),
      'experiment.penalty.against: is missing, must be labels, output or the name of a layer, such as dense2',
    );
    expect(penaltyOf(file('type: barlow-twins, weight: 1, against: dense2'))).toMatchObject({
      against: 'dense2',
    });
  });

  test('has one name whether the labels are spelt out or not', () => {
    const ids = ['', ', against: labels'].map((against) =>
      planSweep(
        parseSweepConfig(file(`type: cross-covariance, weight: 1${against}`), 'sweep.yaml'),
      ).trials.map(({ id }) => id),
    );
    expect(ids[0]).toEqual(ids[1]);
  });
});

describe('against is refused', () => {
  test.each([
    [
      'for a layer that there is not',
      'type: cross-covariance, weight: 1, against: «model.1',
      'must be one of labels, dense2, dense3, output, got "model.1"',
    ],
    [
      'for the number of the output, which has a name of its own',
      'type: cross-covariance, weight: 1, against: «dense4',
      'must be one of labels, dense2, dense3, output, got "dense4". Did you mean "output"?',
    ],
    [
      'for a misspelt word',
      'type: cross-covariance, weight: 1, against: «label',
      'must be one of labels, dense2, dense3, output, got "label". Did you mean "labels"?',
    ],
    [
      'for the penalized layer itself',
      'type: cross-covariance, weight: 1, against: «dense1',
      'must be a layer that is not penalized itself, got "dense1". Choose one of labels, dense2, dense3, output',
    ],
    [
      'for a number',
      'type: cross-covariance, weight: 1, against: «1',
      'must be labels, output or the name of a layer, such as dense2, got 1. Write it in quotes: "1"',
    ],
    [
      'for units that cannot be paired',
      'type: barlow-twins, weight: 1, against: «labels',
      'must have as many units as each penalized layer, since barlow-twins pairs them, got 4 in labels and 8 in dense1. Choose dense2',
    ],
  ])('%s', (_claim, penalty, message) => {
    expectProblem(file(penalty), `experiment.penalty.against: ${message}`);
  });

  test('with a remedy also where nothing in the network could be paired', () => {
    expectProblem(
      file('type: barlow-twins, weight: 1, against: «output', '', '  model: [{dense: 8, penalized: true}]'),
      'experiment.penalty.against: must have as many units as each penalized layer, since barlow-twins pairs them, got 4 in output and 8 in dense1. Give dense1 and the other side as many units',
    );
  });

  test('for a penalty on one activation', () => {
    expectProblem(
      file('type: decov, weight: 1, «against: labels'),
      'experiment.penalty.against: unknown key "against", it belongs to cross-covariance, barlow-twins. Remove it, or sweep the type of penalty too',
    );
  });

  test('at the swept value that makes it impossible', () => {
    expectProblem(
      file('type: cross-covariance, weight: 1', 'penalty.against: {values: [labels, dense3, «dense1]}'),
      'sweep.parameters.penalty.against.values.2: must be a layer that is not penalized itself, got "dense1". Choose one of labels, dense2, dense3, output',
    );
    expectProblem(
      file('type: barlow-twins, weight: 1, against: dense2', 'model.1.dense: {values: [8, «9]}'),
      'sweep.parameters.model.1.dense.values.1: at this point penalty.against: must have as many units as each penalized layer, since barlow-twins pairs them, got 9 in dense2 and 8 in dense1. Give dense1 and the other side as many units',
    );
    expectProblem(
      file('type: decov, weight: 1', 'penalty.type: {values: [decov, «barlow-twins]}'),
      'sweep.parameters.penalty.type.values.1: at this point penalty.against: is missing, must be labels, output or the name of a layer, such as dense2',
    );
  });
});

describe('where types with and without against are swept', () => {
  test('it applies to those that have it, and the others are planned once', () => {
    const text = file(
      'type: decov, weight: 1',
      'penalty.type: {values: [decov, cross-covariance]}, penalty.against: {values: [labels, dense2]}',
    );
    expect(pointsOf(text)).toEqual([
      { 'penalty.type': 'decov' },
      { 'penalty.type': 'cross-covariance', 'penalty.against': 'labels' },
      { 'penalty.type': 'cross-covariance', 'penalty.against': 'dense2' },
    ]);
  });

  test('a single value serves all types that need one', () => {
    const text = file(
      'type: decov, weight: 1',
      'penalty.type: {values: [decov, cross-covariance, barlow-twins]}, penalty.against: {value: dense2}',
    );
    expect(pointsOf(text)).toHaveLength(3);
  });
});
