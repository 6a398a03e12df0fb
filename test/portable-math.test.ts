/** exp, log, sin and cos of our own against those of the host. */
import { expect, test } from 'vitest';
import { cosine, exponential, logarithm, sine } from '../src/portable-math.ts';
import { uniformStream } from '../src/random.ts';
import { TOLERANCES } from './tolerances.ts';

const next = uniformStream(0, 'check', 13);
const between = (low: number, high: number): number => low + (high - low) * next();

test.each([
  ['exponential', exponential, Math.exp, () => between(-700, 709)],
  ['exponential', exponential, Math.exp, () => between(-1, 1)],
  ['logarithm', logarithm, Math.log, () => Math.exp(between(-700, 700))],
  ['logarithm', logarithm, Math.log, () => between(0.5, 2)],
])('%s is within its stated error', (_, ours, truth, draw) => {
  for (let i = 0; i < 20_000; i++) {
    const x = draw();
    const expected = truth(x);
    const error = Math.abs(ours(x) - expected);
    expect(error, `${x}`).toBeLessThanOrEqual(TOLERANCES.portableMath * Math.max(Math.abs(expected), 1e-300));
  }
});

test.each([
  ['sine', sine, Math.sin],
  ['cosine', cosine, Math.cos],
])('%s is within its stated error', (_, ours, truth) => {
  for (let i = 0; i < 20_000; i++) {
    const x = i % 2 === 0 ? between(-7, 7) : between(-1e5, 1e5);
    expect(Math.abs(ours(x) - truth(x)), `${x}`).toBeLessThanOrEqual(TOLERANCES.portableMath);
  }
});

test('limits and whole turns are exact', () => {
  expect([0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1000].map(exponential)).toEqual([
    1,
    0,
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ]);
  expect([1, 0, Number.POSITIVE_INFINITY, -1].map(logarithm)).toEqual([
    0,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NaN,
  ]);
  expect([cosine(0), sine(0), cosine(Math.PI)]).toEqual([1, 0, -1]);
});
