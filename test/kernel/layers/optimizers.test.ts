/** Steps of the optimizers, norms and soft cross-entropy on every kernel, at every remainder of the vectors. */
import { describe, expect, it } from 'vitest';
import type { KernelArray, Operations } from '../../../src/kernel/operations.ts';
import { createReferenceKernel } from '../../../src/kernel/reference.ts';
import { uniformStream } from '../../../src/random.ts';
import { allKernels } from '../../kernels.ts';
import { TOLERANCES } from '../../tolerances.ts';
import { guarded } from '../guarded.ts';

/** Every remainder of the vectors. */
const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33];
const kernels = await allKernels();
const reference = createReferenceKernel();
let stream = 0;

/** Numbers between −1 and 1, exact in float32. */
function numbers(length: number): Float64Array {
  const next = uniformStream(stream++, 'check', 0);
  return Float64Array.from({ length }, () => Math.fround(2 * next() - 1));
}

/** The same operation on every kernel, each against the reference, relative to max(1, the largest entry). */
function compareAll(
  where: string,
  outputs: readonly number[],
  inputs: readonly ArrayLike<number>[],
  operate: (operations: Operations, outputs: KernelArray[], inputs: KernelArray[]) => void,
): void {
  const expected = guarded(reference, outputs, inputs, operate);
  for (const kernel of kernels) {
    const tolerance = TOLERANCES.operation[kernel.precision];
    for (const [index, values] of guarded(kernel, outputs, inputs, operate).entries()) {
      const scale = Math.max(1, ...expected[index]!.map(Math.abs));
      const errors = values.map((value, i) => Math.abs(value - expected[index]![i]!));
      expect(Math.max(...errors), `${kernel.variant} ${where}`).toBeLessThanOrEqual(tolerance * scale);
    }
  }
}

/** Squares of numbers, exact in float32. */
const squares = (count: number): Float64Array => numbers(count).map((value) => Math.fround(value * value));

/** Copies what is updated in place into the outputs, whose surroundings are guarded. */
function copyInto(outputs: readonly KernelArray[], inputs: readonly KernelArray[]): void {
  for (const [i, output] of outputs.entries()) output.values.set(inputs[i]!.values);
}

describe('optimizers', () => {
  it.each([
    { centered: false, momentum: 0, weightDecay: 0 },
    { centered: true, momentum: 0, weightDecay: 0.1 },
    { centered: false, momentum: 0.9, weightDecay: 0.1 },
    { centered: true, momentum: 0.5, weightDecay: 0 },
  ])('rmsprop %o takes the same step', (given) => {
    const settings = { learningRate: 0.01, alpha: 0.9, epsilon: 1e-3, ...given };
    for (const count of SIZES) {
      const lengths = [count, count, count, count];
      // The mean of squares is at least the square of the mean.
      const mean = numbers(count);
      const square = mean.map((value, i) => Math.fround(value * value + i / count + 0.25));
      compareAll(
        `rmsprop ${count}`,
        lengths,
        [numbers(count), square, mean, numbers(count), numbers(count)],
        (operations, outputs, inputs) => {
          copyInto(outputs, inputs);
          const [p, s, a, v] = outputs as [KernelArray, KernelArray, KernelArray, KernelArray];
          const state = {
            square: s,
            mean: settings.centered ? a : null,
            velocity: settings.momentum === 0 ? null : v,
          };
          operations.rmsprop(p, inputs[4]!, state, count, settings);
        },
      );
    }
  });

  it('lion takes the same step, and none where neither gradient nor momentum has a sign', () => {
    const settings = { learningRate: 0.125, beta1: 0.9, beta2: 0.99, weightDecay: 0.25 };
    for (const count of SIZES) {
      const [p, v, g] = [numbers(count), numbers(count), numbers(count)];
      v[0] = g[0] = 0;
      compareAll(`lion ${count}`, [count, count], [p, v, g], (operations, outputs, inputs) => {
        copyInto(outputs, inputs);
        operations.lion(outputs[0]!, inputs[2]!, outputs[1]!, count, settings);
      });
    }
    for (const { operations } of kernels) {
      const [p, g, v] = [operations.allocate(2), operations.allocate(2), operations.allocate(2)];
      p.values.fill(1);
      operations.lion(p, g, v, 2, { ...settings, weightDecay: 0 });
      expect([...p.values]).toEqual([1, 1]);
      g.values.set([Number.NaN, Number.POSITIVE_INFINITY]);
      operations.lion(p, g, v, 2, settings);
      expect([...p.values]).toEqual([Number.NaN, Number.NaN]);
      for (const array of [p, g, v]) operations.free(array);
    }
  });

  it('lars takes the same step', () => {
    for (const count of SIZES) {
      const given = [numbers(count), numbers(count), numbers(count)];
      compareAll(`lars ${count}`, [count, count], given, (operations, outputs, inputs) => {
        copyInto(outputs, inputs);
        const settings = { rate: 0.3, momentum: 0.9, weightDecay: 0.01 };
        operations.lars(outputs[0]!, inputs[2]!, outputs[1]!, count, settings);
      });
    }
  });

  it('norms and scaled arrays agree, and a norm does not overflow where its squares do in float32', () => {
    for (const count of [...SIZES, 1001]) {
      compareAll(`norm ${count}`, [1, count], [numbers(count)], (operations, [norm, scaled], [x]) => {
        norm!.values[0] = operations.squaredNorm(x!, count);
        scaled!.values.set(x!.values);
        operations.scale(scaled!, count, 0.3);
      });
    }
    for (const { operations } of kernels) {
      const x = operations.allocate(5);
      x.values.fill(2 ** 100);
      expect(operations.squaredNorm(x, 5)).toBe(5 * 2 ** 200);
      operations.free(x);
    }
  });

  it('what is to be remembered needs its place', () => {
    for (const { operations } of kernels) {
      const [p, g, square] = [operations.allocate(1), operations.allocate(1), operations.allocate(1)];
      const settings = { learningRate: 1, alpha: 0.9, epsilon: 1, weightDecay: 0 };
      const state = { square, mean: null, velocity: null };
      expect(() => operations.rmsprop(p, g, state, 1, { ...settings, centered: true, momentum: 0 })).toThrow(
        'rmsprop: centered needs an array for what it remembers, got null.',
      );
      expect(() =>
        operations.rmsprop(p, g, state, 1, { ...settings, centered: false, momentum: 0.5 }),
      ).toThrow('rmsprop: momentum needs an array for what it remembers, got null.');
      for (const array of [p, g, square]) operations.free(array);
    }
  });
});

describe('cross-entropy of distributions', () => {
  it('agrees for rows of any sum, at every number of classes', () => {
    for (const classes of SIZES) {
      for (const samples of [1, 3]) {
        const count = samples * classes;
        const logits = numbers(count).map((value) => 8 * value);
        compareAll(
          `soft cross-entropy ${samples}x${classes}`,
          [count, 2],
          [logits, squares(count)],
          (operations, [gradient, results], [z, targets]) => {
            const labels = operations.allocateIndices(samples);
            labels.values.fill(classes - 1);
            const shape = { samples, classes };
            const both = operations.softCrossEntropy(gradient!, z!, targets!, labels, shape);
            const alone = operations.softCrossEntropy(null, z!, targets!, labels, shape);
            expect(alone).toEqual(both);
            results!.values.set([both.loss, both.correct]);
            operations.free(labels);
          },
        );
      }
    }
  });

  it('is the plain one where every row is one-hot', () => {
    const [samples, classes] = [7, 5];
    for (const { operations } of kernels) {
      const [logits, targets] = [operations.allocate(35), operations.allocate(35)];
      const [soft, plain] = [operations.allocate(35), operations.allocate(35)];
      const labels = operations.allocateIndices(samples);
      logits.values.set(numbers(35));
      for (let s = 0; s < samples; s++) {
        labels.values[s] = s % classes;
        targets.values[s * classes + (s % classes)] = 1;
      }
      const shape = { samples, classes };
      const expected = operations.softmaxCrossEntropy(plain, logits, labels, shape);
      const actual = operations.softCrossEntropy(soft, logits, targets, labels, shape);
      expect(actual.correct).toBe(expected.correct);
      expect(actual.loss).toBeCloseTo(expected.loss, 6);
      for (const [i, value] of plain.values.entries()) expect(soft.values[i]).toBeCloseTo(value, 6);
      labels.values[0] = classes;
      expect(() => operations.softCrossEntropy(soft, logits, targets, labels, shape)).toThrow(
        `softCrossEntropy: every label must be a class from 0 to ${classes - 1}`,
      );
      for (const array of [logits, targets, soft, plain, labels]) operations.free(array);
    }
  });
});
