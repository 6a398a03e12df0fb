import { expect, test } from 'vitest';
import { objectiveCost, objectiveValue, reachesTarget } from '../../src/record/objective.ts';
import type { EpochRecord } from '../../src/record/record.ts';

const layer = { layer: 0, name: 'dense1', units: 3, samples: 32 };
const epoch: EpochRecord = {
  epoch: 1,
  train: { loss: 0.5, penalty: 0.25, accuracy: 0.75 },
  test: { loss: 0.625, accuracy: 0.875 },
  layers: [
    { ...layer, metrics: { 'mean-abs-correlation': 0.25, 'condition-number': null } },
    { ...layer, layer: 1, metrics: { 'mean-abs-correlation': 0.75, 'condition-number': 3 } },
  ],
};

test.each([
  ['test.accuracy', 0.875],
  ['train.loss', 0.5],
  ['train.penalty', 0.25],
  ['mean-abs-correlation', 0.5],
  ['condition-number', Number.NaN],
  ['seconds', Number.NaN],
  ['test.unheard', Number.NaN],
])('%s after an epoch is %f', (name, expected) => {
  expect(objectiveValue({ name }, epoch)).toBe(expected);
});

test('a value that is none is the worst, whatever the goal', () => {
  expect(objectiveCost({ goal: 'maximize' }, Number.NaN)).toBe(Number.POSITIVE_INFINITY);
  expect(objectiveCost({ goal: 'minimize' }, Number.NaN)).toBe(Number.POSITIVE_INFINITY);
  expect(objectiveValue({ name: 'test.loss' }, undefined)).toBeNaN();
});

test.each([
  ['maximize', 0.9, 0.9, true],
  ['maximize', 0.9, 0.89, false],
  ['minimize', 0.1, 0.05, true],
  ['minimize', 0.1, 0.11, false],
  ['minimize', 0.1, Number.NaN, false],
  ['minimize', undefined, 0, false],
] as const)('to %s with the target %f, %f reaches it: %s', (goal, target, value, reached) => {
  expect(reachesTarget({ name: 'x', goal, target }, value)).toBe(reached);
});
