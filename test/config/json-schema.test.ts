/** The JSON Schema of a sweep file: it accepts what covgrad accepts, and says what covgrad refuses. */
import { readdir, readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { sweepFileJsonSchema } from '../../src/config/json-schema.ts';
import { sweepFile } from './sweep-file.ts';

const validate = new Ajv({ strict: false, allErrors: true }).compile(sweepFileJsonSchema());

function accepts(text: string): boolean {
  return validate(parse(text));
}

describe('the schema', () => {
  test('is of draft-07', () => {
    expect(sweepFileJsonSchema().$schema).toBe('http://json-schema.org/draft-07/schema#');
  });

  test('accepts every shipped sweep, which names the schema for editors', async () => {
    const directory = new URL('../../configs/', import.meta.url).pathname;
    for (const name of (await readdir(directory)).filter((file) => file.endsWith('.yaml'))) {
      const text = await readFile(directory + name, 'utf8');
      expect(accepts(text), JSON.stringify(validate.errors)).toBe(true);
      expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../dist/sweep.schema.json');
    }
  });

  test.each([
    ['the sample', {}],
    ['seeds as a list', { seeds: '  seeds: [1, 2]' }],
    [
      'keys of a W&B sweep',
      { seeds: '  program: train.py\n  project: p\n  metric: {name: test.loss, impute: worst}' },
    ],
    [
      'distributions and conditions',
      { parameters: '  parameters: {penalty.weight: {min: 1, max: 2, when: {penalty.type: [decov, mean]}}}' },
    ],
    ['nested parameters', { parameters: '  parameters: {penalty: {parameters: {weight: {values: [1]}}}}' }],
    ['early ending', { seeds: '  early_terminate: {type: asha}' }],
  ])('accepts %s', (_claim, replaced) => {
    expect(accepts(sweepFile(replaced)), JSON.stringify(validate.errors)).toBe(true);
  });

  test.each([
    ['a misspelt key', { training: '  training: {epcohs: 1, optimizer: {type: sgd, learning_rate: 0.1}}' }],
    ['a misspelt penalty', { penalty: '  penalty: {type: decof, weight: 1}' }],
    ['a value out of its range', { penalty: '  penalty: {type: decov, weight: -1}' }],
    ['an unknown method', { seeds: '  method: annealing' }],
    ['an unknown distribution', { parameters: '  parameters: {penalty.weight: {distribution: cauchy}}' }],
  ])('refuses %s', (_claim, replaced) => {
    expect(accepts(sweepFile(replaced))).toBe(false);
  });
});
