/**
 * What holds for any activations, tried on random shapes, values, layouts and places in memory in every kernel.
 *
 * Matrices are dense, so that a stride is the other size: it is random with the shape, and transposed with the layout.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CROSS_PENALTIES, PENALTIES } from '../../src/kernel/catalogue.ts';
import type { Kernel, Layout } from '../../src/kernel/kernel.ts';
import { uniformStream } from '../../src/random.ts';
import { allKernels, compiledKernels } from '../kernels.ts';
import { TOLERANCES } from '../tolerances.ts';

let kernels: Kernel[] = [];
beforeAll(async () => {
  kernels = await allKernels();
});

const RUNS = 60;

/** A random problem; the values follow from a seed, so that a failure shrinks to a small shape and not to zeros. */
const problem = fc.record({
  samples: fc.integer({ min: 2, max: 40 }),
  units: fc.integer({ min: 1, max: 40 }),
  seed: fc.integer({ min: 0, max: 1e6 }),
  centered: fc.boolean(),
  ddof: fc.constantFrom(0, 1),
  layout: fc.constantFrom<Layout>('samples-first', 'units-first'),
});

/** Numbers between −1 and 1, exact in float32, of which a share is zero. */
function numbers(length: number, seed: number, index: number, zeros = 0): Float64Array {
  const next = uniformStream(seed, 'check', index);
  return Float64Array.from({ length }, () => (next() < zeros ? 0 : Math.fround(2 * next() - 1)));
}

/** ⟨a, b⟩ and Σ |a·b|, the size of its rounding. */
function inner(a: ArrayLike<number>, b: ArrayLike<number>): { sum: number; size: number } {
  let sum = 0;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    sum += a[i]! * b[i]!;
    size += Math.abs(a[i]! * b[i]!);
  }
  return { sum, size };
}

const transpose = (x: ArrayLike<number>, rows: number, columns: number): Float64Array =>
  Float64Array.from({ length: rows * columns }, (_, i) => x[(i % rows) * columns + Math.floor(i / rows)]!);

function relative(actual: ArrayLike<number>, expected: ArrayLike<number>, scale = 0): number {
  let largest = scale;
  let error = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    error = Math.max(error, Math.abs(actual[i]! - expected[i]!));
  }
  return error / (largest || 1);
}

type ProblemOf<A> = A extends fc.Arbitrary<infer P> ? P : never;

/** A problem large enough for every penalty. */
const enough = problem.filter(({ samples, units }) => samples > 3 && units > 1);

describe('the covariance', () => {
  it('⟨G, JVP(T)⟩ = ⟨VJP(G), T⟩ for random cotangents G and tangents T, in both layouts', () => {
    fc.assert(
      fc.property(problem, ({ samples, units, seed, centered, ddof, layout }) => {
        const [x, t] = [0, 1].map((index) => numbers(samples * units, seed, index));
        const g = numbers(units * units, seed, 2);
        for (const kernel of kernels) {
          const options = { samples, units, centered, ddof, layout };
          const left = inner(g, kernel.covarianceJvp(x!, t!, options));
          const right = inner(kernel.covarianceVjp(x!, g, options), t!);
          const size = Math.max(left.size, right.size, 1e-3);
          expect(Math.abs(left.sum - right.sum) / size).toBeLessThan(TOLERANCES.operation[kernel.precision]);
        }
      }),
      { numRuns: RUNS, seed: 1 },
    );
  });

  it('is symmetric to the last bit, and its diagonal is not negative', () => {
    fc.assert(
      fc.property(problem, ({ samples, units, seed, centered, ddof, layout }) => {
        const x = numbers(samples * units, seed, 0, 0.3);
        for (const kernel of kernels) {
          const c = kernel.covariance(x, { samples, units, centered, ddof, layout });
          for (let i = 0; i < units; i++) {
            expect(c[i * units + i]).toBeGreaterThanOrEqual(0);
            for (let j = 0; j < i; j++) expect(c[i * units + j]).toBe(c[j * units + i]);
          }
        }
      }),
      { numRuns: RUNS, seed: 2 },
    );
  });
});

describe.each(PENALTIES.filter(({ exact }) => exact))('$id', ({ id, degree }) => {
  it('has the value and gradient of the reference', () => {
    const zeros = fc.constantFrom(0, 0.3, 0.8);
    fc.assert(
      fc.property(enough, zeros, ({ samples, units, seed, centered, ddof, layout }, share) => {
        const x = numbers(samples * units, seed, 0, share);
        const options = { samples, units, centered, ddof, layout };
        const [reference, ...builds] = kernels;
        const expected = reference!.penalty(id, x, options);
        for (const kernel of builds) {
          const actual = kernel.penalty(id, x, options);
          const tolerance = TOLERANCES.penalty[kernel.precision];
          const nothing = TOLERANCES.cancelled / tolerance;
          expect(relative([actual.value], [expected.value], nothing)).toBeLessThanOrEqual(tolerance);
          expect(relative(actual.gradient, expected.gradient, nothing)).toBeLessThanOrEqual(tolerance);
        }
      }),
      { numRuns: RUNS / 2, seed: 7 },
    );
  });

  it('does not care how the activations lie in memory', () => {
    fc.assert(
      fc.property(enough, ({ samples, units, seed, centered, ddof }) => {
        const x = numbers(samples * units, seed, 0, 0.3);
        for (const kernel of kernels) {
          const options = { samples, units, centered, ddof };
          const plain = kernel.penalty(id, x, options);
          const turned = kernel.penalty(id, transpose(x, samples, units), {
            ...options,
            layout: 'units-first',
          });
          expect(turned.value).toBe(plain.value);
          expect(Array.from(turned.gradient)).toEqual(Array.from(transpose(plain.gradient, samples, units)));
        }
      }),
      { numRuns: RUNS / 4, seed: 3 },
    );
  });

  it('does not see a shift of a unit when centred, and its gradient has no mean', () => {
    fc.assert(
      fc.property(enough, ({ samples, units, seed, ddof }) => {
        const x = numbers(samples * units, seed, 0);
        // Shifts of whole numbers keep the activations exact enough in float32.
        const shifted = x.map((value, i) => Math.fround(value + (i % units) - 2));
        const back = shifted.map((value, i) => value - ((i % units) - 2));
        for (const kernel of kernels) {
          const options = { samples, units, centered: true, ddof };
          const plain = kernel.penalty(id, back, options);
          const moved = kernel.penalty(id, shifted, options);
          const tolerance = TOLERANCES.invariance[kernel.precision];
          expect(relative([moved.value], [plain.value], 1e-3)).toBeLessThan(tolerance);
          const largest = Math.max(1e-6, ...Array.from(plain.gradient, Math.abs));
          for (let unit = 0; unit < units; unit++) {
            let sum = 0;
            for (let i = unit; i < x.length; i += units) sum += plain.gradient[i]!;
            expect(Math.abs(sum) / (largest * samples)).toBeLessThan(tolerance);
          }
        }
      }),
      { numRuns: RUNS / 2, seed: 4 },
    );
  });

  if (degree !== null && degree > 0) {
    it(`is homogeneous of degree ${degree}: ⟨x, ∂/∂x⟩ = ${degree}·value`, () => {
      fc.assert(
        fc.property(enough, ({ samples, units, seed, centered, ddof }) => {
          const x = numbers(samples * units, seed, 0);
          for (const kernel of kernels) {
            const { value, gradient } = kernel.penalty(id, x, { samples, units, centered, ddof });
            const { sum, size } = inner(x, gradient);
            expect(Math.abs(sum - degree * value) / Math.max(size, 1e-6)).toBeLessThan(
              TOLERANCES.invariance[kernel.precision],
            );
          }
        }),
        { numRuns: RUNS / 2, seed: 5 },
      );
    });
  }

  if (degree === 0) {
    it('does not change when the activations are scaled', () => {
      fc.assert(
        fc.property(enough, fc.constantFrom(0.25, 4), ({ samples, units, seed, centered, ddof }, factor) => {
          const x = numbers(samples * units, seed, 0);
          for (const kernel of kernels) {
            const options = { samples, units, centered, ddof };
            const plain = kernel.penalty(id, x, options).value;
            const scaled = kernel.penalty(
              id,
              x.map((entry) => factor * entry),
              options,
            ).value;
            // The ε in the variances is not scaled along: 1e-8 beside variances of about 0.01 or more.
            expect(relative([scaled], [plain], 1e-2)).toBeLessThan(TOLERANCES.invariance.f32);
          }
        }),
        { numRuns: RUNS / 2, seed: 6 },
      );
    });
  }
});

describe.each(CROSS_PENALTIES)('$id', ({ id, paired }) => {
  const pair = fc.tuple(enough, fc.integer({ min: 1, max: 40 }));

  it('has the value and gradients of the reference, and those do not care how the activations lie', () => {
    fc.assert(
      fc.property(pair, ([{ samples, units, seed, centered }, others]) => {
        const otherUnits = paired ? units : others;
        const [x, y] = [units, otherUnits].map((count, index) => numbers(samples * count, seed, index, 0.3));
        const options = { samples, units, otherUnits, centered };
        const expected = kernels[0]!.crossPenalty(id, x!, y!, options);
        for (const kernel of kernels) {
          const plain = kernel.crossPenalty(id, x!, y!, options);
          const tolerance = TOLERANCES.penalty[kernel.precision];
          expect(relative([plain.value], [expected.value])).toBeLessThanOrEqual(tolerance);
          expect(relative(plain.gradientX, expected.gradientX)).toBeLessThanOrEqual(tolerance);
          expect(relative(plain.gradientY, expected.gradientY)).toBeLessThanOrEqual(tolerance);
          const turned = kernel.crossPenalty(
            id,
            transpose(x!, samples, units),
            transpose(y!, samples, otherUnits),
            { ...options, layout: 'units-first' },
          );
          expect(turned.value).toBe(plain.value);
          expect(Array.from(turned.gradientX)).toEqual(
            Array.from(transpose(plain.gradientX, samples, units)),
          );
          expect(Array.from(turned.gradientY)).toEqual(
            Array.from(transpose(plain.gradientY, samples, otherUnits)),
          );
        }
      }),
      { numRuns: RUNS, seed: 8 },
    );
  });
});

describe('operands of the modules', () => {
  type Exports = Record<string, (...operands: number[]) => number>;
  const PAGES = 8;
  const KINDS = [0, 1, 3, 4, 9, 16, 18, 32, 34, 35, 36];

  it('may lie at any address: value and gradient keep their bits', async () => {
    for (const { module, precision } of await compiledKernels()) {
      const memory = new WebAssembly.Memory({ initial: PAGES });
      const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as Exports;
      const bytesOf = precision === 'f32' ? 4 : 8;
      const heap = (exports.heapBase!() + 63) & ~63;
      const offsets = fc.array(fc.integer({ min: 0, max: 63 }), { minLength: 4, maxLength: 4 });
      const evaluate = (
        { samples, units, seed, centered, ddof }: ProblemOf<typeof enough>,
        kind: number,
        [v, g, at, s]: readonly number[],
      ): Uint8Array => {
        const numbersOf = samples * units;
        const x = numbers(numbersOf, seed, 0);
        const size = (numbersOf * bytesOf + 191) & ~63;
        const [value, gradient, input, scratch] = [
          heap + v!,
          heap + 128 + g!,
          heap + 128 + size + at!,
          heap + 128 + 2 * size + s!,
        ];
        // Written byte by byte: views of numbers need an alignment that the module does not.
        const encoded = precision === 'f32' ? Float32Array.from(x) : x;
        new Uint8Array(memory.buffer).set(new Uint8Array(encoded.buffer), input);
        const status = exports.penalty!(
          value,
          gradient,
          input,
          kind,
          samples,
          units,
          Number(centered),
          ddof,
          1e-2,
          1,
          1,
          1,
          0.5,
          0,
          scratch,
        );
        expect(status).toBe(0);
        const all = new Uint8Array(memory.buffer);
        return Uint8Array.from([
          ...all.slice(value, value + 8),
          ...all.slice(gradient, gradient + numbersOf * bytesOf),
        ]);
      };
      fc.assert(
        fc.property(enough, fc.constantFrom(...KINDS), offsets, (given, kind, places) => {
          expect(Buffer.compare(evaluate(given, kind, places), evaluate(given, kind, [0, 0, 0, 0]))).toBe(0);
        }),
        { numRuns: RUNS, seed: 9 },
      );
    }
  });
});
