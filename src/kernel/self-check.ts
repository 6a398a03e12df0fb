/**
 * Hash of what a module computes on fixed numbers: products, a symmetric product, and a penalty of each family with its gradient.
 *
 * The build stores it for each module, computed with the narrow tile; a host whose wide tile gives another one computes wrongly.
 * assembly/inline.mjs reads this file too, alone: it imports nothing but types.
 */

import type { KernelExports, KernelMemory } from './abi.ts';

/** Penalties by their number in the ABI, with their first parameter: one of each way to a value. */
export const CHECKED_PENALTIES: readonly (readonly [id: string, kind: number, p0: number])[] = [
  ['mean', 0, 0],
  ['mean-abs', 1, 0],
  ['decov', 4, 0],
  ['squared-correlation', 16, 1e-3],
  ['gaussian-mutual-information', 18, 1e-2],
  ['log-det', 33, 1e-2],
  ['participation-ratio', 35, 0],
  ['von-neumann-entropy', 36, 1e-2],
  ['mutual-information', 48, 4],
];

/** Both tiles are filled, and have remainders in rows and columns; the inner terms take two passes. */
const [ROWS, COLUMNS, INNER] = [13, 43, 270];
const [SAMPLES, UNITS] = [37, 43];
const SYRK_ORDER = 43;

/** The hash, 16 hexadecimal digits. Grows the memory; the tile is the one that was chosen. */
export function selfCheck(exports: KernelExports, memory: KernelMemory, precision: 'f32' | 'f64'): string {
  const width = precision === 'f64' ? 8 : 4;
  const start = ((exports.heapBase() >>> 0) + 63) & ~63;
  const [sampleBytes, productBytes] = [SAMPLES * UNITS * width, ROWS * COLUMNS * width];
  const operandBytes = Math.max(ROWS, COLUMNS) * INNER * width;
  const value = start;
  const out = value + 64;
  const a = out + Math.max(sampleBytes, productBytes, SYRK_ORDER * SYRK_ORDER * width);
  const b = a + operandBytes;
  const scratch = b + operandBytes;
  const room = Math.max(
    exports.gemmScratch(SYRK_ORDER, COLUMNS, INNER),
    exports.crossPenaltyScratch(1, SAMPLES, UNITS, UNITS),
    ...CHECKED_PENALTIES.map(([, kind, p0]) => exports.penaltyScratch(kind, SAMPLES, UNITS, p0)),
  );
  const missing = scratch + room - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  const { buffer } = memory;
  const numbers = new (precision === 'f64' ? Float64Array : Float32Array)(
    buffer,
    a,
    (2 * operandBytes) / width,
  );
  // Whole numbers below 2¹¹ over a power of two: the same ones in every host and precision.
  let state = 1;
  for (let i = 0; i < numbers.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    numbers[i] = (state >> 21) / 512;
  }

  let [high, low] = [0x9e3779b9, 0x85ebca6b];
  const add = (offset: number, bytes: number): void => {
    for (const word of new Uint32Array(buffer, offset, bytes / 4)) {
      high = Math.imul(high ^ word, 2654435761);
      high ^= high >>> 15;
      low = Math.imul(low ^ word, 1597334677);
      low ^= low >>> 13;
    }
  };
  const call = (status: number, bytes: number, valued: boolean): void => {
    if (status !== 0) throw new Error(`self-check: status ${status}`);
    add(out, bytes);
    if (valued) add(value, 8);
  };
  for (const form of [0, 1, 2]) {
    call(exports.gemm(out, a, b, form, ROWS, COLUMNS, INNER, 0.75, 0, scratch), productBytes, false);
    call(exports.gemm(out, a, b, form, ROWS, COLUMNS, INNER, 0.3, 1, scratch), productBytes, false);
  }
  const squareBytes = SYRK_ORDER * SYRK_ORDER * width;
  call(exports.syrk(out, a, 0, SYRK_ORDER, INNER, 0.3, scratch), squareBytes, false);
  for (const [, kind, p0] of CHECKED_PENALTIES) {
    const status = exports.penalty(value, out, a, kind, SAMPLES, UNITS, 1, 1, p0, 1, 0, 0, 0.5, 0, scratch);
    call(status, sampleBytes, true);
  }
  // Both gradients of Barlow Twins, one after the other.
  for (const [x, y] of [
    [out, 0],
    [0, out],
  ] as const) {
    const status = exports.crossPenalty(
      value,
      x,
      y,
      a,
      b,
      1,
      SAMPLES,
      UNITS,
      UNITS,
      1,
      1,
      5e-3,
      1,
      0,
      scratch,
    );
    call(status, sampleBytes, true);
  }
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
