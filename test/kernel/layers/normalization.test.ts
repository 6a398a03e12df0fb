/** Batch and layer normalisation: kernels agree with the reference, its gradients with central differences. */
import { describe, expect, it } from 'vitest';
import type { KernelArray, Operations } from '../../../src/kernel/operations.ts';
import { TOLERANCES } from '../../tolerances.ts';
import {
  compareAll,
  expectClose,
  expectGradient,
  kernels,
  numberSource,
  reference,
  SIZES,
} from '../agreement.ts';
import { guarded } from '../guarded.ts';

const numbers = numberSource();

/** Remainders of vectors and of the blocks of 32 rows. */
const SHAPES = [
  ...SIZES.map((units, i) => [SIZES[(5 * i + 3) % SIZES.length]!, units] as const),
  [1, 5],
  [31, 4],
  [32, 3],
  [64, 2],
  [65, 9],
  [100, 17],
] as const;

interface Case {
  readonly rows: number;
  readonly units: number;
  readonly x: Float64Array;
  readonly gamma: Float64Array;
  readonly beta: Float64Array;
  readonly dy: Float64Array;
}

const caseOf = (rows: number, units: number, offset = 0): Case => ({
  rows,
  units,
  x: numbers(rows * units).map((value) => Math.fround(value + offset)),
  gamma: numbers(units),
  beta: numbers(units),
  dy: numbers(rows * units),
});

const SETTINGS = { epsilon: 1e-3, momentum: 0.9 };

/** Forward and backward pass of batch normalisation, from moving mean 0.25 and variance 1.5: what the guarded outputs are. */
const batchOutputs = (rows: number, units: number): number[] => [
  rows * units,
  3 * units,
  units,
  units,
  rows * units,
  units,
  units,
];

function batch(
  operations: Operations,
  [y, statistics, mean, variance, dx, dGamma, dBeta]: KernelArray[],
  [x, gamma, beta, dy]: KernelArray[],
  shape: { rows: number; units: number; training: boolean },
): void {
  const { units } = shape;
  mean!.values.fill(0.25, 0, units);
  variance!.values.fill(1.5, 0, units);
  const settings = { ...SETTINGS, ...shape };
  operations.batchNormalizationForward(y!, statistics!, mean!, variance!, x!, gamma!, beta!, settings);
  operations.batchNormalizationBackward(dx!, dGamma!, dBeta!, dy!, x!, gamma!, statistics!, shape);
}

describe('batch normalisation', () => {
  it.each([true, false])('agrees at every remainder, forward and backward, training %s', (training) => {
    for (const [rows, units] of SHAPES) {
      const { x, gamma, beta, dy } = caseOf(rows, units);
      compareAll(
        `batch ${rows}x${units} training ${training}`,
        batchOutputs(rows, units),
        [x, gamma, beta, dy],
        (operations, outputs, inputs) => batch(operations, outputs, inputs, { rows, units, training }),
      );
    }
  });

  it.each([true, false])('the gradients are those of central differences, training %s', (training) => {
    for (const [rows, units] of [
      [5, 3],
      [34, 2],
      [2, 7],
    ] as const) {
      const { x, gamma, beta, dy } = caseOf(rows, units);
      const shape = { rows, units, training };
      const outputs = (from: Float64Array, scale: Float64Array, shift: Float64Array): Float64Array[] =>
        guarded(reference, batchOutputs(rows, units), [from, scale, shift, dy], (operations, outs, inputs) =>
          batch(operations, outs, inputs, shape),
        );
      const [, , , , dx, dGamma, dBeta] = outputs(x, gamma, beta);
      const where = `${rows}x${units}`;
      expectGradient(`x ${where}`, x, dy, dx!, (moved) => outputs(moved, gamma, beta)[0]!);
      expectGradient(`gamma ${where}`, gamma, dy, dGamma!, (moved) => outputs(x, moved, beta)[0]!);
      expectGradient(`beta ${where}`, beta, dy, dBeta!, (moved) => outputs(x, gamma, moved)[0]!);
    }
  });

  it('the gradient may take the place of dy, and be left out', () => {
    for (const kernel of kernels) {
      const { operations } = kernel;
      const [rows, units] = [37, 6];
      const { x, gamma, beta, dy } = caseOf(rows, units);
      const inputs = [x, gamma, beta, dy];
      const shape = { rows, units, training: true };
      const expected = guarded(kernel, batchOutputs(rows, units), inputs, (on, outs, ins) =>
        batch(on, outs, ins, shape),
      );
      const held = guarded(kernel, batchOutputs(rows, units), inputs, (on, outs, ins) => {
        batch(on, outs, ins, shape);
        const [, statistics, , , dx, dGamma, dBeta] = outs;
        const [from, scale] = ins;
        dx!.values.set(dy);
        on.batchNormalizationBackward(dx!, dGamma!, dBeta!, dx!, from!, scale!, statistics!, shape);
      });
      expect(held).toEqual(expected);
      const without = guarded(kernel, batchOutputs(rows, units), inputs, (on, outs, ins) => {
        batch(on, outs, ins, shape);
        const [, statistics, , , , dGamma, dBeta] = outs;
        const [from, scale, , upstream] = ins;
        dGamma!.values.fill(0, 0, units);
        on.batchNormalizationBackward(null, dGamma!, dBeta!, upstream!, from!, scale!, statistics!, shape);
      });
      expect(without).toEqual(expected);
      expect(operations.precision).toBe(kernel.precision);
    }
  });

  it('a large offset and an outlier take no digits', () => {
    const [rows, units] = [300, 5];
    for (const [offset, outlier] of [
      [4096, 0],
      [0, 1e4],
      [-100, 1e3],
    ] as const) {
      const { x, gamma, beta, dy } = caseOf(rows, units, offset);
      for (const row of [0, 5, 40]) {
        const at = row * units + (row % units);
        x[at] = Math.fround(x[at]! + outlier);
      }
      const shape = { rows, units, training: true };
      const results = [reference, ...kernels].map(
        (kernel) =>
          guarded(kernel, batchOutputs(rows, units), [x, gamma, beta, dy], (operations, outs, inputs) =>
            batch(operations, outs, inputs, shape),
          )[0]!,
      );
      kernels.forEach(({ precision, variant }, i) => {
        const where = `${variant} ${precision} offset ${offset} outlier ${outlier}`;
        expectClose(results[i + 1]!, results[0]!, TOLERANCES.operation[precision], where);
      });
    }
  });

  it('columns of equal numbers become beta, and moving statistics move by 1 − momentum', () => {
    for (const kernel of kernels) {
      const [rows, units] = [40, 5];
      const x = new Float64Array(rows * units).fill(Math.fround(0.1));
      const beta = numbers(units);
      const [y, , mean, variance] = guarded(
        kernel,
        batchOutputs(rows, units),
        [x, numbers(units), beta, x],
        (operations, outs, inputs) => batch(operations, outs, inputs, { rows, units, training: true }),
      );
      for (let i = 0; i < y!.length; i++) expect(y![i]).toBe(beta[i % units]);
      const tolerance = TOLERANCES.operation[kernel.precision];
      for (const value of mean!)
        expectClose([value], [0.9 * 0.25 + 0.1 * Math.fround(0.1)], tolerance, 'mean');
      for (const value of variance!) expectClose([value], [0.9 * 1.5], tolerance, 'variance');
    }
  });
});

const layerOutputs = (rows: number, units: number): number[] => [
  rows * units,
  3 * rows,
  rows * units,
  units,
  units,
];

function layer(
  operations: Operations,
  [y, statistics, dx, dGamma, dBeta]: KernelArray[],
  [x, gamma, beta, dy]: KernelArray[],
  shape: { rows: number; units: number },
): void {
  operations.layerNormalizationForward(y!, statistics!, x!, gamma!, beta!, { ...shape, epsilon: 1e-3 });
  operations.layerNormalizationBackward(dx!, dGamma!, dBeta!, dy!, x!, gamma!, statistics!, shape);
}

describe('layer normalisation', () => {
  it('agrees at every remainder, forward and backward, with an offset too', () => {
    for (const [rows, units] of SHAPES) {
      for (const offset of [0, 100]) {
        const { x, gamma, beta, dy } = caseOf(rows, units, offset);
        compareAll(
          `layer ${rows}x${units} offset ${offset}`,
          // What the rounding of the mean leaves over is 0 in float64 and not in float32: the statistics are not compared.
          layerOutputs(rows, units),
          [x, gamma, beta, dy],
          (operations, outputs, inputs) => {
            layer(operations, outputs, inputs, { rows, units });
            outputs[1]!.values.fill(0, 0, 3 * rows);
          },
        );
      }
    }
  });

  it('the gradients are those of central differences', () => {
    for (const [rows, units] of [
      [3, 5],
      [2, 9],
      [4, 2],
    ] as const) {
      const { x, gamma, beta, dy } = caseOf(rows, units);
      const outputs = (from: Float64Array, scale: Float64Array, shift: Float64Array): Float64Array[] =>
        guarded(reference, layerOutputs(rows, units), [from, scale, shift, dy], (operations, outs, inputs) =>
          layer(operations, outs, inputs, { rows, units }),
        );
      const [, , dx, dGamma, dBeta] = outputs(x, gamma, beta);
      expectGradient('x', x, dy, dx!, (moved) => outputs(moved, gamma, beta)[0]!);
      expectGradient('gamma', gamma, dy, dGamma!, (moved) => outputs(x, moved, beta)[0]!);
      expectGradient('beta', beta, dy, dBeta!, (moved) => outputs(x, gamma, moved)[0]!);
    }
  });

  it('the gradient may take the place of dy', () => {
    for (const kernel of kernels) {
      const [rows, units] = [3, 11];
      const { x, gamma, beta, dy } = caseOf(rows, units);
      const inputs = [x, gamma, beta, dy];
      const apart = guarded(kernel, layerOutputs(rows, units), inputs, (on, outs, ins) =>
        layer(on, outs, ins, { rows, units }),
      );
      const inPlace = guarded(kernel, layerOutputs(rows, units), inputs, (on, outs, ins) => {
        layer(on, outs, ins, { rows, units });
        const [, statistics, dx, dGamma, dBeta] = outs;
        const [from, scale] = ins;
        dx!.values.set(dy);
        on.layerNormalizationBackward(dx!, dGamma!, dBeta!, dx!, from!, scale!, statistics!, { rows, units });
      });
      expect(inPlace).toEqual(apart);
    }
  });
});
