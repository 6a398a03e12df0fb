import { afterEach, describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import type { Executor } from '../../src/execute/executor.ts';
import { createThreadPool } from '../../src/execute/pool.ts';
import type { TrialSpec } from '../../src/plan/plan.ts';
import { sampleManifest } from '../store/samples.ts';

const SCRIPTED = new URL('./scripted-thread.cjs', import.meta.url);
const BROKEN = new URL('./broken-thread.cjs', import.meta.url);

const pools: Executor[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) {
    pool.stop();
    await pool.close();
  }
});

function startPool(threads: number, entry = SCRIPTED): Executor {
  const pool = createThreadPool({ threads, kernel: { variant: 'reference' }, dataset: {} as Dataset, entry });
  pools.push(pool);
  return pool;
}

function trial(id: string, seed = 0): TrialSpec {
  return { ...(sampleManifest().trials[0] as TrialSpec), id, seed };
}

const ignore = (): void => {};

describe('a pool of threads', () => {
  test('runs more trials than it has threads, each with its own progress', async () => {
    const pool = startPool(2);
    const progress = new Map<number, number[]>();
    const records = await Promise.all(
      Array.from({ length: 7 }, (_, seed) =>
        pool.run(trial('trains', seed), ({ step }) => {
          progress.set(seed, [...(progress.get(seed) ?? []), step]);
        }),
      ),
    );
    expect(records.map(({ seed }) => seed)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    // A message that comes after the record of its trial is dropped, so not every trial need have one.
    expect(progress.size).toBeGreaterThan(0);
    for (const [seed, steps] of progress) expect(steps).toEqual([seed]);
  });

  test('turns the death of a thread into a failed trial, and trains on with a new one', async () => {
    const pool = startPool(2);
    const [dead, alive] = await Promise.all([
      pool.run(trial('dies'), ignore),
      pool.run(trial('trains'), ignore),
    ]);
    expect(dead).toMatchObject({
      id: 'dies',
      epochs: [],
      outcome: { status: 'failed', code: 'WORKER_DIED' },
    });
    expect(alive).toMatchObject({ id: 'trains' });
    expect(await pool.run(trial('trains', 5), ignore)).toMatchObject({ seed: 5 });
  });

  test('survives the death of every thread, again and again', async () => {
    const pool = startPool(2);
    const records = await Promise.all(Array.from({ length: 6 }, () => pool.run(trial('dies'), ignore)));
    expect(records.map(({ outcome }) => outcome.status)).toEqual(Array(6).fill('failed'));
    expect(await pool.run(trial('trains'), ignore)).toMatchObject({ id: 'trains' });
  });

  test('leaves no trial pending when threads cannot start at all', async () => {
    const pool = startPool(2, BROKEN);
    const records = await Promise.all(Array.from({ length: 5 }, () => pool.run(trial('trains'), ignore)));
    for (const { outcome } of records)
      expect(outcome).toMatchObject({ status: 'failed', code: 'WORKER_DIED' });
  });

  test('stops: running trials end at their own next step, waiting ones are interrupted without being begun', async () => {
    const pool = startPool(1);
    const running = pool.run(trial('waits'), ignore);
    const waiting = pool.run(trial('trains'), ignore);
    pool.stop();
    expect(await running).toMatchObject({ id: 'waits', kernel: 'reference' });
    expect(await waiting).toMatchObject({ epochs: [], outcome: { status: 'interrupted', epoch: 0 } });
  });

  test('close waits for the trials that were given, and takes no more', async () => {
    const pool = startPool(2);
    const trials = Array.from({ length: 5 }, (_, seed) => pool.run(trial('trains', seed), ignore));
    const closed = pool.close();
    await expect(pool.run(trial('trains'), ignore)).rejects.toMatchObject({ code: 'POOL_CLOSED' });
    await closed;
    expect((await Promise.all(trials)).map(({ seed }) => seed)).toEqual([0, 1, 2, 3, 4]);
  });
});
