/** The order in which the trials of a sweep begin, and that it is no more than that. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planSweep } from '../../src/plan/plan.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { openRun } from '../../src/store/run.ts';
import { runSweep } from '../../src/sweep.ts';
import { inProcess } from '../execute/in-process.ts';
import { smallConfig, smallSweep, withoutTimes } from '../execute/small-sweep.ts';
import { temporaryDirectory } from '../store/samples.ts';

const VARIED = smallSweep(
  ['penalty.type: {values: [decov, mean-abs]}', 'training.epochs: {values: [1, 3, 2]}'],
  ['penalty.weight: {values: [0.1, 1]}', 'penalty.weight: {values: [0.1]}'],
);

const nameOf = ({ experiment, baseline, seed }: TrialSpec): string =>
  `${experiment.training.epochs}${baseline ? ' baseline' : ''} ${seed}`;

/** Runs a sweep and tells the epochs and the kind of its trials as they began. */
async function begun(text: string, threads: number) {
  const directory = join(temporaryDirectory(), 'run');
  const started: string[] = [];
  await runSweep({
    config: smallConfig(text),
    text,
    directory,
    threads,
    kernel: 'reference',
    createExecutor: inProcess,
    onEvent: (event) => {
      if (event.type === 'trialStarted') started.push(nameOf(event.spec));
    },
  });
  const comparison = readFileSync(join(directory, 'comparison.csv'), 'utf8');
  return { started, comparison, ...openRun(directory) };
}

test('on two threads the longest trials begin first, of equal ones those that are first in the plan', async () => {
  const [one, two] = [await begun(VARIED, 1), await begun(VARIED, 2)];
  const planned = planSweep(smallConfig(VARIED)).trials.map(nameOf);
  const ofEpochs = (epochs: string): string[] => planned.filter((name) => name.startsWith(epochs));
  expect(one.started).toEqual(planned);
  expect(two.started).toEqual([...ofEpochs('3'), ...ofEpochs('2'), ...ofEpochs('1')]);
  expect(two.started).not.toEqual(planned);
  // Nothing but the order in time has changed.
  expect(two.manifest.trials).toEqual(one.manifest.trials);
  expect(withoutTimes(two.records)).toEqual(withoutTimes(one.records));
  expect(two.comparison).toBe(one.comparison);
});

test.each([
  ['a pruner', 'early_terminate: {type: hyperband, min_iter: 1}'],
  ['a target', 'metric: {name: test.loss, goal: minimize, target: -1}'],
  ['a search that learns', 'method: bayes\n  run_cap: 3'],
])('%s keeps the order of the plan', async (_, section) => {
  const { started, manifest } = await begun(VARIED.replace('seeds: 2', `seeds: 2\n  ${section}`), 2);
  expect(started).toEqual(manifest.trials.map(nameOf));
});
