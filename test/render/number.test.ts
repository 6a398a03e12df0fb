import { describe, expect, test } from 'vitest';
import {
  formatCount,
  formatDuration,
  formatEstimate,
  formatInFull,
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

describe('an estimate', () => {
  test.each<[number, number | null, string, string]>([
    // One loss of 234 in a column must not take the digits of the others.
    [1.0032, 1.3239, '1.00', '1.32'],
    [234.2, 1161.4, '234', '1161'],
    [5183, 844.8, '5183', '845'],
    [0.62, 0.1271, '0.620', '0.127'],
    [14.2, 2.54, '14.2', '2.5'],
    [0.3, 0.0004, '0.30000', '0.00040'],
    [0.0001, 1.32, '0.00', '1.32'],
    [2.4e-5, 3.1e-6, '2.40e-5', '3.1e-6'],
    [1_234_567, 1200, '1.2346e6', '1200'],
    [11, 0, '11.0', '0.0'],
    [0, 0, '0', '0'],
    [0.0371, null, '0.0371', ''],
    [-1.5, null, '−1.50', ''],
    [1e-9, null, '1.00e-9', ''],
  ])('of %f ± %f has the digits that its own interval leaves it', (mean, half, left, right) => {
    expect(formatEstimate(mean, half, false)).toEqual([left, right]);
  });

  test('shows its sign as a difference', () => {
    expect(formatEstimate(0.5, 0.25, true)).toEqual(['+0.500', '0.250']);
    expect(formatEstimate(-0.5, null, true)).toEqual(['−0.500', '']);
  });

  test('in full has every digit, and none that scaling adds', () => {
    expect(Number(formatInFull(1.0032111828587948))).toBe(1.0032111828587948);
    expect(formatInFull(0.57, 100)).toBe('57');
    expect(formatInFull(1 / 3, 100)).toBe('33.3333333333333');
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
