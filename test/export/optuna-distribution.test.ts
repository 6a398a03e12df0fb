import { expect, test } from 'vitest';
import { internalValue, optunaDistribution } from '../../src/export/optuna-distribution.ts';

test('a logarithmic distribution is one unless rounding has drawn a zero, of which Optuna has no logarithm', () => {
  const config = { distribution: 'q_log_uniform_values', min: 0.5, max: 8, q: 2 } as const;
  expect(optunaDistribution(config, [2, 4])).toEqual({
    name: 'FloatDistribution',
    attributes: { step: null, low: 0.5, high: 8, log: true },
  });
  expect(optunaDistribution(config, [0, 4])).toEqual({
    name: 'FloatDistribution',
    attributes: { step: null, low: 0, high: 8, log: false },
  });
});

test('a list is categorical with what else was drawn behind it, and a value is its position', () => {
  const list = optunaDistribution({ values: [0.1, 1] }, [1, 0.1, 5]);
  expect(list).toEqual({ name: 'CategoricalDistribution', attributes: { choices: [0.1, 1, 5] } });
  expect(internalValue(list, 5)).toBe(2);
});
