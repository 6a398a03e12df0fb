/** Activation functions: kernels agree with the reference, in place too, and both with values of 50 digits. */
import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { ACTIVATIONS, type Activation, DERIVATIVE_FROM } from '../../../src/kernel/layers/activations.ts';
import { normalQuantile } from '../../../src/kernel/layers/reference-normal.ts';
import { TOLERANCES } from '../../tolerances.ts';
import { compareAll, expectClose, kernels, numberSource, SIZES } from '../agreement.ts';
import { guarded } from '../guarded.ts';

const numbers = numberSource();

const VALUES = JSON.parse(
  readFileSync(new URL('../../reference/activations.json', import.meta.url), 'utf8'),
) as {
  functions: Record<string, [z: number, value: number, slope: number][]>;
  quantiles: [word: number, z: number][];
};

describe('activation functions', () => {
  it.each(ACTIVATIONS)('%s and its derivative agree, in place too', (kind) => {
    for (const count of [...SIZES, 1000]) {
      const z = numbers(count).map((value, index) => Math.fround(value * (index % 3 === 0 ? 40 : 2)));
      const da = numbers(count);
      compareAll(`${kind} ${count}`, [count], [z], (operations, [out], [input]) =>
        operations.activationForward(kind, out!, input!, count),
      );
      compareAll(`${kind} in place ${count}`, [count], [z, da], (operations, [out], [input, upstream]) => {
        const a = operations.allocate(count);
        a.values.set(input!.values);
        operations.activationForward(kind, a, a, count);
        out!.values.set(upstream!.values);
        const saved = DERIVATIVE_FROM[kind] === 'output' ? a : input!;
        operations.activationBackward(kind, out!, out!, saved, count);
        operations.free(a);
      });
    }
  });

  it.each(Object.keys(VALUES.functions) as Activation[])(
    '%s and its slope are right to 50 digits',
    (kind) => {
      const points = VALUES.functions[kind]!;
      const z = Float64Array.from(points, ([at]) => at);
      for (const kernel of kernels) {
        const tolerance = TOLERANCES.operation[kernel.precision];
        const [a, dz] = guarded(kernel, [z.length, z.length], [z], (operations, [out, slope], [input]) => {
          operations.activationForward(kind, out!, input!, z.length);
          slope!.values.fill(1, 0, z.length);
          const saved = DERIVATIVE_FROM[kind] === 'output' ? out! : input!;
          operations.activationBackward(kind, slope!, slope!, saved, z.length);
        });
        points.forEach(([at, value, slope], i) => {
          const where = `${kernel.variant} ${kernel.precision} ${kind}(${at})`;
          // Relative to the value itself, but where it is a rest of what cancels.
          expectClose([a![i]!], [value], tolerance, where, kernel.precision === 'f64' ? 1e-3 : 1e-2);
          expectClose([dz![i]!], [slope], tolerance, `slope of ${where}`, 1);
        });
      }
    },
  );

  it('elu keeps its digits near 0', () => {
    const z = Float64Array.of(-(2 ** -20), -(2 ** -10), -0.125, -0.34375);
    for (const kernel of kernels) {
      const [a] = guarded(kernel, [4], [z], (operations, [out], [input]) =>
        operations.activationForward('elu', out!, input!, 4),
      );
      z.forEach((value, i) => {
        expectClose([a![i]!], [Math.expm1(value)], TOLERANCES.operation[kernel.precision], `elu(${value})`);
      });
    }
  });
});

describe('normal quantiles', () => {
  it('of the reference are right to 50 digits', () => {
    for (const [word, z] of VALUES.quantiles) {
      expectClose([normalQuantile((word + 0.5) / 2 ** 32)], [z], TOLERANCES.operation.f64, `word ${word}`, 1);
    }
  });
});
