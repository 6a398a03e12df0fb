/** The two register tiles: whichever computes a product, its bits are the same. */
import { describe, expect, it } from 'vitest';
import { CROSS_PENALTIES, PENALTIES } from '../../src/kernel/catalogue.ts';
import { instantiateKernel } from '../../src/kernel/instantiate.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { compiledKernels } from '../kernels.ts';

type Exports = Record<string, (...operands: number[]) => number>;

const PAGES = 128;
/** Every remainder of either tile, and sizes beyond one block of rows, columns and inner terms. */
const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 33];
const SHAPES = [
  ...SIZES.flatMap((rows) =>
    SIZES.map((columns) => [rows, columns, SIZES[(rows + columns) % SIZES.length]!]),
  ),
  [131, 40, 7],
  [6, 530, 5],
  [21, 43, 300],
] as [number, number, number][];

describe('the tiles of', async () => {
  for (const compiled of await compiledKernels()) {
    const { module, variant, precision } = compiled;
    const memory = new WebAssembly.Memory({ initial: PAGES });
    const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as Exports;
    const start = (exports.heapBase!() + 63) & ~63;
    const numbers = new (precision === 'f32' ? Float32Array : Float64Array)(memory.buffer);
    const width = numbers.BYTES_PER_ELEMENT;
    const bytesOf = (count: number): number => (count * width + 63) & ~63;

    /** The bytes that a call leaves in its result, by either tile; the same numbers before both. */
    const both = (result: number, count: number, end: number, call: () => number): [Buffer, Buffer] => {
      const [narrow, wide] = [0, 1].map((tile) => {
        for (let i = start / width; i < end / width; i++) numbers[i] = Math.sin(i * i);
        exports.chooseTile!(tile);
        expect(call()).toBe(0);
        return Buffer.from(memory.buffer.slice(result, result + count * width));
      });
      return [narrow!, wide!];
    };

    describe(`${variant} ${precision}`, () => {
      it('give every product the same bits, added or not', () => {
        for (const [rows, columns, inner] of SHAPES) {
          for (const form of [0, 1, 2]) {
            for (const accumulate of [0, 1]) {
              const [c, a] = [start, start + bytesOf(rows * columns)];
              const b = a + bytesOf(rows * inner);
              const scratch = b + bytesOf(inner * columns);
              const [narrow, wide] = both(c, rows * columns, scratch, () =>
                exports.gemm!(c, a, b, form, rows, columns, inner, 0.3, accumulate, scratch),
              );
              expect(wide.equals(narrow), `${rows} x ${columns} x ${inner}, form ${form}`).toBe(true);
            }
          }
        }
      });

      it('give every convolution and its gradients the same bits', () => {
        for (const filters of [1, 7, 16, 17, 33]) {
          for (const [channels, size, stride] of [
            [1, 5, 1],
            [3, 3, 2],
            [17, 3, 1],
            [20, 5, 1],
            [37, 6, 1],
          ] as const) {
            const [rows, columns] = [9, 7];
            const sizes = [2, rows, columns, channels, filters, size, size, stride, stride, 1, 0];
            const images = 2 * rows * columns;
            const kernel = size * size * channels * filters;
            const [y, x] = [start, start + bytesOf(images * filters)];
            const weights = x + bytesOf(images * channels);
            const biases = weights + bytesOf(kernel);
            const scratch = biases + bytesOf(filters);
            const what = sizes.join(' ');
            const [narrow, wide] = both(y, images * filters, scratch, () =>
              exports.conv2dForward!(y, x, weights, biases, ...sizes, scratch),
            );
            expect(wide.equals(narrow), what).toBe(true);
            const [gradients, dBiases] = [start, start + bytesOf(kernel)];
            const dx = dBiases + bytesOf(filters);
            const dy = dx + bytesOf(images * channels);
            const x2 = dy + bytesOf(images * filters);
            const weights2 = x2 + bytesOf(images * channels);
            const room = weights2 + bytesOf(kernel);
            const [narrowGradients, wideGradients] = both(gradients, (dy - gradients) / width, room, () =>
              exports.conv2dBackward!(gradients, dBiases, dx, dy, x2, weights2, ...sizes, room),
            );
            expect(wideGradients.equals(narrowGradients), what).toBe(true);
          }
        }
      });

      it('give every symmetric product the same bits', () => {
        for (const order of [...SIZES, 131]) {
          for (const inner of [1, 5, 300]) {
            for (const transpose of [0, 1]) {
              const [c, a] = [start, start + bytesOf(order * order)];
              const scratch = a + bytesOf(order * inner);
              const [narrow, wide] = both(c, order * order, scratch, () =>
                exports.syrk!(c, a, transpose, order, inner, 0.3, scratch),
              );
              expect(wide.equals(narrow), `${order} x ${inner}`).toBe(true);
            }
          }
        }
      });

      const [narrow, wide] = (['4x8', '4x16'] as const).map((tile) =>
        instantiateKernel({ ...compiled, tile }),
      );

      /** Every result of both, byte by byte. */
      const expectSame = (what: string, compute: (kernel: Kernel) => ArrayLike<number>[]): void => {
        const [expected, found] = [narrow!, wide!].map((kernel) =>
          compute(kernel).map((values) => Buffer.from(Float64Array.from(values).buffer)),
        );
        expect(found!.length).toBeGreaterThan(0);
        for (const [at, bytes] of expected!.entries()) expect(found![at]!.equals(bytes), what).toBe(true);
      };

      const ODD = [
        [2, 1],
        [5, 17],
        [9, 33],
        [33, 16],
        [37, 43],
        [70, 24],
        [19, 131],
      ] as const;
      const filled = (count: number, shift: number): Float64Array =>
        Float64Array.from({ length: count }, (_, i) => Math.sin(i * i + shift) + (i % 7) / 9);

      it('are those that were asked for', () => {
        expect([narrow!.tile, wide!.tile]).toEqual(['4x8', '4x16']);
      });

      it('give covariances and their derivatives the same bits', () => {
        for (const [samples, units] of ODD) {
          const [x, t] = [filled(samples * units, 0), filled(samples * units, 1)];
          for (const centered of [true, false]) {
            const shape = { samples, units, centered, ddof: 1 };
            expectSame(`${samples} x ${units}`, (kernel) => [
              kernel.covariance(x, shape),
              kernel.covarianceVjp(x, filled(units * units, 2), shape),
              kernel.covarianceJvp(x, t, shape),
            ]);
          }
        }
      });

      it.each(PENALTIES.map(({ id }) => id))('give %s and its gradient the same bits', (id) => {
        for (const [samples, units] of ODD) {
          const x = filled(samples * units, 0);
          expectSame(`${samples} x ${units}`, (kernel) => {
            const { value, gradient } = kernel.penalty(id, x, { samples, units, weight: 0.5 });
            return [[value], gradient];
          });
        }
      });

      it.each(CROSS_PENALTIES.map(({ id }) => id))('give %s and its gradients the same bits', (id) => {
        for (const [samples, units] of ODD) {
          const [x, y] = [filled(samples * units, 0), filled(samples * units, 1)];
          expectSame(`${samples} x ${units}`, (kernel) => {
            const shape = { samples, units, otherUnits: units, weight: 0.5 };
            const { value, gradientX, gradientY } = kernel.crossPenalty(id, x, y, shape);
            return [[value], gradientX, gradientY];
          });
        }
      });

      it('give layers on pixels that are mostly zeros the same bits', () => {
        for (const [samples, units] of [...ODD, [21, 97]] as const) {
          const inputs = 35;
          expectSame(`${samples} x ${units}`, ({ operations }) => {
            const place = (count: number, shift: number) => {
              const array = operations.allocate(count);
              array.values.set(filled(count, shift));
              return array;
            };
            const bytes = operations.allocateBytes(samples * inputs);
            bytes.values.forEach((_, i, all) => {
              all[i] = i % 4 === 0 ? (i * 37) % 256 : 0;
            });
            const batch = operations.allocateCompressed(samples, inputs);
            expect(operations.compress(batch, bytes, samples, inputs, 255)).toBe(true);
            const [w, b, dz] = [place(inputs * units, 1), place(units, 2), place(samples * units, 3)];
            const [z, dw, db] = [place(samples * units, 0), place(inputs * units, 0), place(units, 0)];
            const shape = { samples, inputs, units };
            operations.sparseForward(z, batch, w, b, shape);
            operations.sparseBackward(dw, db, dz, batch, shape);
            return [z, dw, db].map(({ values }) => values.slice());
          });
        }
      });

      it('give dense layers the same bits', () => {
        for (const [samples, units] of ODD) {
          const inputs = 35;
          expectSame(`${samples} x ${units}`, ({ operations }) => {
            const place = (count: number, shift: number) => {
              const array = operations.allocate(count);
              array.values.set(filled(count, shift));
              return array;
            };
            const [x, w] = [place(samples * inputs, 0), place(inputs * units, 1)];
            const [b, dz] = [place(units, 2), place(samples * units, 3)];
            const [z, dx] = [place(samples * units, 0), place(samples * inputs, 0)];
            const [dw, db] = [place(inputs * units, 0), place(units, 0)];
            const shape = { samples, inputs, units };
            operations.denseForward(z, x, w, b, shape);
            operations.denseBackward(dw, db, dx, dz, x, w, shape);
            return [z, dx, dw, db].map(({ values }) => values.slice());
          });
        }
      });
    });
  }
});
