/** Guesses for misspelt words: near ones only. */
import { expect, test } from 'vitest';
import { closestName } from '../src/suggestion.ts';

const NAMES = [
  'batch_size',
  'learning_rate',
  'weight',
  'on',
  'leaky-relu',
  'test.loss',
  'train.loss',
  'minimize',
];

test.each([
  ['batchSize', 'batch_size'],
  ['learning-rate', 'learning_rate'],
  ['wieght', 'weight'],
  ['leaky_relu', 'leaky-relu'],
  ['momentum', undefined],
  ['of', 'on'],
  ['conv', undefined],
  ['loss', 'test.loss'],
  ['min', 'minimize'],
  ['we', undefined],
  ['.loss', undefined],
  ['x', undefined],
  ['', undefined],
])('"%s" is taken for %s', (word, name) => {
  expect(closestName(word, NAMES)).toBe(name);
});

test('nothing is near when there are no names', () => {
  expect(closestName('weight', [])).toBeUndefined();
});
