/** Text and values from outside: shown so that they can do no harm. */
import { describe, expect, test } from 'vitest';
import { describeValue, printable, printableLines } from '../src/printable.ts';

describe('text from outside', () => {
  test.each([
    ['\u001b[31mred', '\\u{1b}[31mred'],
    ['over\rwritten', 'over\\u{d}written'],
    ['two\nlines', 'two\\u{a}lines'],
    ['tab\tstop', 'tab\\u{9}stop'],
    ['\u009b31m', '\\u{9b}31m'],
    ['abc\u202edef', 'abc\\u{202e}def'],
    ['\u2066abc\u2069', '\\u{2066}abc\\u{2069}'],
    ['line\u2028end', 'line\\u{2028}end'],
  ])('%j cannot steer the terminal', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test('letters of any script pass unchanged', () => {
    expect(printable('größer ✓ 実験 🙂')).toBe('größer ✓ 実験 🙂');
  });
});

test('of several lines each is made harmless, and they stay lines', () => {
  expect(printableLines('one\u001b[2J\ntwo\r\n')).toBe('one\\u{1b}[2J\ntwo\\u{d}\n');
});

test('values are shown short, harmless and as YAML writes them', () => {
  const values = [
    Number.NaN,
    Number.NEGATIVE_INFINITY,
    null,
    [1, 2],
    {},
    true,
    -0.5,
    'x'.repeat(100),
    '\u001b[2J',
  ];
  expect(values.map(describeValue)).toEqual([
    '.nan',
    '-.inf',
    'nothing',
    'a list of 2',
    'a mapping',
    'true',
    '-0.5',
    `"${'x'.repeat(60)}…"`,
    '"\\u{1b}[2J"',
  ]);
});
