/** Pooling: every kernel agrees with the reference, and the reference's gradients with central differences. */
import { describe, expect, it } from 'vitest';
import type { PoolShape } from '../../../src/kernel/layers/pooling.ts';
import { poolLengths } from '../../../src/kernel/layers/pooling.ts';
import type { KernelArray, Operations } from '../../../src/kernel/operations.ts';
import { compareAll, expectGradient, kernels, numberSource, reference, SIZES } from '../agreement.ts';
import { guarded as run } from '../guarded.ts';

const numbers = numberSource();

/** Windows: height, width and how they move. */
const WINDOWS = [
  [1, 1, 1, 1],
  [2, 2, 2, 2],
  [2, 2, 1, 1],
  [3, 3, 2, 2],
  [3, 2, 1, 3],
  [1, 3, 2, 2],
  [2, 3, 3, 4],
] as const;

function shapes(): PoolShape[] {
  const all: PoolShape[] = [];
  for (const [poolHeight, poolWidth, strideHeight, strideWidth] of WINDOWS) {
    for (const [height, width] of [
      [3, 3],
      [4, 6],
      [5, 8],
      [7, 4],
    ] as const) {
      for (const padding of ['valid', 'same'] as const) {
        const channels = SIZES[all.length % SIZES.length]!;
        const samples = 1 + (all.length % 3);
        all.push({
          samples,
          height,
          width,
          channels,
          poolHeight,
          poolWidth,
          strideHeight,
          strideWidth,
          padding,
        });
      }
    }
  }
  return all;
}

const named = (shape: PoolShape): string => JSON.stringify(Object.values(shape));

type Forward = (operations: Operations, y: KernelArray, x: KernelArray, shape: PoolShape) => void;
const FORWARD: Record<'maximum' | 'average', Forward> = {
  maximum: (operations, y, x, shape) => operations.maxPoolForward(y, x, shape),
  average: (operations, y, x, shape) => operations.averagePoolForward(y, x, shape),
};

const forwardOf = (kind: keyof typeof FORWARD, x: Float64Array, shape: PoolShape): Float64Array =>
  run(reference, [poolLengths('', shape).output], [x], (operations, [y], [input]) =>
    FORWARD[kind](operations, y!, input!, shape),
  )[0]!;

describe('pooling', () => {
  it.each(['maximum', 'average'] as const)('the %s agrees at every remainder, stride and padding', (kind) => {
    for (const shape of shapes()) {
      const { input, output } = poolLengths('', shape);
      // Many zeros, as after a relu, tie.
      const x = numbers(input, 0.4);
      const dy = numbers(output);
      compareAll(`${kind} ${named(shape)}`, [output], [x], (operations, [y], [from]) =>
        FORWARD[kind](operations, y!, from!, shape),
      );
      const y = forwardOf(kind, x, shape);
      compareAll(
        `gradient of the ${kind} ${named(shape)}`,
        [input],
        kind === 'maximum' ? [dy, x, y] : [dy],
        (operations, [dx], [upstream, from, to]) =>
          kind === 'maximum'
            ? operations.maxPoolBackward(dx!, upstream!, from!, to!, shape)
            : operations.averagePoolBackward(dx!, upstream!, shape),
        77,
      );
    }
  });

  it.each(['maximum', 'average'] as const)(
    'the gradient of the %s is that of central differences',
    (kind) => {
      for (const shape of shapes().filter(({ channels }) => channels < 6)) {
        const { input, output } = poolLengths('', shape);
        const x = numbers(input);
        const dy = numbers(output);
        const [dx] = run(
          reference,
          [input],
          [dy, x, forwardOf(kind, x, shape)],
          (operations, [out], [d, a, b]) =>
            kind === 'maximum'
              ? operations.maxPoolBackward(out!, d!, a!, b!, shape)
              : operations.averagePoolBackward(out!, d!, shape),
        );
        expectGradient(`${kind} ${named(shape)}`, x, dy, dx!, (moved) => forwardOf(kind, moved, shape));
      }
    },
  );

  it('padding same has ceil(size/stride) windows, with the odd entry of padding after', () => {
    const shape = { samples: 1, height: 1, width: 4, channels: 1, poolHeight: 1, strideHeight: 1 };
    const same = { ...shape, poolWidth: 3, strideWidth: 2, padding: 'same' as const };
    // One entry is missing, and it lies after: windows 1 2 3 and 3 4.
    expect(Array.from(forwardOf('average', Float64Array.of(1, 2, 3, 4), same))).toEqual([2, 3.5]);
    const wide = { ...same, poolWidth: 4, strideWidth: 1 };
    // Three are missing, one before and two after: 1 2 3, 1 2 3 4, 2 3 4, 3 4.
    expect(Array.from(forwardOf('average', Float64Array.of(1, 2, 3, 4), wide))).toEqual([2, 2.5, 3, 3.5]);
    expect(Array.from(forwardOf('maximum', Float64Array.of(-1, -2, -3, -4), wide))).toEqual([-1, -1, -2, -3]);
  });

  it('of equal maxima the first one gets the gradient, and a NaN is seen', () => {
    const shape: PoolShape = {
      ...{ samples: 1, height: 2, width: 2, channels: 5, poolHeight: 2, poolWidth: 2 },
      ...{ strideHeight: 2, strideWidth: 2, padding: 'valid' },
    };
    const x = new Float64Array(20).fill(3);
    x[0] = 1;
    const dy = Float64Array.of(1, 2, 3, 4, 5);
    const y = forwardOf('maximum', x, shape);
    for (const kernel of kernels) {
      const [dx] = run(kernel, [20], [dy, x, y], (operations, [out], [d, a, b]) =>
        operations.maxPoolBackward(out!, d!, a!, b!, shape),
      );
      const expected = new Float64Array(20);
      expected.set([0, 2, 3, 4, 5, 1]);
      expect(Array.from(dx!)).toEqual(Array.from(expected));
      for (let entry = 0; entry < 20; entry++) {
        const [one] = run(kernel, [5], [x], (operations, [out], [a]) => {
          a!.values[entry] = Number.NaN;
          operations.maxPoolForward(out!, a!, shape);
          a!.values[entry] = x[entry]!;
        });
        expect(Array.from(one!, Number.isNaN)).toEqual(Array.from({ length: 5 }, (_, j) => j === entry % 5));
      }
    }
  });

  it('the average over all positions and its gradient agree', () => {
    for (const channels of SIZES) {
      const shape = { samples: 1 + (channels % 3), positions: 1 + ((channels * 7) % 40), channels };
      const { samples, positions } = shape;
      const x = numbers(samples * positions * channels);
      const dy = numbers(samples * channels);
      compareAll(`global ${channels}`, [samples * channels], [x], (operations, [y], [from]) =>
        operations.globalAverageForward(y!, from!, shape),
      );
      compareAll(`global gradient ${channels}`, [x.length], [dy], (operations, [dx], [upstream]) =>
        operations.globalAverageBackward(dx!, upstream!, shape),
      );
      if (channels > 5) continue;
      const [dx] = run(reference, [x.length], [dy], (operations, [out], [d]) =>
        operations.globalAverageBackward(out!, d!, shape),
      );
      expectGradient(
        `global ${channels}`,
        x,
        dy,
        dx!,
        (moved) =>
          run(reference, [samples * channels], [moved], (operations, [y], [from]) =>
            operations.globalAverageForward(y!, from!, shape),
          )[0]!,
      );
    }
  });

  it('a window that does not fit is refused by its sizes', () => {
    for (const { operations } of kernels) {
      const array = operations.allocate(64);
      const shape: PoolShape = {
        ...{ samples: 1, height: 2, width: 4, channels: 1, poolHeight: 3, poolWidth: 1 },
        ...{ strideHeight: 1, strideWidth: 1, padding: 'valid' },
      };
      expect(() => operations.maxPoolForward(array, array, shape)).toThrow(
        'maxPoolForward: a window must fit into its input, got a window of 3 for 2.',
      );
      expect(() => operations.averagePoolForward(array, array, { ...shape, poolHeight: 0 })).toThrow(
        'averagePoolForward: poolHeight must be a whole number of at least 1, got 0.',
      );
      expect(() => operations.maxPoolForward(array, array, { ...shape, poolHeight: 1, width: 65 })).toThrow(
        'y must hold at least 130 numbers, got 64',
      );
      operations.free(array);
    }
  });
});
