/** Guesses for misspelt words: near ones only. */
import { expect, test } from 'vitest';
import { describeValue, printable } from '../../src/config/printable.ts';
import { closestName } from '../../src/config/suggestion.ts';

const NAMES = ['batch_size', 'learning_rate', 'weight', 'on', 'leaky-relu'];

test.each([
  ['batchSize', 'batch_size'],
  ['learning-rate', 'learning_rate'],
  ['wieght', 'weight'],
  ['leaky_relu', 'leaky-relu'],
  ['momentum', undefined],
  ['of', 'on'],
  ['x', undefined],
  ['', undefined],
])('"%s" is taken for %s', (word, name) => {
  expect(closestName(word, NAMES)).toBe(name);
});

test('nothing is near when there are no names', () => {
  expect(closestName('weight', [])).toBeUndefined();
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

test('controls of a terminal and of the direction of writing are escaped, letters of any script are not', () => {
  expect(printable('\r\u0007\u202e\u2066\u2028é日本🙂')).toBe(
    '\\u{d}\\u{7}\\u{202e}\\u{2066}\\u{2028}é日本🙂',
  );
});
