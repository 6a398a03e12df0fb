/** The two register tiles: whichever computes a product, its bits are the same. */
import { describe, expect, it } from 'vitest';
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
  for (const { module, variant, precision } of await compiledKernels()) {
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

      it('give every symmetric product the same bits', () => {
        for (const order of [...SIZES, 131, 530]) {
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
    });
  }
});
