/** The convolution of every build against the reference, at sizes that hit every remainder, and the reference against definitions. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Kernel } from '../../../src/kernel/kernel.ts';
import { type Conv2dShape, conv2dLengths, conv2dOutput } from '../../../src/kernel/layers/convolution.ts';
import { createReferenceKernel } from '../../../src/kernel/reference.ts';
import { uniformStream } from '../../../src/random.ts';
import { wasmKernels } from '../../kernels.ts';
import { TOLERANCES } from '../../tolerances.ts';
import { guarded } from '../guarded.ts';

const reference = createReferenceKernel();
let builds: Kernel[] = [];
beforeAll(async () => {
  builds = await wasmKernels();
});

const CASE: Conv2dShape = {
  samples: 2,
  height: 7,
  width: 9,
  channels: 3,
  filters: 5,
  kernelSize: [3, 3],
  strides: [1, 1],
  padding: 'same',
};

/** Winograd's algorithm: every variant, edges of its tiles on all sides, channels and filters that fill no vector. */
const WINOGRAD: Partial<Conv2dShape>[] = [
  ...[2, 3, 4, 5, 7, 14, 19].flatMap((height) =>
    [3, 5].map(
      (k): Partial<Conv2dShape> => ({
        height,
        width: 6,
        kernelSize: [k, k],
        channels: 16,
        filters: 17,
        samples: 1,
      }),
    ),
  ),
  { height: 23, width: 17, channels: 19, filters: 16, samples: 1 },
  { height: 9, width: 10, channels: 17, filters: 33, padding: 'valid' },
  { height: 9, width: 10, channels: 18, filters: 21, kernelSize: [5, 5], padding: 'valid', samples: 1 },
];

/** One change of CASE a row: every remainder of tiles and vectors, every size of a kernel, strides, both paddings. */
const SHAPES: Partial<Conv2dShape>[] = [
  {},
  ...[1, 2, 3, 4, 5, 7, 8, 9, 16, 17].map((channels) => ({ channels, samples: 1 })),
  ...[1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 33].map((filters) => ({ filters, samples: 1 })),
  ...[1, 2, 5, 7, 9, 17].flatMap((size): Partial<Conv2dShape>[] => [
    { kernelSize: [size, size], height: 17, width: 18, samples: 1 },
    { kernelSize: [size, 1], height: 17, width: 3, padding: 'valid', samples: 1 },
    { kernelSize: [1, size], height: 2, width: 19, padding: 'valid', channels: 5 },
    { kernelSize: [size, 2], strides: [2, 3] },
  ]),
  ...[1, 2, 3, 5].flatMap((stride): Partial<Conv2dShape>[] => [
    { strides: [stride, 1], channels: 6 },
    { strides: [1, stride], padding: 'valid', filters: 8 },
    { strides: [stride, stride], kernelSize: [1, 1], height: 11 },
  ]),
  ...[1, 2, 3, 4, 5, 8, 9].map((width) => ({ width, height: 5, channels: 4, filters: 8 })),
  { height: 1, width: 1 },
  { height: 1, width: 1, kernelSize: [5, 4] },
  { height: 3, width: 3, padding: 'valid' },
  // Windows of more than 192 terms; images of more than 256 windows.
  { channels: 33, filters: 17, height: 6 },
  { kernelSize: [5, 5], channels: 12, filters: 20, height: 19, width: 17 },
  { height: 3, width: 300, samples: 1 },
];

let stream = 0;
/** Numbers between −1 and 1, exact in float32. */
function numbers(length: number): Float64Array {
  const next = uniformStream(stream++, 'check', 0);
  return Float64Array.from({ length }, () => Math.fround(2 * next() - 1));
}

/** Products of a forward pass: what the reference takes its time for. */
function productsOf(shape: Conv2dShape): number {
  return conv2dLengths('test', shape).y * shape.kernelSize[0] * shape.kernelSize[1] * shape.channels;
}

function named(change: Partial<Conv2dShape>): [name: string, shape: Conv2dShape] {
  return [JSON.stringify(change), { ...CASE, ...change }];
}

/** The largest error, relative to the largest expected entry and at least 1. */
function expectClose(actual: Float64Array, expected: Float64Array, tolerance: number, where: string): void {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const error = expected.reduce((most, value, i) => {
    const difference = Math.abs(actual[i]! - value);
    return difference <= most ? most : difference;
  }, 0);
  expect(error, where).toBeLessThanOrEqual(tolerance * largest);
}

/** Both passes on one kernel: y, dKernel, dBiases, dx. */
function passes(kernel: Kernel, shape: Conv2dShape, inputs: readonly Float64Array[]): Float64Array[] {
  const lengths = conv2dLengths('test', shape);
  const forward = guarded(kernel, [lengths.y], inputs.slice(0, 3), (operations, [y], [x, weights, biases]) =>
    operations.conv2dForward(y!, x!, weights!, biases!, shape),
  );
  const backward = guarded(
    kernel,
    [lengths.kernel, shape.filters, lengths.x],
    [inputs[3]!, inputs[0]!, inputs[1]!],
    (operations, [dKernel, dBiases, dx], [dy, x, weights]) =>
      operations.conv2dBackward(dKernel!, dBiases!, dx!, dy!, x!, weights!, shape),
  );
  return [...forward, ...backward];
}

function inputsOf(shape: Conv2dShape): Float64Array[] {
  const lengths = conv2dLengths('test', shape);
  return [numbers(lengths.x), numbers(lengths.kernel), numbers(shape.filters), numbers(lengths.y)];
}

describe('every build', () => {
  it.each([
    ...SHAPES.map(named),
    ...WINOGRAD.map(named),
    ...WINOGRAD.slice(-3).map((change) => named({ ...change, exact: true })),
  ])('agrees with the reference: %s', (where, shape) => {
    const inputs = inputsOf(shape);
    const expected = passes(reference, shape, inputs);
    for (const kernel of builds) {
      const actual = passes(kernel, shape, inputs);
      actual.forEach((values, i) => {
        const what = `${kernel.variant} ${['y', 'dKernel', 'dBiases', 'dx'][i]} ${where}`;
        expectClose(values, expected[i]!, TOLERANCES.operation[kernel.precision], what);
      });
    }
  });

  it('leaves out biases and the gradient of the input where they are null', () => {
    const inputs = inputsOf(CASE);
    const lengths = conv2dLengths('test', CASE);
    const [withZeros] = passes(reference, CASE, [inputs[0]!, inputs[1]!, new Float64Array(5), inputs[3]!]);
    for (const kernel of [reference, ...builds]) {
      const [y] = guarded(kernel, [lengths.y], inputs.slice(0, 2), (operations, [out], [x, weights]) =>
        operations.conv2dForward(out!, x!, weights!, null, CASE),
      );
      expectClose(y!, withZeros!, TOLERANCES.operation[kernel.precision], 'y without biases');
      const whole = passes(kernel, CASE, inputs);
      const [dKernel] = guarded(
        kernel,
        [lengths.kernel],
        [inputs[3]!, inputs[0]!, inputs[1]!],
        (operations, [out], [dy, x, weights]) =>
          operations.conv2dBackward(out!, null, null, dy!, x!, weights!, CASE),
      );
      expect(dKernel).toEqual(whole[1]);
    }
  });

  it('gives the same bits again, whatever the scratch holds', () => {
    const inputs = inputsOf(CASE);
    for (const kernel of builds) {
      const first = passes(kernel, CASE, inputs);
      passes(kernel, { ...CASE, height: 11, channels: 4 }, inputsOf({ ...CASE, height: 11, channels: 4 }));
      expect(passes(kernel, CASE, inputs)).toEqual(first);
    }
  });

  it('takes its room when it is reserved, and no more in the calls', () => {
    for (const kernel of builds) {
      const { operations } = kernel;
      const shape = { ...CASE, height: 64, width: 64, channels: 16 };
      const lengths = conv2dLengths('test', shape);
      const arrays = [lengths.y, lengths.x, lengths.kernel, 5, lengths.kernel, lengths.x, lengths.y].map(
        (n) => operations.allocate(n),
      );
      operations.reserveConv2d(shape);
      const before = operations.memoryBytes;
      const [y, x, weights, biases, dKernel, dx, dy] = arrays as [(typeof arrays)[0], ...typeof arrays];
      operations.conv2dForward(y, x!, weights!, biases!, shape);
      operations.conv2dBackward(dKernel!, biases!, dx!, dy!, x!, weights!, shape);
      expect(operations.memoryBytes).toBe(before);
      for (const array of arrays) operations.free(array);
    }
  });
});

describe('the gradients', () => {
  it.each([...SHAPES, ...WINOGRAD.slice(0, 2)].map(named).filter(([, shape]) => productsOf(shape) < 2e5))(
    'are those of central differences: %s',
    (_, shape) => {
      const [x, weights, biases, upstream] = inputsOf(shape) as [
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const lengths = conv2dLengths('test', shape);
      const loss = (): number => {
        const [y] = guarded(reference, [lengths.y], [x, weights, biases], (operations, [out], [a, b, c]) =>
          operations.conv2dForward(out!, a!, b!, c!, shape),
        );
        return y!.reduce((sum, value, i) => sum + value * upstream[i]!, 0);
      };
      const [, dKernel, dBiases, dx] = passes(reference, shape, [x, weights, biases, upstream]);
      for (const [operand, gradient] of [
        [weights, dKernel!],
        [biases, dBiases!],
        [x, dx!],
      ] as const) {
        // The function is linear in each operand: a step of any length gives the derivative; a few entries of each show it.
        const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        for (let i = 0; i < operand.length; i += Math.max(1, Math.floor(operand.length / 7))) {
          const kept = operand[i]!;
          operand[i] = kept + 0.5;
          const above = loss();
          operand[i] = kept - 0.5;
          const below = loss();
          operand[i] = kept;
          expect(Math.abs(above - below - gradient[i]!)).toBeLessThanOrEqual(
            TOLERANCES.finiteDifference * largest,
          );
        }
      }
    },
  );
});

describe("Winograd's algorithm", () => {
  // Rectified normal activations as they are and far from 0, weights as they begin; the direct form in float64 is the oracle.
  it.each([
    [14, 64, 3],
    [11, 32, 3],
    [28, 32, 3],
    [16, 32, 5],
  ])('errs little at %ix%i channels, kernel %i, with an offset of 20 too', (side, channels, k) => {
    const shape: Conv2dShape = {
      samples: 2,
      height: side,
      width: side,
      channels,
      filters: 32,
      kernelSize: [k, k],
      strides: [1, 1],
      padding: 'same',
    };
    const lengths = conv2dLengths('test', shape);
    const uniform = uniformStream(7, 'check', side);
    const next = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    const numbersOf = (length: number, scale: number, f = (value: number) => value) =>
      Float64Array.from({ length }, () => Math.fround(f(next()) * scale));
    const weights = numbersOf(lengths.kernel, Math.sqrt(2 / (k * k * channels)));
    const dy = numbersOf(lengths.y, 0.01);
    const biases = numbersOf(32, 0.1);
    const double = builds.find(({ precision }) => precision === 'f64')!;
    for (const offset of [0, 20]) {
      const x = numbersOf(lengths.x, 1, (value) => Math.max(value, 0) + offset);
      const expected = passes(double, { ...shape, exact: true }, [x, weights, biases, dy]);
      for (const kernel of builds) {
        const actual = passes(kernel, shape, [x, weights, biases, dy]);
        for (const i of [0, 1, 3]) {
          const oracle = expected[i]!;
          const errors = oracle.map((value, at) => Math.abs(actual[i]![at]! - value));
          const rms = Math.sqrt(oracle.reduce((sum, value) => sum + value * value, 0) / oracle.length);
          const largest = oracle.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          const { mean, most } = TOLERANCES.winograd[kernel.precision];
          expect(errors.reduce((a, b) => a + b) / oracle.length / rms).toBeLessThanOrEqual(mean);
          expect(errors.reduce((a, b) => Math.max(a, b)) / largest).toBeLessThanOrEqual(most);
        }
      }
    }
  });

  it('is not what exact gives, and spreads a NaN over no more than its tiles', () => {
    const shape: Conv2dShape = { ...CASE, samples: 1, height: 20, width: 20, channels: 16, filters: 16 };
    const lengths = conv2dLengths('test', shape);
    const [x, weights, biases] = inputsOf(shape) as [Float64Array, Float64Array, Float64Array];
    for (const kernel of builds) {
      const forward = (exact: boolean) =>
        guarded(kernel, [lengths.y], [x, weights, biases], (operations, [y], [a, b, c]) =>
          operations.conv2dForward(y!, a!, b!, c!, { ...shape, exact }),
        )[0]!;
      const [fast, direct] = [forward(false), forward(true)];
      expect(fast).not.toEqual(direct);
      x[(9 * 20 + 9) * 16] = Number.NaN;
      const lost = (y: Float64Array) =>
        [...y.keys()]
          .filter((i) => Number.isNaN(y[i]!))
          .map((i) => [Math.floor(i / 320), Math.floor(i / 16) % 20]);
      expect(
        lost(forward(true)).every(([row, column]) => Math.abs(row! - 9) < 2 && Math.abs(column! - 9) < 2),
      ).toBe(true);
      const spread = lost(forward(false));
      expect(spread.length).toBeGreaterThanOrEqual(9 * 16);
      expect(spread.every(([row, column]) => row! >= 8 && row! < 12 && column! >= 8 && column! < 12)).toBe(
        true,
      );
      x[(9 * 20 + 9) * 16] = 0.5;
    }
  });
});

describe('shapes', () => {
  it('has as many outputs as TensorFlow, and the odd zero of same at the end', () => {
    const outputs = (change: Partial<Conv2dShape>) => conv2dOutput('test', { ...CASE, ...change });
    expect(outputs({ strides: [2, 2] })).toEqual([4, 5]);
    expect(outputs({ strides: [2, 4], padding: 'valid' })).toEqual([3, 2]);
    expect(outputs({ kernelSize: [1, 1], strides: [3, 3], padding: 'valid' })).toEqual([3, 3]);
    // A kernel of two reaches one pixel past the end, none before the beginning.
    const shape: Conv2dShape = {
      ...CASE,
      samples: 1,
      height: 1,
      width: 3,
      channels: 1,
      filters: 1,
      kernelSize: [1, 2],
    };
    for (const kernel of [reference, ...builds]) {
      const [y] = guarded(
        kernel,
        [3],
        [Float64Array.of(1, 2, 3), Float64Array.of(10, 1)],
        (operations, [out], [x, weights]) => operations.conv2dForward(out!, x!, weights!, null, shape),
      );
      expect([...y!]).toEqual([12, 23, 30]);
    }
  });

  it('refuses a window larger than the image, sizes that are none, another padding, and arrays that are too short', () => {
    for (const { operations } of [reference, ...builds]) {
      const a = operations.allocate(4);
      const call = (change: object) => () =>
        operations.conv2dForward(a, a, a, null, { ...CASE, ...change } as Conv2dShape);
      expect(call({ padding: 'valid', kernelSize: [8, 3] })).toThrow(
        'conv2dForward: a window must fit into its input, got a window of 8 for 7.',
      );
      expect(call({ filters: 0 })).toThrow(
        'conv2dForward: filters must be a whole number of at least 1, got 0.',
      );
      expect(call({ strides: [1, 1.5] })).toThrow(
        'conv2dForward: strideWidth must be a whole number of at least 1, got 1.5.',
      );
      expect(call({ padding: 'full' })).toThrow(
        'conv2dForward: the padding must be one of valid, same, got "full".',
      );
      expect(call({})).toThrow('conv2dForward: y must hold at least 630 numbers, got 4.');
      operations.free(a);
    }
  });
});
