/** Arrays of every origin as inputs and outputs: views of the kernel's own memory, of another one, shared and resizable buffers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/errors.ts';
import { PENALTIES } from '../../src/kernel/catalogue.ts';
import { instantiateKernel } from '../../src/kernel/instantiate.ts';
import type { Kernel, OutputOf } from '../../src/kernel/kernel.ts';
import type { FloatArray } from '../../src/kernel/operations.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { uniformStream } from '../../src/random.ts';
import { compiledKernels } from '../kernels.ts';

const builds = await compiledKernels();

/** Kernels whose memories are small yet. */
function freshKernels(): Kernel[] {
  return [createReferenceKernel(), ...builds.map((build) => instantiateKernel(build))];
}

/** Results as text, so that comparing them is quick. */
function bits(results: readonly unknown[]): string[] {
  return results.map((result) => {
    if (!ArrayBuffer.isView(result)) return String(result);
    const bytes = new Uint8Array(result.buffer, result.byteOffset, result.byteLength);
    return Buffer.from(bytes).toString('base64');
  });
}

type Out = OutputOf<FloatArray>;
type Shape = { samples: number; units: number; layout: 'samples-first' | 'units-first' };

function random(length: number): Float64Array {
  const next = uniformStream(5, 'check', length);
  return Float64Array.from({ length }, () => Math.fround(2 * next() - 1));
}

/** Every entry that takes arrays: which it takes and gives, and how it is called. */
const ENTRIES: Record<
  string,
  {
    inputs: (shape: Shape) => number[];
    outputs: (shape: Shape) => number[];
    call: (kernel: Kernel, shape: Shape, inputs: ArrayLike<number>[], outs?: Out[]) => unknown[];
  }
> = {
  penalty: {
    inputs: ({ samples, units }) => [samples * units],
    outputs: ({ samples, units }) => [samples * units],
    call: (kernel, shape, [x], [out] = []) => {
      const options = out === undefined ? shape : { ...shape, out };
      const { value, gradient } = kernel.penalty('decov', x!, options);
      return [value, gradient];
    },
  },
  'penalty that adds': {
    inputs: ({ samples, units }) => [samples * units, samples * units],
    outputs: () => [],
    call: (kernel, shape, [x, before]) => {
      const out = before as Out;
      const { value, gradient } = kernel.penalty('huber', x!, { ...shape, weight: 3, accumulate: true, out });
      return [value, gradient];
    },
  },
  crossPenalty: {
    inputs: ({ samples, units }) => [samples * units, samples * units],
    outputs: ({ samples, units }) => [samples * units, samples * units],
    call: (kernel, shape, [x, y], [outX, outY] = []) => {
      const options = outX === undefined ? shape : { ...shape, outX, outY: outY! };
      const { value, gradientX, gradientY } = kernel.crossPenalty('barlow-twins', x!, y!, options);
      return [value, gradientX, gradientY];
    },
  },
  penaltyHvp: {
    inputs: ({ samples, units }) => [samples * units, samples * units],
    outputs: () => [],
    call: (kernel, shape, [x, direction]) => [kernel.penaltyHvp('decov', x!, direction!, shape)],
  },
  covariance: {
    inputs: ({ samples, units }) => [samples * units],
    outputs: ({ units }) => [units * units],
    call: (kernel, shape, [x], [out] = []) => [
      kernel.covariance(x!, out === undefined ? shape : { ...shape, out }),
    ],
  },
  covarianceVjp: {
    inputs: ({ samples, units }) => [samples * units, units * units],
    outputs: ({ samples, units }) => [samples * units],
    call: (kernel, shape, [x, upstream], [out] = []) => [
      kernel.covarianceVjp(x!, upstream!, out === undefined ? shape : { ...shape, out }),
    ],
  },
  covarianceJvp: {
    inputs: ({ samples, units }) => [samples * units, samples * units],
    outputs: ({ units }) => [units * units],
    call: (kernel, shape, [x, tangent], [out] = []) => [
      kernel.covarianceJvp(x!, tangent!, out === undefined ? shape : { ...shape, out }),
    ],
  },
  covarianceJacobian: {
    inputs: ({ samples, units }) => [samples * units],
    outputs: () => [],
    call: (kernel, shape, [x]) => [kernel.covarianceJacobian(x!, shape)],
  },
};

type Numbers = Float32ArrayConstructor | Float64ArrayConstructor;

/** Where an array may lie. Each gives a way to get arrays of given lengths, with some numbers of other owners around them. */
const ORIGINS: Record<
  string,
  (kernel: Kernel, other: Kernel, Numbers: Numbers) => (n: number) => FloatArray
> = {
  'its own memory': (kernel) => (n) => kernel.operations.allocate(n).values,
  'a prepared penalty': (kernel) => (n) =>
    kernel.prepare('mean', { samples: n, units: 1, ddof: 0 }).activations,
  'the middle of its own memory': (kernel) => (n) =>
    kernel.operations.allocate(n + 7).values.subarray(3, n + 3),
  'another kernel': (_kernel, other) => (n) => other.operations.allocate(n).values,
  'a shared buffer': (_kernel, _other, Numbers) => (n) =>
    new Numbers(
      new SharedArrayBuffer((n + 2) * Numbers.BYTES_PER_ELEMENT) as ArrayBufferLike as ArrayBuffer,
      Numbers.BYTES_PER_ELEMENT,
      n,
    ),
  'a resizable buffer': (_kernel, _other, Numbers) => (n) => {
    const bytes = n * Numbers.BYTES_PER_ELEMENT;
    const Resizable = ArrayBuffer as new (bytes: number, options: { maxByteLength: number }) => ArrayBuffer;
    return new Numbers(new Resizable(bytes, { maxByteLength: 2 * bytes }));
  },
};

const shapes = fc.record({
  samples: fc.integer({ min: 2, max: 9 }),
  units: fc.integer({ min: 1, max: 9 }),
  layout: fc.constantFrom('samples-first' as const, 'units-first' as const),
});

describe.each(Object.keys(ENTRIES))('%s', (name) => {
  const { inputs, outputs, call } = ENTRIES[name]!;
  const seeds = (shape: Shape): Float64Array[] => inputs(shape).map((n, i) => random(n + i).slice(i));

  it.each(Object.keys(ORIGINS))('gives the same bits for inputs and outputs in %s', (origin) => {
    const kernels = freshKernels();
    const others = freshKernels();
    const plain = freshKernels();
    kernels.forEach((kernel, k) => {
      const Numbers = kernel.precision === 'f32' ? Float32Array : Float64Array;
      const place = ORIGINS[origin]!(kernel, others[k]!, Numbers);
      fc.assert(
        fc.property(shapes, (shape) => {
          const numbers = seeds(shape);
          const expected = call(
            plain[k]!,
            shape,
            numbers.map((values) => Numbers.from(values)),
          );
          const arrays = numbers.map((values) => {
            const array = place(values.length);
            array.set(values);
            return array;
          });
          // Every array of the kernel's own was good when it was made; one made later may have moved them.
          const again = arrays.map((array) => (array.length > 0 ? array : undefined));
          fc.pre(again.every((array) => array !== undefined));
          expect(bits(call(kernel, shape, arrays))).toEqual(bits(expected));
        }),
        { numRuns: 8, seed: 1 },
      );
      if (outputs({ samples: 2, units: 2, layout: 'samples-first' }).length === 0) return;
      fc.assert(
        fc.property(shapes, (shape) => {
          const lengths = outputs(shape);
          const numbers = seeds(shape).map((values) => Numbers.from(values));
          const outs = lengths.map(place) as Out[];
          fc.pre(outs.every(({ length }) => length > 0));
          const found = call(kernel, shape, numbers, outs);
          expect(bits(found)).toEqual(bits(call(plain[k]!, shape, numbers)));
          // What comes back is the caller's memory, by a view that is good now.
          const results = found.slice(-lengths.length) as FloatArray[];
          for (const [i, result] of results.entries()) expect(result.byteOffset).toBe(outs[i]!.byteOffset);
        }),
        { numRuns: 8, seed: 2 },
      );
    });
  });

  it('reads what the growth of the memory would take from it', () => {
    const [shape, plain] = [
      { samples: 20_000, units: 2, layout: 'units-first' } as const,
      freshKernels().slice(1),
    ];
    freshKernels()
      .slice(1)
      .forEach((kernel, k) => {
        const arrays = seeds(shape).map(
          (values) => [kernel.operations.allocate(values.length), values] as const,
        );
        for (const [array, values] of arrays) array.values.set(values);
        const Numbers = kernel.precision === 'f32' ? Float32Array : Float64Array;
        const expected = call(
          plain[k]!,
          shape,
          seeds(shape).map((values) => Numbers.from(values)),
        );
        const before = kernel.operations.memoryBytes;
        expect(
          bits(
            call(
              kernel,
              shape,
              arrays.map(([{ values }]) => values),
            ),
          ),
        ).toEqual(bits(expected));
        if (name !== 'penaltyHvp') expect(kernel.operations.memoryBytes).toBeGreaterThan(before);
      });
  });

  it('reads every input before it writes: an output may be an input or lie across one', () => {
    const plain = freshKernels();
    freshKernels().forEach((kernel, k) => {
      for (const layout of ['samples-first', 'units-first'] as const) {
        const shape = { samples: 6, units: 6, layout };
        const lengths = outputs(shape);
        if (lengths.length === 0) return;
        const Numbers = kernel.precision === 'f32' ? Float32Array : Float64Array;
        for (const shift of [0, 1, 5, 35]) {
          const room = kernel.operations.allocate(36 * 4).values as Out;
          const numbers = seeds(shape);
          numbers.forEach((values, i) => void room.set(values, i * 36));
          const given = numbers.map((_, i) => room.subarray(i * 36, (i + 1) * 36));
          const expected = call(
            plain[k]!,
            shape,
            given.map((values) => Numbers.from(values)),
          );
          const outs = lengths.map((n, i) => room.subarray(shift + i * 36, shift + i * 36 + n)) as Out[];
          expect(bits(call(kernel, shape, given, outs))).toEqual(bits(expected));
        }
      }
    });
  });

  it('a view of memory that was given back, or that has moved, is one clear ShapeError', () => {
    const shape = { samples: 4, units: 3, layout: 'samples-first' } as const;
    for (const kernel of freshKernels().slice(1)) {
      const given = seeds(shape);
      const array = kernel.operations.allocate(given[0]!.length);
      const view = array.values;
      kernel.operations.free(array);
      const wrong = [view, ...given.slice(1)];
      if (name !== 'penaltyHvp') {
        expect(() => call(kernel, shape, wrong)).toThrow(
          expect.objectContaining({ code: 'MEMORY_NOT_IN_USE' }),
        );
      }
      const moved = kernel.operations.allocate(12).values;
      kernel.operations.allocate(1e6);
      expect(() => call(kernel, shape, [moved, ...given.slice(1)])).toThrow(ShapeError);
      expect(() => call(kernel, shape, [moved, ...given.slice(1)])).toThrow(
        /has moved since\. Read the view anew/,
      );
    }
  });
});

it('the covariance, the penalty and the cross-penalty of what was just written to a prepared penalty', () => {
  const options = { samples: 40, units: 24 };
  const x = random(40 * 24);
  for (const layout of ['samples-first', 'units-first'] as const) {
    const plain = freshKernels();
    freshKernels().forEach((kernel, k) => {
      const prepared = kernel.prepare('decov', { ...options, layout });
      prepared.activations.set(x);
      const shape = { ...options, layout };
      const reference = plain[k]!;
      expect(kernel.covariance(prepared.activations, shape)).toEqual(reference.covariance(x, shape));
      for (const { id } of PENALTIES)
        expect(kernel.penalty(id, prepared.activations, shape)).toEqual(reference.penalty(id, x, shape));
      const { activations } = prepared;
      expect(kernel.crossPenalty('cross-covariance', activations, activations, shape)).toEqual(
        reference.crossPenalty('cross-covariance', x, x, shape),
      );
    });
  }
});

it('an output of other numbers, of another length, or that nothing is written to, is refused', () => {
  const [shape, x] = [{ samples: 4, units: 3 }, random(12)];
  for (const kernel of freshKernels()) {
    const [Own, Other] =
      kernel.precision === 'f32' ? [Float32Array, Float64Array] : [Float64Array, Float32Array];
    const cases: [() => unknown, RegExp][] = [
      [() => kernel.penalty('decov', x, { ...shape, out: new Other(12) }), /out must be a Float/],
      [
        () => kernel.covariance(x, { ...shape, out: [0, 0, 0] as unknown as Out }),
        /out must hold units·units = 9/,
      ],
      [() => kernel.penalty('decov', x, { ...shape, out: new Own(11) }), /out must hold samples·units = 12/],
      [() => kernel.penalty('decov', x, { ...shape, accumulate: true }), /accumulate adds to what out hold/],
      [
        () => kernel.penalty('decov', x, { ...shape, gradient: false, out: new Own(12) }),
        /nothing to write, got out/,
      ],
      [
        () => kernel.penalty('decov', x, { ...shape, weight: Number.NaN }),
        /weight must be a finite number, got NaN/,
      ],
      [
        () => kernel.penalty('decov', x, { ...shape, gradient: 0 as unknown as false }),
        /gradient must be true or/,
      ],
    ];
    const both = new Own(13);
    const [outX, outY] = [both.subarray(0, 12), both.subarray(1)];
    cases.push([
      () => kernel.crossPenalty('barlow-twins', x, x, { ...shape, outX, outY }),
      /outX and outY must be apart, got two that overlap/,
    ]);
    for (const [call, message] of cases) {
      expect(call).toThrow(ShapeError);
      expect(call).toThrow(message);
    }
  }
});
