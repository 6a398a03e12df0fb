/** Prepared evaluations and what a call may do with its gradient: the bits of each are those of the plain call. */
import { describe, expect, it } from 'vitest';
import { KernelError, ShapeError } from '../../src/errors.ts';
import { CROSS_PENALTIES, PENALTIES } from '../../src/kernel/catalogue.ts';
import { instantiateKernel } from '../../src/kernel/instantiate.ts';
import type { Kernel, ListedPenalty, Prepared } from '../../src/kernel/kernel.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { uniformStream } from '../../src/random.ts';
import { compiledKernels } from '../kernels.ts';

const builds = await compiledKernels();
const kernels = freshKernels();
const LAYOUTS = ['samples-first', 'units-first'] as const;

/** Kernels whose memories are small yet. */
function freshKernels(): Kernel[] {
  return [createReferenceKernel(), ...builds.map((build) => instantiateKernel(build))];
}

function random(length: number, seed = 1): Float64Array {
  const next = uniformStream(seed, 'check', length);
  return Float64Array.from({ length }, () => Math.fround(2 * next() - 1));
}

function arrayOf(kernel: Kernel, values: ArrayLike<number>): Float32Array | Float64Array {
  return kernel.precision === 'f32' ? Float32Array.from(values) : Float64Array.from(values);
}

describe.each(PENALTIES)('$id', ({ id }) => {
  // More samples than units and fewer, and enough units for the tables of signs.
  const shapes = [
    [9, 5],
    [5, 9],
    [7, 100],
  ] as const;

  it('has the same value without its gradient, and leaves all other memory alone', () => {
    for (const kernel of kernels) {
      for (const [samples, units] of shapes) {
        for (const x of [random(samples * units), random(samples * units).map((v) => v * 1e-25)]) {
          const { value } = kernel.penalty(id, x, { samples, units });
          expect(kernel.penalty(id, x, { samples, units, gradient: false })).toEqual({
            value,
            gradient: null,
          });
        }
        const wrong = random(samples * units).fill(Number.NaN, 3, 4);
        expect(kernel.penalty(id, wrong, { samples, units, gradient: false }).value).toBeNaN();
      }
    }
  });

  it('weights its gradient, never its value, and adds it to what out holds', () => {
    for (const kernel of kernels) {
      const { operations } = kernel;
      for (const layout of LAYOUTS) {
        const options = { samples: 6, units: 7, layout };
        const [x, before] = [random(42), random(42, 2)];
        const plain = kernel.penalty(id, x, options);
        const weighted = kernel.penalty(id, x, { ...options, weight: 0.3 });
        expect(weighted.value).toBe(plain.value);
        // The same call on the kernel's own arrays.
        const [input, output] = [operations.allocate(42), operations.allocate(42)];
        const turn = (a: ArrayLike<number>, rows: number, columns: number): ArrayLike<number> =>
          layout === 'samples-first'
            ? a
            : Float64Array.from({ length: 42 }, (_, i) => a[(i % rows) * columns + Math.floor(i / rows)]!);
        for (const accumulate of [false, true]) {
          input.values.set(turn(x, 7, 6));
          output.values.set(turn(before, 7, 6));
          const prepared = kernel.prepare(id, { ...options, weight: 0.3, accumulate });
          prepared.activations.set(x);
          prepared.gradient.set(before);
          expect(prepared.evaluate()).toBe(plain.value);
          const out = arrayOf(kernel, before);
          const result = kernel.penalty(id, x, { ...options, weight: 0.3, accumulate, out });
          expect(result).toEqual({ value: plain.value, gradient: out });
          expect(result.gradient).toBe(out);
          expect(Array.from(prepared.gradient)).toEqual(Array.from(out));
          if (!accumulate) expect(out).toEqual(weighted.gradient);
          else expect(Array.from(out)).not.toEqual(Array.from(weighted.gradient));
          prepared.dispose();
        }
        operations.free(input);
        operations.free(output);
      }
    }
  });

  it('is evaluated for every batch up to its capacity, through views that stay good', () => {
    for (const kernel of freshKernels()) {
      for (const layout of LAYOUTS) {
        const [most, units] = [24, 13];
        const prepared = kernel.prepare(id, { samples: most, units, layout });
        const { activations, gradient } = prepared;
        for (const samples of [24, 2, 13, 12, 14, 3, 23, 24]) {
          const x = random(samples * units, samples);
          activations.set(x);
          gradient.fill(7);
          const value = prepared.evaluate({ samples });
          const plain = kernels
            .find(({ variant, precision }) => variant === kernel.variant && precision === kernel.precision)!
            .penalty(id, x, { samples, units, layout });
          expect(value).toBe(plain.value);
          expect(Array.from(gradient.subarray(0, x.length))).toEqual(Array.from(plain.gradient));
          expect(gradient.subarray(x.length).every((entry) => entry === 7)).toBe(true);
          gradient.fill(7);
          expect(prepared.evaluate({ samples, gradient: false })).toBe(value);
          expect(gradient.every((entry) => entry === 7)).toBe(true);
        }
        prepared.dispose();
      }
    }
  });
});

it.each(CROSS_PENALTIES)('$id prepared is $id called, for every batch up to its capacity', ({ id }) => {
  const [most, units, otherUnits] = [20, 6, id === 'barlow-twins' ? 6 : 4];
  freshKernels().forEach((kernel, k) => {
    for (const layout of LAYOUTS) {
      for (const accumulate of [false, true]) {
        const options = { units, otherUnits, layout, weight: 2, accumulate };
        const prepared = kernel.prepareCrossPenalty(id, { samples: most, ...options });
        const { x, y, gradientX, gradientY } = prepared;
        for (const samples of [20, 3, 7, 20]) {
          const [a, b] = [random(samples * units, samples), random(samples * otherUnits, samples + 1)];
          x.set(a);
          y.set(b);
          gradientX.fill(0.5);
          gradientY.fill(0.5);
          const outX = arrayOf(kernel, a).fill(0.5);
          const outY = arrayOf(kernel, b).fill(0.5);
          const { value } = kernels[k]!.crossPenalty(id, a, b, { samples, ...options, outX, outY });
          expect(prepared.evaluate({ samples })).toBe(value);
          expect(Array.from(gradientX.subarray(0, a.length))).toEqual(Array.from(outX));
          expect(Array.from(gradientY.subarray(0, b.length))).toEqual(Array.from(outY));
          const alone = { samples, units, otherUnits, layout, gradient: false } as const;
          const without = { value, gradientX: null, gradientY: null };
          expect(kernels[k]!.crossPenalty(id, a, b, alone)).toEqual(without);
          expect(prepared.evaluate({ samples, gradient: false })).toBe(value);
        }
        prepared.dispose();
      }
    }
  });
});

it('a prepared covariance is the covariance, for every batch up to its capacity', () => {
  freshKernels().forEach((kernel, k) => {
    for (const layout of LAYOUTS) {
      const options = { units: 9, layout, ddof: 0 };
      const prepared = kernel.prepareCovariance({ samples: 20, ...options });
      const { activations, covariance } = prepared;
      for (const samples of [20, 1, 7, 20]) {
        const x = random(samples * 9, samples);
        activations.set(x);
        prepared.evaluate({ samples });
        const expected = kernels[k]!.covariance(x, { samples, ...options });
        expect(Array.from(covariance)).toEqual(Array.from(expected));
      }
      prepared.dispose();
    }
  });
});

describe('several penalties on the same activations', () => {
  /** All of them, some twice with another convention of the covariance. */
  const list: ListedPenalty[] = [
    ...PENALTIES.map(({ id }, i) => ({ id, weight: (i % 3) - 1.5 }) as ListedPenalty),
    { id: 'decov', ddof: 1, weight: 0.5 },
    { id: 'mean-abs', centered: true },
    { id: 'huber', delta: 1, centered: false, weight: 2 },
  ];

  it('have each the value, and together the sum of the gradients, of the plain calls', () => {
    freshKernels().forEach((kernel, k) => {
      for (const layout of LAYOUTS) {
        for (const [most, units] of [
          [31, 12],
          [9, 17],
          [8, 100],
        ] as const) {
          const prepared = kernel.preparePenalties(list, { samples: most, units, layout });
          const { activations, gradient } = prepared;
          for (const samples of [most, 5, most]) {
            const x = random(samples * units, samples);
            activations.set(x);
            const values = prepared.evaluate({ samples });
            const out = arrayOf(kernel, x);
            const expected = list.map(({ id, ...options }, i) => {
              const all = { ...options, samples, units, layout, out, accumulate: i > 0 };
              return kernels[k]!.penalty(id, x, all).value;
            });
            expect(Array.from(values)).toEqual(expected);
            expect(Array.from(gradient.subarray(0, x.length))).toEqual(Array.from(out));
            expect(Array.from(prepared.evaluate({ samples, gradient: false }))).toEqual(expected);
          }
          prepared.dispose();
        }
      }
    });
  });

  it('add to what the gradient holds where they are told to', () => {
    for (const kernel of kernels) {
      const options = { samples: 8, units: 3, accumulate: true };
      const prepared = kernel.preparePenalties([{ id: 'mean' }, { id: 'decov', weight: 3 }], options);
      prepared.activations.set(random(24));
      prepared.evaluate();
      const once = prepared.gradient.slice();
      prepared.evaluate();
      expect(Array.from(prepared.gradient)).not.toEqual(Array.from(once));
      prepared.dispose();
    }
  });

  it('that are none, or not to be, are one clear error', () => {
    for (const kernel of kernels) {
      const wrong: [() => unknown, RegExp][] = [
        [
          () => kernel.preparePenalties([], { samples: 4, units: 3 }),
          /^preparePenalties: .*, got an empty one\./,
        ],
        [
          () => kernel.preparePenalties('decov' as never, { samples: 4, units: 3 }),
          /^preparePenalties: .*got decov\./,
        ],
        [
          () => kernel.preparePenalties([{ id: 'decof' as 'decov' }], { samples: 4, units: 3 }),
          /must be one of .*got "decof"/,
        ],
        [
          () => kernel.preparePenalties([{ id: 'decov', samples: 3 } as never], { samples: 4, units: 3 }),
          /samples must be the same for the whole list, got one for decov\./,
        ],
        [
          () => kernel.preparePenalties([{ id: 'decov' }], { samples: 1, units: 3, ddof: 1 } as never),
          /ddof/,
        ],
      ];
      for (const [call, message] of wrong) {
        expect(call).toThrow(ShapeError);
        expect(call).toThrow(message);
      }
    }
  });
});

describe('the end of a prepared evaluation', () => {
  const shape = { samples: 400, units: 30 };
  const makers: [string, (kernel: Kernel) => Prepared & { evaluate(): unknown }][] = [
    ['prepare', (kernel) => kernel.prepare('decov', { ...shape, layout: 'units-first' })],
    ['preparePenalties', (kernel) => kernel.preparePenalties([{ id: 'decov' }, { id: 'mean' }], shape)],
    ['prepareCrossPenalty', (kernel) => kernel.prepareCrossPenalty('barlow-twins', shape)],
    ['prepareCovariance', (kernel) => kernel.prepareCovariance(shape)],
  ];

  it.each(makers)('%s: using gives its memory back', (_, make) => {
    for (const kernel of freshKernels()) {
      make(kernel).dispose();
      const before = kernel.operations.memoryBytes;
      for (let i = 0; i < 50; i++) {
        using prepared = make(kernel);
        expect(prepared).toBeDefined();
      }
      expect(kernel.operations.memoryBytes).toBe(before);
    }
  });

  it.each(makers)(
    '%s: the collector gives back what nobody disposed of, and nothing that is in use',
    async (_, make) => {
      // What --expose-gc gives, without a process of its own.
      const { setFlagsFromString } = await import('node:v8');
      setFlagsFromString('--expose-gc');
      const collect = (await import('node:vm')).runInNewContext('gc') as () => void;
      for (const kernel of freshKernels()) {
        const kept = kernel.prepare('decov', shape);
        const { evaluate } = kernel.prepare('decov', shape);
        const { activations } = kernel.prepare('decov', shape);
        activations.fill(7);
        const before = kernel.operations.memoryBytes;
        make(kernel).dispose();
        const most = before + 12 * (2 * 8 * 400 * 30);
        for (let round = 0; round < 32; round++) {
          make(kernel);
          if (round % 4 !== 3) continue;
          collect();
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
        // Thirty-two of them would take far more.
        expect(kernel.operations.memoryBytes).toBeLessThan(most);
        expect(kept.evaluate()).toBe(0);
        expect(evaluate()).toBe(0);
        if (activations.length > 0) expect(activations.every((entry) => entry === 7)).toBe(true);
      }
    },
  );

  it.each(makers)('%s: afterwards every use is one clear KernelError', (_, make) => {
    for (const kernel of kernels) {
      const prepared = make(kernel);
      prepared.dispose();
      prepared.dispose();
      expect(() => prepared.evaluate()).toThrow(KernelError);
      expect(() => prepared.evaluate()).toThrow(/what was disposed of has no memory\. Prepare it again\.$/);
    }
  });

  it('what does not fit an evaluation is refused', () => {
    for (const kernel of kernels) {
      const prepared = kernel.prepare('decov', { samples: 8, units: 2, ddof: 2 });
      const wrong: [unknown, RegExp][] = [
        [
          { samples: 9 },
          /samples must be at most the 8 that it was prepared for, got 9\. Prepare for more\./,
        ],
        [{ samples: 2 }, /samples − ddof must be above 0, got samples 2 and ddof 2\./],
        [{ samples: 2.5 }, /samples must be a whole number of at least 1, got 2\.5/],
        [{ sample: 3 }, /one of samples, gradient, got "sample"\./],
        [{ weight: 3 }, /got "weight"\. Give the others to prepare\./],
        [{ gradient: 'no' }, /gradient must be true or false, got "no"\./],
      ];
      for (const [options, message] of wrong) {
        expect(() => prepared.evaluate(options as object)).toThrow(ShapeError);
        expect(() => prepared.evaluate(options as object)).toThrow(message);
      }
      expect(() => kernel.prepare('decov', { samples: 8, units: 2, gradient: false } as never)).toThrow(
        /gradient/,
      );
      prepared.dispose();
    }
  });
});
