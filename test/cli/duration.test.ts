import { expect, test } from 'vitest';
import { parseDuration } from '../../src/cli/duration.ts';

test.each([
  ['90s', 90],
  ['30m', 1800],
  ['1h30m', 5400],
  ['1h 30m', 5400],
  ['1.5 h', 5400],
  ['2 days 3 hours', 183_600],
  ['250ms', 0.25],
  ['1w', 604_800],
  ['45', 45],
  ['1e3', 1000],
  ['1:30:00', 5400],
  ['100:00:00', 360_000],
  ['1-12:00:00', 129_600],
  ['1-12:30', 131_400],
  ['2-0', 172_800],
])('"%s" is %s seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each([
  '0',
  '0:00:00',
  '-5m',
  '',
  'soon',
  '5 moons',
  'two hours',
  '1,5h',
  '1h, 30m',
  '1 hour and 30 minutes',
  'about 3h',
  '3h or so',
  '1:30',
  '1:75:00',
  '1-24:00:00',
  '1-12:00:00:00',
  '30m1h',
  '5 months',
  '5M',
  '1_000',
  '0x10',
  '1e999',
])('"%s" is not wholly a length of time, and is none', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
