import { describe, expect, test } from 'vitest';
import {
  decimalsFor,
  formatCount,
  formatDuration,
  formatNumber,
  formatPair,
  formatPercent,
} from '../../src/render/number.ts';

const plain = { decimals: 2, scientific: false, signed: false };

describe('rounding', () => {
  test('keeps the decimals, trailing zeros too', () => {
    expect(formatNumber(97.8, plain)).toBe('97.80');
    expect(formatNumber(0.125, { ...plain, decimals: 3 })).toBe('0.125');
  });

  test('negative numbers carry a true minus sign, and zero carries none', () => {
    expect(formatNumber(-1.5, plain)).toBe('−1.50');
    expect(formatNumber(-0.001, plain)).toBe('0.00');
    expect(formatNumber(-0, plain)).toBe('0.00');
  });

  test('a difference shows its sign, unless it rounds to zero', () => {
    const signed = { ...plain, signed: true };
    expect(formatNumber(0.5, signed)).toBe('+0.50');
    expect(formatNumber(-0.5, signed)).toBe('−0.50');
    expect(formatNumber(0.004, signed)).toBe('0.00');
  });

  test('a small scale is not shown as zero where an exponent may be used', () => {
    expect(formatNumber(0.00004, { ...plain, scientific: true })).toBe('4.0e-5');
    expect(formatNumber(-0.00004, { ...plain, scientific: true })).toBe('−4.0e-5');
    expect(formatNumber(0, { ...plain, scientific: true })).toBe('0.00');
  });

  test('a huge condition number takes an exponent rather than half the line', () => {
    expect(formatNumber(123_456_789, plain)).toBe('1.2e8');
  });
});

describe('decimals that fit a column', () => {
  test('show three significant digits of its largest value, and at most four decimals', () => {
    expect(decimalsFor([93.5, 2])).toBe(1);
    expect(decimalsFor([0.62, 0.01])).toBe(3);
    expect(decimalsFor([1234])).toBe(0);
    expect(decimalsFor([1e-9])).toBe(4);
  });

  test('do not depend on a sign, and there are none for zeros', () => {
    expect(decimalsFor([-93.5])).toBe(1);
    expect(decimalsFor([0])).toBe(0);
    expect(decimalsFor([])).toBe(0);
  });
});

test('counts have commas between thousands', () => {
  expect(formatCount(60_000)).toBe('60,000');
});

test('a share in percent has the decimals that it needs, and no noise of binary fractions', () => {
  expect([0.005, 0.4, 0.01, 0.0025, 0.07].map(formatPercent)).toEqual(['0.5', '40', '1', '0.25', '7']);
});

test.each([
  [0.0001, '1 ms'],
  [0.25, '250 ms'],
  [1.4, '1 s'],
  [89, '89 s'],
  [90, '2 min'],
  [5399, '90 min'],
  [5400, '1.5 h'],
])('%d seconds are shown as %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test('of two numbers in a sentence as many digits are shown as tell them apart', () => {
  expect(formatPair(0.4786300794839681, 0.4736943800537765)).toEqual(['0.4786', '0.4737']);
  expect(formatPair(0.47823465906295587, 0.4782341)).toEqual(['0.478235', '0.478234']);
  expect(formatPair(0.1234567, 0.1234567)).toEqual(['0.1235', '0.1235']);
  expect(formatPair(Number.NaN, 1)).toEqual(['NaN', '1']);
});
