import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/cli/duration.ts';

test.each([
  ['90s', 90],
  ['30m', 1800],
  ['1h30m', 5400],
  ['1.5 h', 5400],
  ['45', 45],
  ['0', undefined],
  ['-5m', undefined],
  ['', undefined],
  ['soon', undefined],
  ['5 moons', undefined],
])('"%s" is %s seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
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
