/** Optimizers on every kernel: steps of independent implementations, and what is refused. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { ArrayScope } from '../../src/network/array-scope.ts';
import { createOptimizer, type OptimizerOptions } from '../../src/network/optimizers.ts';
import { allKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';

interface Expected {
  readonly initial: readonly (readonly number[])[];
  readonly gradients: readonly (readonly (readonly number[])[])[];
  readonly cases: readonly {
    readonly optimizer: OptimizerOptions;
    readonly final: readonly (readonly number[])[];
  }[];
}

const { initial, gradients, cases } = JSON.parse(
  readFileSync(new URL('../reference/optimizers.json', import.meta.url), 'utf8'),
) as Expected;

const kernels = await allKernels();

/** Arrays with the initial values, and a step with each of the gradients in turn. */
function train({ operations }: Kernel, options: OptimizerOptions, rateAt?: (step: number) => number) {
  const scope = new ArrayScope(operations);
  const arrays = initial.map((values) => {
    const array = { values: scope.numbers(values.length), gradient: scope.numbers(values.length) };
    array.values.values.set(values);
    return array;
  });
  const optimizer = createOptimizer(operations, scope, options, arrays);
  for (const [step, given] of gradients.entries()) {
    for (const [i, { gradient }] of arrays.entries()) gradient.values.set(given[i]!);
    if (rateAt !== undefined) optimizer.learningRate = rateAt(step);
    optimizer.step();
  }
  const final = arrays.map(({ values }) => [...values.values]);
  scope.release();
  return final;
}

for (const kernel of kernels) {
  describe(`${kernel.variant} in ${kernel.precision}`, () => {
    it.each(cases)('takes the steps of $optimizer', ({ optimizer, final }) => {
      const actual = train(kernel, optimizer);
      for (const [i, expected] of final.entries()) {
        for (const [j, value] of expected.entries()) {
          expect(Math.abs(actual[i]![j]! - value)).toBeLessThanOrEqual(TOLERANCES.training[kernel.precision]);
        }
      }
    });

    it.each(cases)('goes on at another learning rate, and at 0 not at all: $optimizer', ({ optimizer }) => {
      const halved = train(kernel, optimizer, (step) => (step < 3 ? optimizer.learning_rate : 0));
      expect(halved).not.toEqual(train(kernel, optimizer));
      const still = train(kernel, { ...optimizer, learning_rate: 0 });
      expect(still).toEqual(initial.map((values) => [...values]));
    });
  });
}

describe('what is no optimizer is refused', () => {
  const operations = kernels[0]!.operations;
  it.each([
    [{ type: 'rmsprop', alpha: 1 }, 'optimizer.alpha: must be a number of at least 0 and below 1, got 1.'],
    [{ type: 'lion', beta2: -1 }, 'optimizer.beta2: must be a number of at least 0 and below 1, got -1.'],
    [{ type: 'lars', trust_coefficient: 0 }, 'optimizer.trust_coefficient: must be a number above 0, got 0.'],
    [{ type: 'sgd', clip_norm: 0 }, 'optimizer.clip_norm: must be a number above 0, got 0.'],
    [{ type: 'lion', momentum: 0.9 }, /^optimizer: its keys must be type, .*, got momentum among/],
    [
      { type: 'adagrad' },
      'optimizer.type: must be one of sgd, adam, adamw, rmsprop, lion, lars, got "adagrad".',
    ],
  ])('%o', (options, message) => {
    const given = { learning_rate: 0.1, ...options } as OptimizerOptions;
    const scope = new ArrayScope(operations);
    expect(() => createOptimizer(operations, scope, given, [])).toThrow(message);
  });
});
