/** One operation of a kernel between guards: what it writes outside its outputs, or into its inputs, is found. */
import { expect } from 'vitest';
import type { Kernel } from '../../src/kernel/kernel.ts';
import type { KernelArray, Operations } from '../../src/kernel/operations.ts';

/** Numbers on both sides of every output that must survive. */
const GUARD = 8;
const POISON = 12345.675;

/** Runs an operation on a kernel: inputs are copied in, each output lies between guards and is copied out. */
export function guarded(
  { operations }: Kernel,
  outputs: readonly number[],
  inputs: readonly ArrayLike<number>[],
  operate: (operations: Operations, outputs: KernelArray[], inputs: KernelArray[]) => void,
  initial = 0,
): Float64Array[] {
  const held: KernelArray[] = [];
  const hold = (length: number): KernelArray => {
    const array = operations.allocate(length);
    held.push(array);
    return array;
  };
  const ins = inputs.map((values) => {
    const array = hold(values.length);
    array.values.set(values);
    return array;
  });
  // The guards are arrays of their own around the output; an output longer than asked for is guarded by its own end.
  const outs = outputs.map((length) => {
    const before = hold(GUARD);
    const array = hold(length + GUARD);
    const after = hold(GUARD);
    before.values.fill(POISON);
    after.values.fill(POISON);
    array.values.fill(initial);
    array.values.fill(POISON, length);
    return { before, array, after, length };
  });
  operate(
    operations,
    outs.map(({ array }) => array),
    ins,
  );
  const results = outs.map(({ before, array, after, length }) => {
    const poison = operations.precision === 'f32' ? Math.fround(POISON) : POISON;
    const guards = [...before.values, ...array.values.slice(length), ...after.values];
    expect(guards.every((value) => value === poison)).toBe(true);
    return Float64Array.from(array.values.slice(0, length));
  });
  ins.forEach((array, index) => {
    expect(Array.from(array.values)).toEqual(Array.from(inputs[index]!));
  });
  for (const array of held) operations.free(array);
  return results;
}
