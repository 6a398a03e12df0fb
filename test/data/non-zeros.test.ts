/** The kept non-zeros of a split: what they hold, and of which splits there are none. */
import { describe, expect, it } from 'vitest';
import type { Split } from '../../src/data/dataset.ts';
import { nonZerosOf } from '../../src/data/non-zeros.ts';

const FEATURES = 7;

function splitOf(rows: number[][]): Split {
  const values = new Uint8Array(new SharedArrayBuffer(rows.length * FEATURES));
  values.set(rows.flat());
  return { samples: rows.length, values, divisor: 255, targets: null };
}

describe('nonZerosOf', () => {
  const split = splitOf([
    [0, 0, 0, 0, 0, 0, 0],
    [255, 0, 0, 1, 0, 0, 128],
    [0, 0, 0, 0, 0, 9, 0],
  ]);

  it('holds count, places and bytes of each sample, from a word of its own', () => {
    const { starts, rows } = nonZerosOf(split, FEATURES, 0.4)!;
    expect([...starts]).toEqual([0, 1, 4, 6]);
    const bytes = new Uint8Array(rows.buffer, 0, rows.byteLength);
    expect([...bytes]).toEqual([
      ...[0, 0, 0, 0],
      ...[3, 0, 0, 0, 3, 0, 6, 0, 255, 1, 128, 0],
      ...[1, 0, 5, 0, 9, 0, 0, 0],
    ]);
  });

  it('leaves a split alone of which more is other than zero, or whose numbers are not its bytes', () => {
    expect(nonZerosOf(split, FEATURES, 4 / 21)).toBeDefined();
    expect(nonZerosOf(split, FEATURES, 3 / 21)).toBeUndefined();
    const floats = new Float32Array(new SharedArrayBuffer(4 * split.values.length));
    expect(nonZerosOf({ ...split, values: floats }, FEATURES, 0.4)).toBeUndefined();
    const moments = new Float32Array(new SharedArrayBuffer(4 * FEATURES));
    const standardization = { mean: moments, deviation: moments };
    expect(nonZerosOf({ ...split, standardization }, FEATURES, 0.4)).toBeUndefined();
    expect(nonZerosOf(split, 2 ** 16, 0.4)).toBeUndefined();
  });

  it('judges a large split by samples of it', () => {
    const dense = Array.from({ length: FEATURES }, () => 1);
    const zeros = Array.from({ length: FEATURES }, () => 0);
    expect(nonZerosOf(splitOf(Array.from({ length: 1000 }, () => dense)), FEATURES, 0.4)).toBeUndefined();
    const sparse = nonZerosOf(splitOf(Array.from({ length: 1000 }, () => zeros)), FEATURES, 0.4);
    expect(sparse?.rows.length).toBe(1000);
    // Those that are looked at are zeros, the others are not.
    const mixed = Array.from({ length: 1000 }, (_, s) => (s % 3 === 0 ? zeros : dense));
    expect(nonZerosOf(splitOf(mixed), FEATURES, 0.4)).toBeUndefined();
  });
});
