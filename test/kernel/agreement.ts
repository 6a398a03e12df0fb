/** The same operation on every implementation of the kernel: agreement within the tolerance, nothing written outside. */
import { expect } from 'vitest';
import type { Kernel } from '../../src/kernel/kernel.ts';
import type { KernelArray, Operations } from '../../src/kernel/operations.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { uniformStream } from '../../src/random.ts';
import { allKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';
import { guarded } from './guarded.ts';

/** Every remainder of vectors and tiles. */
export const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33];
export const reference = createReferenceKernel();
/** Numbers between −1 and 1, exact in float32, other ones each time; a share of `zeros` among them. Each test file has its own. */
export function numberSource(): (length: number, zeros?: number) => Float64Array {
  let stream = 0;
  return (length, zeros = 0) => {
    const next = uniformStream(stream++, 'check', 0);
    return Float64Array.from({ length }, () => (next() < zeros ? 0 : Math.fround(2 * next() - 1)));
  };
}

/** The largest error, relative to the largest expected entry, or to `scale` where cancellation leaves less than that. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  where: string,
  scale = 0,
): void {
  expect(actual.length).toBe(expected.length);
  let largest = 0;
  let error = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (!(difference <= error)) error = difference;
  }
  expect(error, where).toBeLessThanOrEqual(tolerance * (Math.max(largest, scale) || 1));
}

/** Every kernel that runs here, the reference among them. */
export const kernels: readonly Kernel[] = await allKernels();

/** The same operation on every kernel, each against the reference. */
export function compareAll(
  where: string,
  outputs: readonly number[],
  inputs: readonly ArrayLike<number>[],
  operate: (operations: Operations, outputs: KernelArray[], inputs: KernelArray[]) => void,
  initial = 0,
): void {
  const expected = guarded(reference, outputs, inputs, operate, initial);
  for (const kernel of kernels) {
    const actual = guarded(kernel, outputs, inputs, operate, initial);
    actual.forEach((values, index) => {
      expectClose(
        values,
        expected[index]!,
        TOLERANCES.operation[kernel.precision],
        `${kernel.variant} ${where}`,
        1,
      );
    });
  }
}

/**
 * Compares a gradient with central differences in float64: that of the sum of y, each entry times its `direction`, with respect to x.
 */
export function expectGradient(
  where: string,
  x: Float64Array,
  direction: ArrayLike<number>,
  gradient: ArrayLike<number>,
  outputOf: (x: Float64Array) => ArrayLike<number>,
): void {
  const step = 1e-5;
  const along = (): number => {
    const y = outputOf(x);
    let sum = 0;
    for (let i = 0; i < direction.length; i++) sum += y[i]! * direction[i]!;
    return sum;
  };
  const numeric = Array.from(x, (value, i) => {
    x[i] = value + step;
    const above = along();
    x[i] = value - step;
    const below = along();
    x[i] = value;
    return (above - below) / (2 * step);
  });
  expectClose(gradient, numeric, TOLERANCES.finiteDifference, where, 1);
}
