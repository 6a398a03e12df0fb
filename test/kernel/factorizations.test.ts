/** The spectral and information families where it is hard: nearly singular matrices, many bins, sizes past every block. */
import { beforeAll, describe, expect, it } from 'vitest';
import { KernelError } from '../../src/errors.ts';
import { PENALTIES, type PenaltyId } from '../../src/kernel/catalogue.ts';
import type { Kernel, PenaltyOptions } from '../../src/kernel/kernel.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { uniformStream } from '../../src/random.ts';
import { wasmKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';
import { centralDifferences, relativeError } from './penalty-cases.ts';

const IDS = PENALTIES.filter(({ family }) => family === 'spectral' || family === 'information').map(
  ({ id }) => id,
);
const DETERMINANTS = ['total-correlation', 'log-det', 'coding-rate'] as const;
const reference = createReferenceKernel();
let kernels: Kernel[] = [];
beforeAll(async () => {
  kernels = await wasmKernels();
});

function random(length: number): Float64Array {
  const next = uniformStream(17, 'check', length);
  return Float64Array.from({ length }, () => Math.fround(2 * next() - 1));
}

/** Activations that follow few directions: every unit is a sum of `rank` others and a little noise. */
function nearlySingular(samples: number, units: number, rank: number, noise: number): Float64Array {
  const [scores, loadings, rest] = [random(samples * rank), random(rank * units), random(samples * units)];
  return Float64Array.from({ length: samples * units }, (_, at) => {
    let sum = noise * rest[at]!;
    for (let k = 0; k < rank; k++)
      sum += scores[Math.floor(at / units) * rank + k]! * loadings[k * units + (at % units)]!;
    return Math.fround(sum);
  });
}

function expectAgreement(id: PenaltyId, x: Float64Array, options: PenaltyOptions): void {
  const expected = reference.penalty(id, x, options);
  for (const kernel of kernels) {
    const actual = kernel.penalty(id, x, options);
    const where = `${kernel.variant} ${kernel.precision} ${options.samples}x${options.units}`;
    const tolerance = TOLERANCES.indirectPenalty[kernel.precision];
    expect(relativeError([actual.value], [expected.value]), `value ${where}`).toBeLessThanOrEqual(tolerance);
    expect(relativeError(actual.gradient, expected.gradient), where).toBeLessThanOrEqual(tolerance);
  }
}

describe.each(IDS)('%s', (id) => {
  it('agrees with the reference on nearly singular activations, more samples or more units', () => {
    for (const [samples, units] of [
      [50, 22],
      [22, 50],
    ] as const) {
      for (const noise of [1e-1, 1e-3]) {
        expectAgreement(id, nearlySingular(samples, units, 5, noise), { samples, units });
      }
    }
  });

  it('agrees with the reference past every block', () => {
    for (const [samples, units] of [
      [270, 37],
      [41, 265],
    ] as const) {
      expectAgreement(id, random(samples * units), { samples, units });
    }
  });

  it('has in float64 the gradient of its value, by central differences', () => {
    const kernel = kernels.find(({ precision }) => precision === 'f64')!;
    for (const [samples, units] of [
      [19, 6],
      [6, 9],
    ] as const) {
      const options = { samples, units };
      const x = random(samples * units);
      const differences = centralDifferences((point) => kernel.penalty(id, point, options).value, x);
      expect(relativeError(kernel.penalty(id, x, options).gradient, differences)).toBeLessThan(
        TOLERANCES.finiteDifference,
      );
    }
  });
});

describe('mutual-information', () => {
  it.each([2, 3, 5, 17, 64])('agrees with the reference for %i bins', (bins) => {
    expectAgreement('mutual-information', random(40 * 11), { samples: 40, units: 11, bins });
  });

  it('counts an activation far from the others in the last bin, where it has no gradient of its own', () => {
    const x = random(30 * 4);
    x[5] = 100;
    expectAgreement('mutual-information', x, { samples: 30, units: 4 });
  });
});

describe('a determinant that is 0 to the last digit', () => {
  it.each(DETERMINANTS)('of %s is one error that names the penalty, the condition and the remedy', (id) => {
    // Four equal units, so large that even what rounding leaves of a singular value of 0 is no longer small beside ε.
    const x = new Float64Array(16).fill(2 ** 44);
    const options = { samples: 4, units: 4, centered: false, ddof: 0, epsilon: 1 };
    for (const kernel of [reference, ...kernels]) {
      try {
        kernel.penalty(id, x, options);
        expect.unreachable(`${kernel.variant} found a determinant`);
      } catch (error) {
        expect(error).toBeInstanceOf(KernelError);
        expect((error as KernelError).code).toBe('NOT_POSITIVE_DEFINITE');
        expect((error as KernelError).message).toMatch(
          new RegExp(
            `^${id}: the smallest eigenvalues must .+, got one \\d\\.\\de\\+27 times .+ Use a larger epsilon, `,
          ),
        );
      }
    }
  });
});
