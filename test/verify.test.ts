import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unfinishedTrial } from '../src/execute/unfinished.ts';
import { hasResult } from '../src/record/record.ts';
import { openRun, type Run } from '../src/store/run.ts';
import { runSweep } from '../src/sweep.ts';
import { verifyTrials } from '../src/verify.ts';
import { inProcess } from './execute/in-process.ts';
import { SMALL_SWEEP, smallConfig, smallSweep } from './execute/small-sweep.ts';
import { temporaryDirectory } from './store/samples.ts';

const HERE = { threads: 2, createExecutor: inProcess };

/** A run of a sweep on the calling thread. */
async function trainRun(text: string): Promise<Run> {
  const directory = join(temporaryDirectory(), 'run');
  await runSweep({ ...HERE, config: smallConfig(text), text, directory, kernel: 'reference' });
  return openRun(directory);
}

test('weights that follow from strengths, and what is measured at the end, return to the last bit', async () => {
  const text = smallSweep(
    ['{type: decov, weight: 0.1}', '{type: decov, strength: 0.1}'],
    ['  training:', '  evaluation: {permutations: 2, free_baseline: true}\n  training:'],
    ['penalty.weight: {values: [0.1, 1]}', 'penalty.strength: {values: [0.1, 1]}'],
  );
  const { manifest, records, trials } = await trainRun(text);
  expect(records.every(({ final }) => final !== undefined)).toBe(true);
  const verified = await verifyTrials({ ...HERE, manifest, records, trials });
  expect(verified.trials.map(({ deviation }) => deviation)).toEqual(trials.map(() => null));
  const tampered = records.map((record) => ({
    ...record,
    ...(record.penalty && { penalty: { ...record.penalty, weight: 2 * record.penalty.weight } }),
  }));
  const differing = await verifyTrials({ ...HERE, manifest, records: tampered, trials });
  expect(differing.trials.filter(({ deviation }) => deviation?.path === 'penalty.weight')).toHaveLength(
    records.filter(({ penalty }) => penalty !== undefined).length,
  );
});

test('a pruned trial is trained again as far as it came, and returns to the last bit', async () => {
  const text = smallSweep(
    ['epochs: 2', 'epochs: 4'],
    ['seeds: 2', 'seeds: 2\n  early_terminate: {type: asha, min_iter: 1, eta: 2}'],
  );
  const { manifest, records, trials } = await trainRun(text);
  expect(records.filter(({ outcome }) => outcome.status === 'pruned').length).toBeGreaterThan(0);
  expect(records.every(hasResult)).toBe(true);
  const verified = await verifyTrials({ ...HERE, manifest, records, trials });
  expect(verified.sameKernel).toBe(true);
  expect(verified.trials.map(({ deviation }) => deviation)).toEqual(trials.map(() => null));
});

test('a trial that cannot be trained again says why, and not that a number differs', async () => {
  const { manifest, records, trials } = await trainRun(SMALL_SWEEP);
  const outcome = { status: 'failed', code: 'WORKER_DIED', message: 'on purpose' } as const;
  const failing: typeof inProcess = (options) => ({
    ...inProcess(options),
    run: async (spec) => unfinishedTrial(spec, 0, outcome),
  });
  const [first] = (
    await verifyTrials({ threads: 1, createExecutor: failing, manifest, records, trials: trials.slice(0, 1) })
  ).trials;
  const deviation = { epoch: null, path: 'outcome', recorded: 'complete', again: 'failed: on purpose' };
  expect(first).toMatchObject({ interrupted: false, numbers: 0, deviation });
});

test('data that are not those of the run are refused before anything is trained', async () => {
  const { manifest, records, trials } = await trainRun(SMALL_SWEEP);
  const other = { ...manifest, data: { ...manifest.data, fingerprint: 'f'.repeat(64) } };
  const createExecutor = (): never => {
    throw new Error('nothing is to be trained');
  };
  await expect(
    verifyTrials({ threads: 1, createExecutor, manifest: other, records, trials }),
  ).rejects.toMatchObject({ name: 'DataError', code: 'DATA_DIFFERS' });
});
