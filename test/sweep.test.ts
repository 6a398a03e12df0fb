import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { compareRuns } from '../src/compare/compare.ts';
import type { Executor } from '../src/execute/executor.ts';
import { instantiate } from '../src/execute/kernel-source.ts';
import type { ThreadPoolOptions } from '../src/execute/pool.ts';
import type { TrialSpec } from '../src/plan/plan.ts';
import type { TrialRecord } from '../src/store/record.ts';
import { openRun } from '../src/store/run.ts';
import { runSweep, type SweepEvent, type SweepOptions } from '../src/sweep.ts';
import { runTrial } from '../src/trial/trial.ts';
import { importBuilt } from './execute/built.ts';
import { SMALL_SWEEP, SMALL_TRIALS, smallConfig, smallSweep, withoutTimes } from './execute/small-sweep.ts';
import { temporaryDirectory } from './store/samples.ts';

/** Trains on this thread; every record gets the same times, so that comparisons can be compared. */
function inProcess({ threads, kernel, dataset }: ThreadPoolOptions): Executor {
  let stopped = false;
  const instance = instantiate(kernel);
  return {
    concurrency: threads,
    async run(spec, onProgress) {
      await setImmediate();
      const data = typeof dataset === 'function' ? dataset(spec) : dataset;
      const record = runTrial(instance, spec, data, { onProgress, shouldStop: () => stopped });
      return { ...record, timing: { startedAt: '2025-01-01T00:00:00.000Z', seconds: 1, trainSeconds: 1 } };
    },
    stop() {
      stopped = true;
    },
    async close() {},
  };
}

/** Like {@link inProcess}, but what `change` returns is reported in place of the trial's own record. */
function changing(change: (record: TrialRecord) => TrialRecord | Promise<TrialRecord>) {
  return (options: ThreadPoolOptions): Executor => {
    const executor = inProcess(options);
    return { ...executor, run: async (spec, onProgress) => change(await executor.run(spec, onProgress)) };
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
      trials: { complete: SMALL_TRIALS, diverged: 0, failed: 0, interrupted: 0, missing: 0 },
      interrupted: false,
    });
    const { manifest, records } = openRun(given.directory);
    expect(records.map(({ id }) => id)).toEqual(manifest.trials.map(({ id }) => id));
    expect(manifest).toMatchObject({ name: 'small', kernel: { variant: 'reference', sha256: null } });
    expect(manifest.data).toMatchObject({ train: 256, test: 128, features: 8, classes: 3 });
    const stored = files(given.directory);
    expect(Object.keys(stored).sort()).toEqual([
      'comparison.csv',
      'comparison.json',
      'journal.jsonl',
      'manifest.json',
      'sweep.yaml',
    ]);
    expect(stored['sweep.yaml']).toBe(SMALL_SWEEP);
    expect(JSON.parse(stored['comparison.json'] ?? '')).toMatchObject({ runs: [{ name: 'small' }] });
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
    const trials = Array.from({ length: SMALL_TRIALS }, () => ['trialStarted', 'trialFinished']).flat();
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
  expect(manifest.data).toMatchObject({ name: 'mnist', train: 3000, test: 500, features: 784, classes: 10 });
  const last = records.map(({ epochs }) => epochs.at(-1));
  for (const epoch of last) expect(epoch?.test.accuracy).toBeGreaterThan(0.8);
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

  test('goes on only with the settings it was started with', async () => {
    const given = options();
    await runSweep({ ...given, signal: AbortSignal.abort() });
    const before = files(given.directory);
    const text = smallSweep(['learning_rate: 0.1', 'learning_rate: 0.2']);
    await expect(runSweep({ ...given, config: smallConfig(text), text, resume: true })).rejects.toThrow(
      'config.experiment.training.optimizer.learning_rate: 0.1 -> 0.2',
    );
    expect(files(given.directory)).toEqual(before);
  });
});

describe('a failed trial', () => {
  const failing = changing((record) =>
    record.seed === 1 && record.baseline
      ? { ...record, epochs: [], outcome: { status: 'failed', code: 'WORKER_DIED', message: 'on purpose' } }
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
});
