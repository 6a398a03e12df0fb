import { expect, test } from 'vitest';
import { needsTensorFlow, PROGRAMS, runWithTensorFlow } from './documented-programs.ts';

const programs = PROGRAMS.filter(needsTensorFlow);

test.each(programs)('with TensorFlow.js it runs: %s', (_, program) => {
  runWithTensorFlow(program);
});

test('the layer and the operation are both documented', () => {
  expect(programs.length).toBeGreaterThanOrEqual(2);
});
