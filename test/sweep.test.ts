import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareRuns } from '../src/compare/compare.ts';
import { groupBy } from '../src/compare/group.ts';
import { ConfigError } from '../src/errors.ts';
import type { Executor } from '../src/execute/executor.ts';
import type { ThreadPoolOptions } from '../src/execute/pool.ts';
import { planSweep } from '../src/plan/plan.ts';
import type { Planner } from '../src/plan/planner.ts';
import type { TrialRecord } from '../src/record/record.ts';
import type { TrialSpec } from '../src/record/trial-spec.ts';
import { openRun } from '../src/store/run.ts';
import type { SweepEvent } from '../src/sweep/events.ts';
import { runSweep, type SweepOptions } from '../src/sweep.ts';
import { importBuilt } from './execute/built.ts';
import { inProcess } from './execute/in-process.ts';
import { SMALL_SWEEP, SMALL_TRIALS, smallConfig, smallSweep, withoutTimes } from './execute/small-sweep.ts';
import { temporaryDirectory } from './store/samples.ts';

const NONE = { pruned: 0, diverged: 0, timeout: 0, failed: 0, interrupted: 0, missing: 0 };

/** Like {@link inProcess}, but what `change` returns is reported in place of the trial's own record. */
function changing(change: (record: TrialRecord) => TrialRecord | Promise<TrialRecord>) {
  return (options: ThreadPoolOptions): Executor => {
    const executor = inProcess(options);
    return { ...executor, run: async (spec, watcher) => change(await executor.run(spec, watcher)) };
  };
}

function options(changes: Partial<SweepOptions> = {}): SweepOptions {
  const text = changes.text ?? SMALL_SWEEP;
  return {
    config: smallConfig(text),
    text,
    directory: join(temporaryDirectory(), 'run'),
    threads: 2,
    kernel: 'reference',
    createExecutor: inProcess,
    ...changes,
  };
}

function files(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );
}

describe('a sweep', () => {
  test('stores every trial, the file as given, and a comparison', async () => {
    const given = options();
    const result = await runSweep(given);
    expect(result).toEqual({
      directory: given.directory,
      trials: { ...NONE, complete: SMALL_TRIALS },
      interrupted: false,
    });
    const { manifest, records } = openRun(given.directory);
    expect(records.map(({ id }) => id)).toEqual(manifest.trials.map(({ id }) => id));
    expect(manifest).toMatchObject({ name: 'small', kernel: { variant: 'reference', sha256: null } });
    expect(manifest.data).toMatchObject({
      train: 256,
      test: 128,
      features: 8,
      target: { kind: 'classes', classes: 3 },
    });
    const stored = files(given.directory);
    expect(Object.keys(stored).sort()).toEqual([
      'comparison.csv',
      'comparison.json',
      'journal.jsonl',
      'manifest.json',
      'plan.jsonl',
      'sweep.yaml',
    ]);
    expect(stored['sweep.yaml']).toBe(SMALL_SWEEP);
    expect(JSON.parse(stored['comparison.json'] ?? '')).toMatchObject({ runs: [{ name: 'small' }] });
  });

  test.each([
    [{ threads: 0 }, 'runSweep: threads must be a whole number from 1, got 0.'],
    [{ threads: Number.NaN }, 'threads must be a whole number from 1, got NaN'],
    [{ retries: -1 }, 'retries must be a whole number from 0, got -1'],
    [{ maxSeconds: 0 }, 'maxSeconds must be a number above 0, got 0'],
  ])('refuses %j before a run is begun', async (changes, message) => {
    const given = options(changes);
    await expect(runSweep(given)).rejects.toThrow(ConfigError);
    await expect(runSweep(given)).rejects.toThrow(message);
    expect(existsSync(given.directory)).toBe(false);
  });

  test('keeps the matrices for pictures of the first seed alone, after its first and its last epoch', async () => {
    const text = smallSweep(['epochs: 2', 'epochs: 3'], ['seeds: 2', 'seeds: [5, 3]']);
    const given = options({ text });
    await runSweep(given);
    const { records } = openRun(given.directory);
    const kept = records.map(({ seed, epochs }) => [
      seed,
      epochs.map(({ layers }) => layers.some(({ correlation }) => correlation !== undefined)),
    ]);
    expect(kept).toContainEqual([5, [true, false, true]]);
    expect(kept).toContainEqual([3, [false, false, false]]);
    expect(new Set(kept.map((each) => JSON.stringify(each))).size).toBe(2);
  });

  test('tells what happens, in order', async () => {
    const events: SweepEvent[] = [];
    await runSweep(options({ threads: 1, onEvent: (event) => events.push(event) }));
    const types = events.map(({ type }) => type).filter((type) => type !== 'trialProgress');
    const trial = ['trialStarted', 'epochFinished', 'trialFinished'];
    const trials = Array.from({ length: SMALL_TRIALS }, () => trial).flat();
    expect(types).toEqual(['planned', ...trials, 'finished']);
    expect(events.some(({ type }) => type === 'trialProgress')).toBe(true);
  });

  test('with 1 and with 2 threads writes identical metrics, on the kernel that the host takes', async () => {
    const built = await importBuilt();
    const runs = [];
    for (const threads of [1, 2, 2]) {
      const { createExecutor: _, ...given } = options({ threads, kernel: 'auto' });
      expect((await built.runSweep(given)).trials.complete).toBe(SMALL_TRIALS);
      runs.push(withoutTimes(openRun(given.directory).records));
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  test('on threads gives the same numbers as on the calling thread', async () => {
    const built = await importBuilt();
    const here = options();
    await runSweep(here);
    const { createExecutor: _, ...there } = options();
    await built.runSweep(there);
    expect(withoutTimes(openRun(there.directory).records)).toEqual(
      withoutTimes(openRun(here.directory).records),
    );
  });

  test('compares the same whatever the order of completion', async () => {
    const inOrder = options({ threads: SMALL_TRIALS });
    await runSweep(inOrder);
    const held: (() => void)[] = [];
    const reversed = options({
      threads: SMALL_TRIALS,
      createExecutor: changing(
        (record) =>
          new Promise((resolve) => {
            held.push(() => resolve(record));
            if (held.length === SMALL_TRIALS) for (const release of held.reverse()) release();
          }),
      ),
    });
    await runSweep(reversed);
    const [first, second] = [inOrder, reversed].map(({ directory }) => files(directory));
    expect(second?.['journal.jsonl']).not.toBe(first?.['journal.jsonl']);
    const withoutStart = (text = ''): string => text.replace(/"startedAt": *"[^"]*"/, '');
    expect(withoutStart(second?.['comparison.json'])).toBe(withoutStart(first?.['comparison.json']));
    expect(second?.['comparison.csv']).toBe(first?.['comparison.csv']);
  });

  test.each(['trialStarted', 'trialProgress', 'epochFinished', 'trialFinished'])(
    'on threads whose listener throws at %s is stopped, keeps its trials and throws the same',
    async (type) => {
      const built = await importBuilt();
      const { createExecutor: _, ...given } = options({ text: smallSweep(['epochs: 2', 'epochs: 50']) });
      const error = new Error('from the listener');
      const running = built.runSweep({
        ...given,
        onEvent(event) {
          if (event.type === type) throw error;
        },
      });
      await expect(running).rejects.toBe(error);
      const { records } = openRun(given.directory);
      expect(records.length).toBeGreaterThan(0);
      expect(records.length).toBeLessThan(SMALL_TRIALS);
      expect((await built.runSweep({ ...given, resume: true })).trials.complete).toBe(SMALL_TRIALS);
    },
  );

  test('that varies the data trains every trial on its own', async () => {
    const text = smallSweep(['penalty.weight: {values: [0.1, 1]}', 'data.train_samples: {values: [64, 96]}']);
    const given = options({ text });
    await runSweep(given);
    const { manifest, records } = openRun(given.directory);
    const sizes = [manifest.data, ...(manifest.otherData ?? [])].map(({ train }) => train);
    expect(sizes.sort((a, b) => a - b)).toEqual([64, 96]);
    expect(records.every(({ outcome }) => outcome.status === 'complete')).toBe(true);
  });
});

test('a sweep over real digits learns them and measures their correlation', async () => {
  const text = smallSweep(
    [
      '{source: synthetic, train_samples: 256, test_samples: 128, features: 8, classes: 3}',
      '{source: mnist, train_samples: 3000, test_samples: 500}',
    ],
    ['dense: 8', 'dense: 32'],
    ['[decov, mean-abs]', '[squared-correlation]'],
    ['seeds: 2', 'seeds: 1'],
  );
  const built = await importBuilt();
  const { createExecutor: _, ...given } = options({ text, kernel: 'auto' });
  expect((await built.runSweep(given)).trials.complete).toBe(3);
  const { manifest, records } = openRun(given.directory);
  expect(manifest.data).toMatchObject({
    name: 'mnist',
    train: 3000,
    test: 500,
    features: 784,
    target: { kind: 'classes', classes: 10 },
  });
  const last = records.map(({ epochs }) => epochs.at(-1));
  for (const epoch of last) expect(epoch?.test?.accuracy).toBeGreaterThan(0.8);
  const [baseline, , strongest] = last.map((epoch) => epoch?.layers[0]?.metrics['mean-abs-correlation']);
  expect(strongest as number).toBeLessThan(baseline as number);
});

test('penalties on one activation and on two are swept over real digits on threads, and compared', async () => {
  const text = smallSweep(
    [
      '{source: synthetic, train_samples: 256, test_samples: 128, features: 8, classes: 3}',
      '{source: mnist, train_samples: 3000, test_samples: 500}',
    ],
    ['- {dense: 8, penalized: true}', '- {dense: 32, penalized: true}\n    - {dense: 24}'],
    ['[decov, mean-abs]', '[decov, cross-covariance]}\n    penalty.against: {values: [labels, dense2]'],
    ['values: [0.1, 1]', 'values: [1, 10]'],
    ['seeds: 2', 'seeds: 1'],
  );
  const built = await importBuilt();
  const { createExecutor: _, ...given } = options({ text, kernel: 'auto' });
  expect((await built.runSweep(given)).trials.complete).toBe(7);
  const { manifest, records } = openRun(given.directory);
  const { rows } = compareRuns([{ name: 'small', manifest, records }]);
  const points = rows.filter(({ penalty }) => penalty?.type === 'cross-covariance');
  expect(
    points.map(({ penalty, settings }) => [settings['penalty.against'], penalty?.weight]).sort(),
  ).toEqual([
    ['dense2', 1],
    ['dense2', 10],
    ['labels', 1],
    ['labels', 10],
  ]);
  for (const against of ['labels', 'dense2']) {
    const [weak, strong] = [1, 10].map(
      (weight) =>
        points.find(
          ({ penalty, settings }) => settings['penalty.against'] === against && penalty?.weight === weight,
        )?.metrics['train.penalty']?.mean,
    );
    expect(weak).toBeGreaterThan(0);
    expect(strong as number).toBeLessThan(weak as number);
  }
});

describe('a run directory', () => {
  test('is never overwritten', async () => {
    const given = options();
    await runSweep(given);
    const before = files(given.directory);
    await expect(runSweep(given)).rejects.toMatchObject({ code: 'RUN_EXISTS' });
    expect(files(given.directory)).toEqual(before);
  });

  test('is not made for a search that would not fit into memory, though its baseline does', async () => {
    const text = smallSweep(
      ['dense: 8', 'dense: 4096'],
      ['seeds: 2', 'method: bayes\n  run_cap: 100000\n  seeds: 1'],
      ['penalty.weight: {values: [0.1, 1]}', 'penalty.weight: {min: 0.1, max: 1.0}'],
    );
    const given = options({ text, threads: 100_000 });
    await expect(runSweep(given)).rejects.toMatchObject({ code: 'MEMORY_SHORT' });
    expect(() => readdirSync(given.directory)).toThrow('ENOENT');
  });

  test('is not made for a sweep that cannot begin', async () => {
    const tooLarge = smallSweep(
      ['train_samples: 256', 'train_samples: 9999999'],
      ['features: 8', 'features: 65536'],
    );
    const given = options({ text: tooLarge });
    await expect(runSweep(given)).rejects.toMatchObject({ name: 'DataError' });
    expect(() => readdirSync(given.directory)).toThrow('ENOENT');
  });

  test('that another process writes to stops the sweep, and the error names the file', async () => {
    const given = options();
    const journal = join(given.directory, 'journal.jsonl');
    const closed: string[] = [];
    const running = runSweep({
      ...given,
      createExecutor(poolOptions) {
        const executor = inProcess(poolOptions);
        return { ...executor, close: async () => void closed.push('closed') };
      },
      onEvent: ({ type }) => {
        if (type === 'trialFinished') appendFileSync(journal, 'from elsewhere\n');
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'DISK_FAILED', details: { path: journal } });
    expect(closed).toEqual(['closed']);
    expect(readdirSync(given.directory).filter((name) => name.startsWith('lock'))).toEqual([]);
  });
});

describe('a stopped sweep', () => {
  test('stores what it has, and the rest equals an undisturbed run', async () => {
    const undisturbed = options();
    await runSweep(undisturbed);

    const given = options();
    const controller = new AbortController();
    const stopped = await runSweep({
      ...given,
      signal: controller.signal,
      onEvent: ({ type }) => type === 'trialFinished' && controller.abort(),
    });
    expect(stopped.interrupted).toBe(true);
    expect(stopped.trials.complete).toBeGreaterThan(0);
    expect(stopped.trials.missing).toBeGreaterThan(0);
    expect(readdirSync(given.directory)).not.toContain('comparison.json');

    const resumed: TrialSpec[] = [];
    const result = await runSweep({
      ...given,
      resume: true,
      onEvent: (event) => event.type === 'trialStarted' && resumed.push(event.spec),
    });
    expect(result).toMatchObject({ interrupted: false, trials: { complete: SMALL_TRIALS } });
    expect(resumed).toHaveLength(SMALL_TRIALS - stopped.trials.complete);
    expect(openRun(given.directory).records).toEqual(openRun(undisturbed.directory).records);
  });

  test('that was stopped before it began has all its trials missing', async () => {
    const given = options();
    const stopped = await runSweep({ ...given, signal: AbortSignal.abort() });
    expect(stopped).toMatchObject({ interrupted: true, trials: { missing: SMALL_TRIALS } });
    const result = await runSweep({ ...given, resume: true });
    expect(result.trials.complete).toBe(SMALL_TRIALS);
  });

  test('that is complete trains nothing more', async () => {
    const given = options();
    await runSweep(given);
    const { 'comparison.json': before } = files(given.directory);
    const result = await runSweep({
      ...given,
      resume: true,
      createExecutor() {
        throw new Error('no executor is needed');
      },
    });
    expect(result.trials.complete).toBe(SMALL_TRIALS);
    expect(files(given.directory)['comparison.json']).toBe(before);
  });

  test('goes on only with the settings it was started with, unless the change is accepted', async () => {
    const given = options();
    await runSweep({
      ...given,
      threads: 1,
      signal: AbortSignal.abort(),
    });
    const before = files(given.directory);
    const text = smallSweep(['learning_rate: 0.1', 'learning_rate: 0.2']);
    const changed = { ...given, config: smallConfig(text), text, resume: true };
    await expect(runSweep(changed)).rejects.toThrow(
      'config.experiment.training.optimizer.learning_rate: 0.1 -> 0.2',
    );
    expect(files(given.directory)).toEqual(before);
    const result = await runSweep({ ...changed, acceptChanges: true });
    expect(result.trials).toMatchObject({ complete: SMALL_TRIALS, missing: 0 });
  });

  test('takes further seeds and values, and then equals a run that had them from the start', async () => {
    const text = smallSweep(['seeds: 2', 'seeds: 3'], ['[0.1, 1]', '[0.1, 0.3, 1]']);
    const undisturbed = options({ text });
    await runSweep(undisturbed);
    const given = options();
    await runSweep(given);
    let change: unknown;
    await runSweep({
      ...given,
      config: smallConfig(text),
      text,
      resume: true,
      onEvent(event) {
        if (event.type === 'planned') change = event.change;
      },
    });
    expect(change).toMatchObject({ added: 21 - SMALL_TRIALS, kept: 0 });
    const [grown, whole] = [given, undisturbed].map(({ directory }) => files(directory));
    expect(grown?.['comparison.csv']).toBe(whole?.['comparison.csv']);
    expect(openRun(given.directory).records).toEqual(openRun(undisturbed.directory).records);
  });
});

describe('a failed trial', () => {
  const failing = changing((record) =>
    record.seed === 1 && record.baseline
      ? { ...record, epochs: [], outcome: { status: 'failed', code: 'KERNEL_TRAP', message: 'on purpose' } }
      : record,
  );

  test('does not keep the others from finishing, and is tried again on resume', async () => {
    const given = options({ createExecutor: failing });
    const result = await runSweep(given);
    expect(result).toMatchObject({ interrupted: false, trials: { complete: SMALL_TRIALS - 1, failed: 1 } });
    const resumed = await runSweep({ ...given, resume: true, createExecutor: inProcess });
    expect(resumed.trials).toMatchObject({ complete: SMALL_TRIALS, failed: 0 });
    // Its second record stands behind all others in the journal, and in its place in the plan.
    const { manifest, records } = openRun(given.directory);
    expect(records.map(({ id }) => id)).toEqual(manifest.trials.map(({ id }) => id));
  });

  /** The first `deaths` attempts of each trial of seed 1 lose their worker. */
  function dying(deaths: number, code = 'WORKER_DIED') {
    const attempts = new Map<string, number>();
    return changing((record) => {
      const attempt = (attempts.get(record.id) ?? 0) + 1;
      attempts.set(record.id, attempt);
      if (record.seed !== 1 || attempt > deaths) return record;
      return { ...record, epochs: [], outcome: { status: 'failed', code, message: `death ${record.id}` } };
    });
  }

  test.each([
    ['is begun anew once', {}, 1, 'WORKER_DIED', 0],
    ['is begun anew as often as asked for', { retries: 3 }, 3, 'WORKER_DIED', 0],
    ['is not begun anew more often', { retries: 2 }, 3, 'WORKER_OUT_OF_MEMORY', SMALL_TRIALS / 2],
    ['is not begun anew where that is not wanted', { retries: 0 }, 1, 'WORKER_DIED', SMALL_TRIALS / 2],
    ['is not begun anew when it failed by itself', {}, 1, 'KERNEL_TRAP', SMALL_TRIALS / 2],
  ])('whose worker died %s', async (_, changes, deaths, code, failed) => {
    const retried: string[] = [];
    const given = options({
      ...changes,
      createExecutor: dying(deaths, code),
      onEvent: (event) => event.type === 'trialRetried' && retried.push(event.spec.id),
    });
    const result = await runSweep(given);
    expect(result.trials).toMatchObject({ complete: SMALL_TRIALS - failed, failed });
    const { records } = openRun(given.directory);
    const { retries = 1 } = changes as { retries?: number };
    const expected = code === 'KERNEL_TRAP' ? 0 : (Math.min(deaths, retries) * SMALL_TRIALS) / 2;
    expect(retried).toHaveLength(expected);
    if (failed > 0) return;
    expect(records.filter(({ seed }) => seed === 1).map(({ attempt }) => attempt)).toEqual(
      Array(SMALL_TRIALS / 2).fill(deaths + 1),
    );
    const undisturbed = options();
    await runSweep(undisturbed);
    const withoutAttempts = ({ directory }: SweepOptions): unknown =>
      openRun(directory).records.map(({ attempt: _attempt, ...record }) => record);
    expect(withoutAttempts(given)).toEqual(withoutAttempts(undisturbed));
  });

  test('that is like all others ends the sweep with one error, and nothing that was recorded is lost', async () => {
    const given = options({
      threads: 1,
      createExecutor: changing((record) => ({
        ...record,
        epochs: [],
        outcome: { status: 'failed', code: 'NO_LUCK', message: 'on purpose' },
      })),
    });
    await expect(runSweep(given)).rejects.toMatchObject({
      code: 'ALL_TRIALS_FAILED',
      message: expect.stringContaining('got 3 that all failed in the same way: on purpose (NO_LUCK)'),
    });
    expect(openRun(given.directory).records).toHaveLength(3);
    const result = await runSweep({ ...given, resume: true, createExecutor: inProcess });
    expect(result.trials.complete).toBe(SMALL_TRIALS);
  });
});

describe('a sweep that prunes', () => {
  const text = smallSweep(
    ['epochs: 2', 'epochs: 5'],
    ['[decov, mean-abs]', '[decov, mean-abs, mean]'],
    ['seeds: 2', 'seeds: 2\n  early_terminate: {type: asha, min_iter: 1, eta: 2}'],
  );

  test('keeps what pruned trials measured, spares the baselines, and says against whom they lost', async () => {
    const given = options({ text });
    const result = await runSweep(given);
    const { records } = openRun(given.directory);
    const pruned = records.filter(({ outcome }) => outcome.status === 'pruned');
    expect(pruned.length).toBeGreaterThan(2);
    expect(result.trials).toEqual({ ...NONE, complete: 14 - pruned.length, pruned: pruned.length });
    const before = new Map<string, TrialRecord>();
    for (const record of records) {
      const { outcome, epochs, seed } = record;
      if (outcome.status === 'pruned') {
        expect(record.baseline).toBe(false);
        expect(epochs).toHaveLength(outcome.epoch);
        const winner = before.get(outcome.lostTo);
        expect(winner).toMatchObject({ seed, baseline: false });
        const reached = ({ epochs }: TrialRecord): unknown =>
          epochs[outcome.epoch - 1]?.layers[0]?.metrics['mean-abs-correlation'];
        expect([outcome.value, outcome.threshold]).toEqual([reached(record), reached(winner as TrialRecord)]);
        expect(outcome.value).toBeGreaterThan(outcome.threshold);
      }
      before.set(record.id, record);
    }
    const { rows } = compareRuns([{ name: 'small', ...openRun(given.directory) }]);
    const unfinished = rows.map(({ trials }) => trials.pruned > 0);
    expect(unfinished).toEqual([...unfinished].sort());
    for (const row of rows) if (row.trials.pruned > 0) expect(row.best).toEqual([]);
  });

  test('prunes the same with 1, 2 and 3 threads as on the calling thread', async () => {
    const built = await importBuilt();
    const here = options({ text });
    await runSweep(here);
    const expected = withoutTimes(openRun(here.directory).records);
    for (const threads of [1, 2, 3]) {
      const { createExecutor: _, ...there } = options({ text, threads });
      await built.runSweep(there);
      expect(withoutTimes(openRun(there.directory).records)).toEqual(expected);
    }
  });

  test('prunes the same when it is stopped after every other trial', async () => {
    const undisturbed = options({ text });
    await runSweep(undisturbed);
    const given = options({ text });
    let result = { interrupted: true };
    for (let sitting = 0; result.interrupted; sitting += 1) {
      const controller = new AbortController();
      let finished = 0;
      result = await runSweep({
        ...given,
        resume: sitting > 0,
        signal: controller.signal,
        onEvent({ type }) {
          if (type === 'trialFinished') finished += 1;
          if (finished === 2) controller.abort();
        },
      });
    }
    expect(openRun(given.directory).records).toEqual(openRun(undisturbed.directory).records);
  });
});

test('trials from before a change, which are no longer planned, prune none of those after it', async () => {
  const search = smallSweep(
    ['epochs: 2', 'epochs: 3'],
    ['seeds: 2', 'method: bayes\n  run_cap: 10\n  early_terminate: {type: asha, min_iter: 1, eta: 2}'],
    ['penalty.weight: {values: [0.1, 1]}', 'penalty.weight: {min: 0.1, max: 1.0}'],
  );
  const given = options({ text: search });
  await runSweep(given);
  const old = new Set(openRun(given.directory).trials.map(({ id }) => id));
  const text = search.replace('learning_rate: 0.1', 'learning_rate: 1e-6');
  await runSweep({ ...given, config: smallConfig(text), text, resume: true, acceptChanges: true });
  const lost = openRun(given.directory).records.flatMap(({ id, outcome }) =>
    !old.has(id) && outcome.status === 'pruned' ? [outcome.lostTo] : [],
  );
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.filter((id) => old.has(id))).toEqual([]);
});

describe('a budget', () => {
  test('of time stops the sweep like a signal, and it can be resumed', async () => {
    const given = options();
    const reasons: unknown[] = [];
    const stopped = await runSweep({
      ...given,
      maxSeconds: 1e-6,
      onEvent: (event) => event.type === 'stopping' && reasons.push(event.reason),
    });
    const reason = { why: 'max-time', seconds: 1e-6 };
    expect([stopped.interrupted, stopped.stopped, reasons]).toEqual([true, reason, [reason]]);
    expect(stopped.trials.missing).toBeGreaterThan(0);
    const { trials, stopped: again } = await runSweep({ ...given, resume: true, maxSeconds: 1e6 });
    expect([trials.complete, again]).toEqual([SMALL_TRIALS, undefined]);
  });

  test('of time for one trial ends each that takes longer, and these are trained again on resume', async () => {
    const built = await importBuilt();
    const text = smallSweep(['seeds: 2', 'seeds: 2\n  trial_timeout: 1e-9']);
    // One thread: of two, the other's trial would be interrupted when the sweep gives up.
    const { createExecutor: _, ...given } = options({ text, threads: 1 });
    await expect(built.runSweep(given)).rejects.toMatchObject({
      code: 'ALL_TRIALS_FAILED',
      message: expect.stringContaining('longer than trial_timeout'),
    });
    const { records } = openRun(given.directory);
    expect(records).toHaveLength(3);
    for (const { outcome } of records) expect(outcome).toMatchObject({ status: 'timeout', epoch: 0 });
  });

  test('of a target ends the sweep once a point has reached it with all its seeds', async () => {
    const text = smallSweep(['seeds: 2', 'seeds: 2\n  metric: {name: test.loss, target: 1000}']);
    const given = options({ text, threads: 1 });
    const result = await runSweep(given);
    const { manifest } = openRun(given.directory);
    // Two baselines, which find nothing, and the two seeds of the first point.
    expect(result.trials).toMatchObject({ complete: 4, missing: SMALL_TRIALS - 4 });
    expect(result.stopped).toMatchObject({ why: 'target', trial: manifest.trials[3]?.id });
    const resumed = await runSweep({ ...given, resume: true });
    expect(resumed.trials).toMatchObject({ complete: 6, missing: SMALL_TRIALS - 6 });
  });
});

describe('a search', () => {
  /** Proposes the points of the plan one after another, each once all points up to two before it are known. */
  function createSearch(config: SweepOptions['config'], proposed: readonly TrialSpec[]): Planner {
    const whole = planSweep(config);
    const others = whole.trials.filter(({ baseline }) => !baseline);
    const proposals = groupBy(others, ({ point }) => point);
    let next = new Set(proposed.map(({ point }) => point)).size;
    return {
      plan: { ...whole, trials: whole.trials.filter(({ baseline }) => baseline) },
      propose(records) {
        const known = proposals.slice(0, Math.max(0, next - 1)).flat();
        if (known.some(({ id }) => !records.some((record) => record.id === id))) return 'wait';
        const proposal = proposals[next];
        next += 1;
        return proposal;
      },
    };
  }

  const searching = (changes: Partial<SweepOptions> = {}): SweepOptions =>
    options({ threads: 3, createPlanner: createSearch, ...changes });

  test('trains what is proposed, and waits for the results that a proposal depends on', async () => {
    const events: SweepEvent[] = [];
    const given = searching({ onEvent: (event) => events.push(event) });
    const result = await runSweep(given);
    const { trials } = planSweep(given.config);
    expect(result.trials).toEqual({ ...NONE, complete: trials.length });
    const started = events.flatMap((event) => (event.type === 'trialStarted' ? [event.spec.id] : []));
    expect(started).toEqual(trials.map(({ id }) => id));
    const order = events.flatMap((event) => {
      if (event.type === 'trialsProposed') return [`proposed ${event.trials[0]?.point}`];
      return event.type === 'trialFinished' ? [`finished ${event.spec.id}`] : [];
    });
    const points = [...new Set(trials.filter(({ baseline }) => !baseline).map(({ point }) => point))];
    for (const [index, point] of points.entries()) {
      if (index < 2) continue;
      const before = order.slice(0, order.indexOf(`proposed ${point}`));
      for (const seed of [0, 1]) expect(before).toContain(`finished ${points[index - 2]}-s${seed}`);
    }
  });

  test('says that its target ended it, though all that it proposed is trained', async () => {
    const text = smallSweep(['seeds: 2', 'seeds: 2\n  metric: {name: test.loss, target: 1000}']);
    const result = await runSweep(searching({ text, threads: 1 }));
    expect(result.trials).toEqual({ ...NONE, complete: 4 });
    expect(result).toMatchObject({ interrupted: false, stopped: { why: 'target' } });
  });

  test('keeps all lanes at work after one had to wait for a trial that was just taken', async () => {
    // Each point but the third waits for the one before it; the third is of two trials at once.
    const third = 2;
    const order: string[] = [];
    const given = searching({
      threads: 2,
      createPlanner(config) {
        const whole = planSweep(config);
        const points = [
          ...groupBy(
            whole.trials.filter(({ baseline }) => !baseline),
            ({ point }) => point,
          ),
        ];
        const proposals = points.map((trials, at) => (at < third ? trials.slice(0, 1) : trials));
        let next = 0;
        return {
          plan: { ...whole, trials: whole.trials.slice(0, 1) },
          propose(records) {
            if (records.length < 1 + Math.min(next, third)) return 'wait';
            next += 1;
            return proposals[next - 1];
          },
        };
      },
      onEvent: ({ type }) => (type === 'trialStarted' || type === 'trialFinished') && order.push(type),
    });
    await runSweep(given);
    expect(order.slice(6, 8)).toEqual(['trialStarted', 'trialStarted']);
  });

  test('that was stopped goes on with what it has proposed, and proposes the rest', async () => {
    const undisturbed = searching();
    await runSweep(undisturbed);
    const given = searching();
    let result = { interrupted: true };
    for (let sitting = 0; result.interrupted && sitting < SMALL_TRIALS; sitting += 1) {
      const controller = new AbortController();
      result = await runSweep({
        ...given,
        resume: sitting > 0,
        signal: controller.signal,
        onEvent: ({ type }) => type === 'trialFinished' && controller.abort(),
      });
    }
    expect(openRun(given.directory).records).toEqual(openRun(undisturbed.directory).records);
  });
});
