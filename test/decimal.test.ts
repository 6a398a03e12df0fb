import { expect, test } from 'vitest';
import { parseDecimal } from '../src/decimal.ts';

test.each([
  ['0.1', 0.1],
  ['-3', -3],
  ['+2', 2],
  ['.5', 0.5],
  ['1.', 1],
  ['1e-4', 1e-4],
])('"%s" is a number', (text, number) => {
  expect(parseDecimal(text)).toBe(number);
});

test.each(['', ' ', '0x10', '0b1', '1_000', '1,5', '3 units', 'Infinity', 'NaN', '1e999', '٣'])(
  '"%s" is not wholly a number, and is none',
  (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  },
);
