import { expect, test } from 'vitest';
import { compareRuns } from '../../../src/compare/compare.ts';
import { html } from '../../../src/render/report/html.ts';
import { drawMatrices, pictures } from '../../../src/render/report/matrices.ts';
import { exampleRun } from '../../compare/hand-made-run.ts';
import { picturedRun } from '../pictured-run.ts';

test('the baseline comes first, then what the verdict names, then the rest of the front', () => {
  const run = picturedRun();
  const names = pictures(compareRuns([run]), [run]).map(({ name }) => name);
  expect(names.slice(0, 4)).toEqual(['baseline', 'decov at 0.1', 'decov at 1', 'squared-correlation at 0.1']);
  expect(new Set(names).size).toBe(names.length);
});

test('a matrix is that of the last epoch, with the correlation of its own trial', () => {
  const run = picturedRun();
  const [baseline] = pictures(compareRuns([run]), [run]);
  expect(baseline).toMatchObject({ epoch: 2, layer: 'dense1', correlation: 0.21 });
  expect(baseline?.matrix).toHaveLength(64);
});

test('at most eight are drawn, and it is said that there are more', () => {
  const run = picturedRun();
  const { text } = html`${drawMatrices(compareRuns([run]), [run])}`;
  expect(text.match(/<figure/g)).toHaveLength(8);
  expect(text.includes('Not shown: 1 more point with a stored matrix.')).toBe(true);
});

test('runs without matrices have no such section, nor has a layer that has none', () => {
  const bare = exampleRun();
  expect(drawMatrices(compareRuns([bare]), [bare])).toBeNull();
  const run = picturedRun();
  expect(drawMatrices(compareRuns([run]), [run], 'dense2')).toBeNull();
});
