import { expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { checkMemory, trialsAtOnce } from '../../src/sweep/memory.ts';
import { smallConfig } from '../execute/small-sweep.ts';
import { sampleManifest } from '../store/samples.ts';

const GIBIBYTE = 2 ** 30;
const { trials } = sampleManifest();
const split = { samples: 100_000 } as Dataset['train'];
const dataset = {
  features: 1000,
  target: { kind: 'classes', classes: 10 },
  train: split,
  test: split,
} as Dataset;

/** Each with 100,000 held-out activations of 2,000 units: 0.8 GiB and a little. */
const wide = trials.map((spec): TrialSpec => {
  const model = spec.experiment.model.map((layer) => ({ ...layer, dense: 2000 }));
  return { ...spec, experiment: { ...spec.experiment, model } };
});

const check = (specs: readonly TrialSpec[], atOnce: number, gibibytes: number) => () =>
  checkMemory(specs, atOnce, () => dataset, gibibytes * GIBIBYTE);

test('trials that fit side by side are let through, whatever the machine has of its own', () => {
  expect(check(wide, 2, 2)).not.toThrow();
  expect(() => checkMemory(trials, 2, () => ({ ...dataset, test: { ...split, samples: 10 } }))).not.toThrow();
});

test('trials that do not fit side by side are refused before anything is trained, with the threads that would do', () => {
  expect(check(wide, 2, 1)).toThrow(
    /^memory: 2 trials at once must fit into 1\.0 GiB, got at least 0\.8 GiB each\. Use --threads 1 or fewer units/,
  );
});

test('a trial that does not fit by itself is refused with another remedy', () => {
  expect(check(wide, 1, 0.5)).toThrow(
    'got at least 0.8 GiB each. Use fewer units or samples, or a smaller batch.',
  );
});

test('a grid has no more trials at work than it plans, a search as many as its cap allows', () => {
  const { sweep } = smallConfig();
  const search = { ...sweep, method: 'bayes', run_cap: 3, seeds: [0, 1] } as const;
  expect([1, 4, 8].map((threads) => trialsAtOnce(sweep, 4, threads))).toEqual([1, 4, 4]);
  expect([1, 4, 20].map((threads) => trialsAtOnce(search, 2, threads))).toEqual([1, 4, 8]);
});
