import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sweepFileJsonSchema } from '../../src/config/json-schema.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { covgrad } from './command-line.ts';

test('the schema is printed as JSON, and shipped as it is printed', () => {
  const { code, stdout, stderr } = covgrad(temporaryDirectory(), 'schema');
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toEqual(sweepFileJsonSchema());
  expect(readFileSync(new URL('../../dist/sweep.schema.json', import.meta.url), 'utf8')).toBe(stdout);
});
