import { expect, test } from 'vitest';
import { stepsPerEpoch, trainingSteps } from '../../src/network/steps.ts';

test('a rest of one sample is no batch', () => {
  expect(stepsPerEpoch(8, 4)).toBe(2);
  expect(stepsPerEpoch(9, 4)).toBe(2);
  expect(stepsPerEpoch(10, 4)).toBe(3);
  expect(stepsPerEpoch(3, 4)).toBe(1);
});

test('every epoch takes as many steps', () => {
  const optimizer = {
    type: 'sgd',
    learning_rate: 0.1,
    momentum: 0,
    nesterov: false,
    weight_decay: 0,
  } as const;
  expect(trainingSteps({ training: { epochs: 3, batch_size: 128, optimizer } }, 60_000)).toBe(3 * 469);
});
