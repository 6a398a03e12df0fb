/** Sweeps of every task: the same bits on any number of threads, and again where a run is verified. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRun } from '../../src/store/run.ts';
import { verifyTrials } from '../../src/verify.ts';
import { importBuilt } from '../execute/built.ts';
import { inProcess } from '../execute/in-process.ts';
import { smallConfig, smallSweep, withoutTimes } from '../execute/small-sweep.ts';
import { temporaryDirectory } from '../store/samples.ts';

/** A sweep over the losses of a task, with a validation split and measurements inside the epochs. */
function sweepOver(task: string, losses: string, training: string): string {
  return smallSweep(
    [
      'classes: 3}',
      `classes: 3, validation: 56, normalize: scale}\n  task: ${task}\n  evaluation: {every_steps: 3}`,
    ],
    ['batch_size: 32,', `batch_size: 32, ${training},`],
    ['    penalty.type: {values: [decov, mean-abs]}\n', `    training.loss: {values: [${losses}]}\n`],
    ['learning_rate: 0.1', 'learning_rate: 0.01'],
  );
}

test.each([
  ['classification', sweepOver('classification', 'cross-entropy', 'loss: cross-entropy'), 6],
  ['regression', sweepOver('regression', 'squared-error, huber', 'loss: huber, huber_delta: 0.5'), 12],
  ['autoencoding', sweepOver('autoencoding', 'squared-error, huber', 'loss: huber'), 12],
])('%s has the same bits on one thread and on two, and verifies', async (_task, text, trials) => {
  const { runSweep } = await importBuilt();
  const runs = [];
  for (const threads of [1, 2]) {
    const directory = join(temporaryDirectory(), 'run');
    const result = await runSweep({ config: smallConfig(text), text, directory, threads, kernel: 'auto' });
    expect(result.trials.complete).toBe(trials);
    runs.push(openRun(directory));
  }
  const [one, two] = runs as [(typeof runs)[0], (typeof runs)[0]];
  expect(withoutTimes(two.records)).toEqual(withoutTimes(one.records));
  for (const { initial, steps, epochs } of one.records) {
    expect(initial!.validation).toBeDefined();
    expect(steps!.map(({ step }) => step)).toEqual([3, 6, 9, 12]);
    expect(epochs.map(({ test: scores }) => scores !== undefined)).toEqual([false, true]);
  }
  const { trials: verified } = await verifyTrials({
    ...one,
    trials: one.manifest.trials,
    threads: 1,
    createExecutor: inProcess,
  });
  expect(verified.map(({ deviation }) => deviation)).toEqual(verified.map(() => null));
  // The numbers of the steps, before training and of both splits are among them.
  expect(verified[0]!.numbers).toBeGreaterThan(7 * 16);
});

test('binary cross-entropy over data outside 0 to 1 is refused before a run is begun', async () => {
  const { runSweep } = await importBuilt();
  const text = smallSweep(
    ['classes: 3}', 'classes: 3}\n  task: autoencoding'],
    ['batch_size: 32,', 'batch_size: 32, loss: binary-cross-entropy,'],
  );
  const directory = join(temporaryDirectory(), 'run');
  await expect(runSweep({ config: smallConfig(text), text, directory, threads: 1 })).rejects.toThrow(
    /^experiment\.training\.loss: binary-cross-entropy must have targets from 0 to 1, got -?[\d.]+ in train sample 1\. Write data\.normalize: scale, or another loss\.$/,
  );
  expect(() => openRun(directory)).toThrow();
});
