/** Penalties on two activations: every build against the reference, and where digits are easily lost. */
import { beforeAll, describe, expect, it } from 'vitest';
import { CROSS_PENALTIES } from '../../src/kernel/catalogue.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import type { CrossPenaltyCall, KernelArray } from '../../src/kernel/operations.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { resolveCrossPenalty } from '../../src/kernel/resolve.ts';
import { uniformStream } from '../../src/random.ts';
import { wasmKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';
import { relativeError } from './penalty-cases.ts';

const reference = createReferenceKernel();
let kernels: Kernel[] = [];
beforeAll(async () => {
  kernels = await wasmKernels();
});

/** Numbers that are exact in float32, each made of one between −1 and 1 and its unit. */
function numbers(
  stream: number,
  samples: number,
  units: number,
  shape = (value: number, _unit: number): number => value,
): Float64Array {
  const next = uniformStream(stream, 'check', units);
  return Float64Array.from({ length: samples * units }, (_, i) =>
    Math.fround(shape(2 * next() - 1, i % units)),
  );
}

interface Result {
  readonly value: number;
  readonly gradients: readonly Float64Array[];
}

/** Runs the operation; what a gradient holds before is `initial`, and one that is not wanted is not there. */
function run(
  { operations }: Kernel,
  x: Float64Array,
  y: Float64Array,
  call: CrossPenaltyCall,
  { initial = 0, wanted = [true, true] }: { initial?: number; wanted?: [boolean, boolean] } = {},
): Result {
  const held: KernelArray[] = [];
  const put = (values: Float64Array): KernelArray => {
    const array = operations.allocate(values.length);
    array.values.set(values);
    held.push(array);
    return array;
  };
  const [first, second] = [put(x), put(y)];
  const outputs = [x, y].map((values, i) =>
    wanted[i] ? put(new Float64Array(values.length).fill(initial)) : null,
  );
  const value = operations.crossPenalty(outputs[0]!, outputs[1]!, first, second, call);
  const gradients = outputs.map((output) => Float64Array.from(output?.values ?? []));
  for (const array of held) operations.free(array);
  return { value, gradients };
}

function expectSame(actual: Result, expected: Result, tolerance: number, where: string): void {
  expect(relativeError([actual.value], [expected.value]), where).toBeLessThanOrEqual(tolerance);
  actual.gradients.forEach((gradient, i) => {
    expect(relativeError(gradient, expected.gradients[i]!), `${where}, gradient ${i}`).toBeLessThanOrEqual(
      tolerance,
    );
  });
}

describe.each([...CROSS_PENALTIES])('$id', ({ id, paired }) => {
  it('agrees at every remainder, centred or not, with a weight, storing and adding', () => {
    for (const samples of [5, 8, 17, 33]) {
      for (const units of [1, 2, 3, 4, 5, 8, 9, 16, 130]) {
        for (const otherUnits of paired ? [units] : [1, 3, 10, 64]) {
          for (const centered of [true, false]) {
            const [x, y] = [numbers(samples, samples, units), numbers(samples + 1, samples, otherUnits)];
            const resolved = resolveCrossPenalty(id, { samples, units, otherUnits, centered, ddof: 1 });
            for (const accumulate of [false, true]) {
              const call = { ...resolved, weight: 0.25, accumulate };
              const initial = accumulate ? 0 : 77;
              const expected = run(reference, x, y, call, { initial });
              for (const kernel of kernels) {
                const where = `${kernel.variant} ${kernel.precision} ${samples}x${units}x${otherUnits} centred ${centered}`;
                const tolerance = TOLERANCES.penalty[kernel.precision];
                expectSame(run(kernel, x, y, call, { initial }), expected, tolerance, where);
              }
            }
          }
        }
      }
    }
  });

  it('a gradient that is not wanted changes neither the value nor the other', () => {
    const call = resolveCrossPenalty(id, { samples: 7, units: 5 });
    const [x, y] = [numbers(1, 7, 5), numbers(2, 7, 5)];
    for (const kernel of kernels) {
      const both = run(kernel, x, y, call);
      const [first, second] = both.gradients;
      const none = new Float64Array();
      expect(run(kernel, x, y, call, { wanted: [true, false] }).gradients).toEqual([first, none]);
      expect(run(kernel, x, y, call, { wanted: [false, true] }).gradients).toEqual([none, second]);
      expect(run(kernel, x, y, call, { wanted: [false, false] }).value).toBe(both.value);
    }
  });

  it('a large offset, tiny activations and ones dominated by one unit stay within tolerance', () => {
    for (const [kind, shape] of Object.entries({
      offset: (value: number) => 20 + 0.05 * value,
      tiny: (value: number) => 1e-2 * value,
      dominated: (value: number, unit: number) => (unit === 3 ? 1000 * value : value),
    })) {
      for (const [samples, units] of [
        [48, 20],
        [20, 48],
      ] as const) {
        const [x, y] = [numbers(3, samples, units, shape), numbers(4, samples, units, shape)];
        const call = resolveCrossPenalty(id, { samples, units });
        const expected = run(reference, x, y, call);
        for (const kernel of kernels) {
          const where = `${kernel.variant} ${kind} ${samples}x${units}`;
          expectSame(run(kernel, x, y, call), expected, TOLERANCES.penalty.f32, where);
        }
      }
    }
  });

  it('no gradient reaches a unit that never changes, whatever its value and the number of samples', () => {
    // 1/49, 1/98 and 1/103 are rounded so that a mean of equal numbers is not one of them.
    for (const samples of [3, 49, 98, 103]) {
      const shape = (value: number, unit: number) => (unit === 2 ? 0.1 : value);
      const [x, y] = [numbers(5, samples, 5, shape), numbers(6, samples, 5)];
      const call = resolveCrossPenalty(id, { samples, units: 5 });
      const expected = run(reference, x, y, call);
      for (const kernel of kernels) {
        const actual = run(kernel, x, y, call);
        const where = `${kernel.variant} ${kernel.precision} ${samples}`;
        expectSame(actual, expected, TOLERANCES.penalty[kernel.precision], where);
        if (paired) for (let i = 2; i < x.length; i += 5) expect(Math.abs(actual.gradients[0]![i]!)).toBe(0);
      }
    }
  });

  it('a NaN in either activation makes the value NaN', () => {
    const call = resolveCrossPenalty(id, { samples: 6, units: 5 });
    for (const kernel of kernels) {
      for (const which of [0, 1]) {
        const inputs = [numbers(7, 6, 5), numbers(8, 6, 5)];
        inputs[which]![13] = Number.NaN;
        expect(run(kernel, inputs[0]!, inputs[1]!, call).value).toBeNaN();
      }
    }
  });
});

describe('barlow-twins', () => {
  it('keeps its digits where the two activations nearly agree', () => {
    const [samples, units] = [33, 16];
    const x = numbers(9, samples, units);
    const next = uniformStream(10, 'check', units);
    const y = x.map((value) => Math.fround(value + 1e-2 * (2 * next() - 1)));
    // λ = 0 leaves nothing but Σ (1 − c_ii)², here of the order of 1e-8.
    const call = resolveCrossPenalty('barlow-twins', { samples, units, lambda: 0 });
    const expected = run(reference, x, y, call);
    expect(expected.value).toBeLessThan(1e-6);
    for (const kernel of kernels)
      expectSame(run(kernel, x, y, call), expected, TOLERANCES.penalty.f32, kernel.variant);
  });
});
