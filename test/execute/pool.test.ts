import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Executor, TrialWatcher } from '../../src/execute/executor.ts';
import { createThreadPool, type ThreadPoolOptions } from '../../src/execute/pool.ts';
import type { EpochRecord, Outcome } from '../../src/record/record.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { sampleManifest } from '../store/samples.ts';
import { NO_DATA } from './no-data.ts';

const SCRIPTED = new URL('./scripted-thread.cjs', import.meta.url);
const BROKEN = new URL('./broken-thread.cjs', import.meta.url);

const pools: Executor[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const pool of pools.splice(0)) {
    pool.stop();
    await pool.close();
  }
});

function startPool(threads: number, changes: Partial<ThreadPoolOptions> = {}): Executor {
  const kernel = { variant: 'reference' } as const;
  const pool = createThreadPool({ threads, kernel, dataset: NO_DATA, entry: SCRIPTED, ...changes });
  pools.push(pool);
  return pool;
}

function trial(id: string, seed = 0): TrialSpec {
  return { ...(sampleManifest().trials[0] as TrialSpec), id, seed };
}

/** A watcher that lets every trial go on, unless told otherwise. */
function watcher(changes: Partial<TrialWatcher> = {}): TrialWatcher {
  return { onProgress() {}, onEpoch: () => undefined, ...changes };
}

const PRUNED: Outcome = {
  status: 'pruned',
  epoch: 2,
  value: 1,
  threshold: 0.5,
  lostTo: 'other',
  pruner: 'asha',
};

describe('a pool of threads', () => {
  test('runs more trials than it has threads, each with its own progress', async () => {
    const pool = startPool(2);
    const progress = new Map<number, number[]>();
    const records = await Promise.all(
      Array.from({ length: 7 }, (_, seed) =>
        pool.run(
          trial('trains', seed),
          watcher({ onProgress: ({ step }) => progress.set(seed, [...(progress.get(seed) ?? []), step]) }),
        ),
      ),
    );
    expect(records.map(({ seed }) => seed)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    // A message that comes after the record of its trial is dropped, so not every trial need have one.
    expect(progress.size).toBeGreaterThan(0);
    for (const [seed, steps] of progress) expect(steps).toEqual([seed]);
  });

  test('tells every epoch, and a trial that may go on is trained to its end', async () => {
    const epochs: number[] = [];
    const onEpoch = ({ epoch }: EpochRecord): undefined => void epochs.push(epoch);
    const { outcome } = await startPool(1).run(trial('epochs'), watcher({ onEpoch }));
    expect([epochs, outcome]).toEqual([[1, 2, 3], { status: 'complete', epoch: 4 }]);
  });

  test('a trial waits for an answer that takes its time, and ends with the outcome that it is given', async () => {
    const epochs: number[] = [];
    const { outcome } = await startPool(1).run(
      trial('epochs'),
      watcher({
        async onEpoch({ epoch }) {
          await pause(20);
          epochs.push(epoch);
          return epoch === 2 ? PRUNED : undefined;
        },
      }),
    );
    expect([epochs, outcome]).toEqual([[1, 2], PRUNED]);
  });

  test('stops: running trials end after their own epoch, waiting ones are interrupted without being begun', async () => {
    const pool = startPool(1);
    const running = pool.run(trial('waits'), watcher());
    const waiting = pool.run(trial('trains'), watcher());
    pool.stop();
    expect(await running).toMatchObject({ id: 'waits', kernel: 'reference' });
    expect(await waiting).toMatchObject({ epochs: [], outcome: { status: 'interrupted', epoch: 0 } });
  });

  test('stops a trial that waits for an answer which never comes', async () => {
    const pool = startPool(1);
    const stopped = pool.run(
      trial('epochs'),
      watcher({
        onEpoch() {
          setTimeout(() => pool.stop(), 20);
          return new Promise(() => {});
        },
      }),
    );
    expect((await stopped).outcome).toEqual({ status: 'interrupted', epoch: 1 });
  });

  test('close waits for the trials that were given, and takes no more', async () => {
    const pool = startPool(2);
    const trials = Array.from({ length: 5 }, (_, seed) => pool.run(trial('trains', seed), watcher()));
    const closed = pool.close();
    await expect(pool.run(trial('trains'), watcher())).rejects.toMatchObject({ code: 'POOL_CLOSED' });
    await closed;
    expect((await Promise.all(trials)).map(({ seed }) => seed)).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('a worker that dies', () => {
  test('makes its trial a failed one, and the pool trains on with a new thread', async () => {
    const pool = startPool(2);
    const [dead, alive] = await Promise.all([
      pool.run(trial('dies'), watcher()),
      pool.run(trial('trains'), watcher()),
    ]);
    expect(dead).toMatchObject({
      id: 'dies',
      epochs: [],
      outcome: { status: 'failed', code: 'WORKER_DIED' },
    });
    expect(alive).toMatchObject({ id: 'trains' });
    expect(await pool.run(trial('trains', 5), watcher())).toMatchObject({ seed: 5 });
  });

  test('leaves the epochs that it told of', async () => {
    const { epochs, outcome } = await startPool(1).run(trial('dies-later'), watcher());
    expect([epochs, outcome.status]).toEqual([[{ epoch: 1 }], 'failed']);
  });

  test('takes no other with it: 20 of 20 times that all threads exit, the pool trains on', async () => {
    const pool = startPool(2);
    const records = await Promise.all(Array.from({ length: 20 }, () => pool.run(trial('dies'), watcher())));
    expect(records.map(({ outcome }) => outcome.status)).toEqual(Array(20).fill('failed'));
    expect(await pool.run(trial('trains'), watcher())).toMatchObject({ id: 'trains' });
  });

  test('that cannot even start leaves no trial pending', async () => {
    const pool = startPool(2, { entry: BROKEN });
    const records = await Promise.all(Array.from({ length: 5 }, () => pool.run(trial('trains'), watcher())));
    for (const { outcome } of records)
      expect(outcome).toMatchObject({ status: 'failed', code: 'WORKER_DIED' });
  });

  test('and whose successor dies too holds up no trial that waits for the next attempt', async () => {
    const starts = new Int32Array(new SharedArrayBuffer(4));
    const pool = startPool(2, { kernel: Object.assign({ variant: 'reference' } as const, { starts }) });
    const never = new Promise<undefined>(() => {});
    // Its own thread must not be the third to start: it has to be heard before another dies.
    let waiting: ReturnType<Executor['run']> | undefined;
    await new Promise<void>((heard) => {
      const onEpoch = (): Promise<undefined> => {
        heard();
        return never;
      };
      waiting = pool.run(trial('epochs'), watcher({ onEpoch }));
    });
    expect((await pool.run(trial('dies'), watcher())).outcome.status).toBe('failed');
    expect(await pool.run(trial('trains'), watcher())).toMatchObject({ id: 'trains' });
    pool.stop();
    expect((await waiting)?.outcome.status).toBe('interrupted');
  });

  test('of a full heap says so, 3 of 3 times, and the pool trains on', async () => {
    const pool = startPool(1, { heapMegabytes: 32 });
    for (let time = 0; time < 3; time += 1) {
      const { outcome } = await pool.run(trial('fills-memory'), watcher());
      expect(outcome).toMatchObject({ status: 'failed', code: 'WORKER_OUT_OF_MEMORY' });
    }
    expect(await pool.run(trial('trains'), watcher())).toMatchObject({ id: 'trains' });
  });

  test.each(['throws', 'traps'])('or %s outside of training fails its trial, 20 of 20 times', async (id) => {
    const pool = startPool(2);
    const records = await Promise.all(Array.from({ length: 20 }, () => pool.run(trial(id), watcher())));
    expect(records.map(({ outcome }) => outcome.status)).toEqual(Array(20).fill('failed'));
    expect(await pool.run(trial('trains'), watcher())).toMatchObject({ id: 'trains' });
  });
});

describe('a trial that hangs', () => {
  test('is a timeout after the epochs it told of, 10 of 10 times, and the pool trains on', async () => {
    const pool = startPool(2, { trialTimeout: 0.05, graceMs: 50 });
    const records = await Promise.all(Array.from({ length: 10 }, () => pool.run(trial('hangs'), watcher())));
    for (const { outcome, epochs } of records) {
      // A thread that was slow to start may have told of none.
      expect(outcome).toMatchObject({ status: 'timeout', epoch: epochs.length });
    }
    expect(await pool.run(trial('trains'), watcher())).toMatchObject({ id: 'trains' });
  });

  test('is not one that measures at its end, however long that takes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const pool = startPool(1, { trialTimeout: 1 });
    const onProgress = (): void => {
      vi.advanceTimersByTime(3_600_000);
      pool.stop();
    };
    const record = await pool.run(trial('measures'), watcher({ onProgress }));
    expect(record).toEqual({ id: 'measures', seed: 0, kernel: 'reference' });
  });
});
