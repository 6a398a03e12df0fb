import { expect, test } from 'vitest';
import { compareRuns } from '../../../src/compare/compare.ts';
import { drawnCurves } from '../../../src/render/report/curve-plots.ts';
import { expectClose } from '../../compare/expect-close.ts';
import { exampleRun, handMadeRun } from '../../compare/hand-made-run.ts';

const METRIC = { name: 'test.accuracy', unit: 'fraction', goal: 'maximize' } as const;

test('a curve has the mean over the seeds after each epoch, in the unit of the axis', () => {
  const run = exampleRun();
  const curves = drawnCurves({ comparison: compareRuns([run]), runs: [run] }, METRIC);
  const curve = curves.get('decov')?.find(({ name }) => name === 'decov at 0.1');
  expect(curve?.points.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expectClose(curve?.points[0]?.value, 50);
  expectClose(curve?.points[1]?.value, 97.8);
});

test('a penalty stands beside the baseline, and a larger weight has a stronger shade', () => {
  const run = exampleRun();
  const curves = drawnCurves({ comparison: compareRuns([run]), runs: [run] }, METRIC).get('decov') ?? [];
  expect(curves.map(({ name }) => name)).toEqual(['baseline', 'decov at 1', 'decov at 0.1', 'decov at 10']);
  expect(curves.map(({ color }) => color)).toEqual([
    'var(--baseline)',
    'var(--weight-2)',
    'var(--weight-0)',
    'var(--weight-4)',
  ]);
});

test('a penalty without a finished epoch has no picture', () => {
  const run = handMadeRun([
    { penalty: null, trials: [{ accuracy: 0.9, correlation: 0.5 }] },
    { penalty: ['decov', 1], trials: [null] },
  ]);
  expect(drawnCurves({ comparison: compareRuns([run]), runs: [run] }, METRIC).size).toBe(0);
});
