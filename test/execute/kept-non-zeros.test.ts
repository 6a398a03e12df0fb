/** What a pool adds to a data set before it passes it to its threads. */
import { expect, it } from 'vitest';
import type { Split } from '../../src/data/dataset.ts';
import { fingerprint } from '../../src/data/dataset.ts';
import { withNonZeros } from '../../src/execute/kept-non-zeros.ts';
import { NO_DATA } from './no-data.ts';

function splitOf(bytes: number[]): Split {
  const values = new Uint8Array(new SharedArrayBuffer(bytes.length));
  values.set(bytes);
  return { samples: bytes.length / 4, values, divisor: 255, targets: null };
}

it('the non-zeros of the splits that are mostly zeros are found once, and change no fingerprint', () => {
  const [sparse, dense] = [splitOf([0, 0, 5, 0, 0, 0, 0, 9]), splitOf([1, 2, 3, 4])];
  const dataset = { ...NO_DATA, features: 4, shape: [4], train: sparse, test: dense };
  const prepared = withNonZeros(dataset);
  expect(prepared.train.nonZeros?.starts.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(prepared.train.values).toBe(sparse.values);
  expect(prepared.test).toBe(dense);
  expect(withNonZeros(dataset)).toBe(prepared);
  expect(fingerprint(prepared)).toBe(fingerprint(dataset));
});
