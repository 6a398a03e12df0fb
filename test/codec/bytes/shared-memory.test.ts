import { totalmem } from 'node:os';
import { expect, test } from 'vitest';
import { allocateShared } from '../../../src/codec/bytes/shared-memory.ts';
import { DataError } from '../../../src/errors.ts';

test('memory for data is shared and zeroed', () => {
  const bytes = allocateShared(9, 'data');
  expect(bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect([...bytes]).toEqual(Array(9).fill(0));
});

test('data larger than the memory of the machine are refused, even where the system would promise it', () => {
  expect(() => allocateShared(totalmem() + 1, 'data')).toThrow(DataError);
  expect(() => allocateShared(totalmem() + 1, 'data')).toThrow(
    /^data: the data must fit in memory, got \d+ bytes\. /,
  );
});
