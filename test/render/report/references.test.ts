import { expect, test } from 'vitest';
import { compareRuns } from '../../../src/compare/compare.ts';
import { CORRELATION } from '../../../src/record/measures.ts';
import { freeLayerElsewhere, referencesOf } from '../../../src/render/report/references.ts';
import { expectClose } from '../../compare/expect-close.ts';
import { FLOOR, handMadeRun, type Measured } from '../../compare/hand-made-run.ts';

const METRIC = { name: CORRELATION, unit: '', goal: 'minimize' } as const;

function runWith(...baseline: readonly (Measured | null)[]) {
  return handMadeRun([
    { penalty: null, trials: baseline },
    { penalty: ['decov', 1], trials: baseline.map(() => ({ accuracy: 0.9, correlation: 0.1 })) },
  ]);
}

test('the baseline, the free baseline and the floor are lines, each mean over all seeds', () => {
  const run = runWith(
    { accuracy: 0.9, correlation: 0.5, whitened: 0.02 },
    { accuracy: 0.9, correlation: 0.3, whitened: 0.04 },
  );
  const lines = referencesOf(compareRuns([run]), METRIC);
  expect(lines.map(({ kind, name }) => `${kind}: ${name}`)).toEqual([
    'baseline: baseline',
    'free: baseline with dense1 whitened',
    'floor: floor',
  ]);
  expectClose(lines[0]?.value ?? null, 0.4);
  expectClose(lines[1]?.value ?? null, 0.03);
  expectClose(lines[2]?.value ?? null, FLOOR);
});

test('a free baseline that lacks a seed is no line, nor is a baseline that does', () => {
  const half = runWith(
    { accuracy: 0.9, correlation: 0.5, whitened: 0.02 },
    { accuracy: 0.9, correlation: 0.3 },
  );
  expect(referencesOf(compareRuns([half]), METRIC).map(({ kind }) => kind)).toEqual(['baseline', 'floor']);
  const missing = runWith({ accuracy: 0.9, correlation: 0.5, whitened: 0.02 }, null);
  expect(referencesOf(compareRuns([missing]), METRIC).map(({ kind }) => kind)).toEqual(['floor']);
});

test('the free baseline of one layer is no line beside means over two, but beside that layer alone', () => {
  const run = runWith({ accuracy: 0.9, correlation: 0.5, whitened: 0.02, further: [0.4] });
  const both = compareRuns([run]);
  expect(referencesOf(both, METRIC).map(({ kind }) => kind)).not.toContain('free');
  expect(freeLayerElsewhere(both)).toBe('dense1');
  const alone = compareRuns([run], { layer: 'dense1' });
  expect(referencesOf(alone, METRIC).map(({ kind }) => kind)).toContain('free');
  expect(freeLayerElsewhere(alone)).toBeUndefined();
});
