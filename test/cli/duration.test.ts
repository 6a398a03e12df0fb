import { expect, test } from 'vitest';
import { parseDuration } from '../../src/cli/duration.ts';

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
