/** Runs sweeps on disks that fill up or break at every write, injected and, where one may mount, real. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { openRun } from '../../src/store/run.ts';
import type { SweepResult } from '../../src/sweep/events.ts';
import { runSweep } from '../../src/sweep.ts';
import { inProcess } from '../execute/in-process.ts';
import { SMALL_TRIALS, smallConfig, smallSweep } from '../execute/small-sweep.ts';
import { faults, repair, skipFlushes, systemError } from '../store/faulty-disk.ts';
import { temporaryDirectory } from '../store/samples.ts';
import { report } from './report.ts';

vi.mock('node:fs', (original) => import('../store/faulty-disk.ts').then(({ faulty }) => faulty(original)));

beforeEach(skipFlushes);
afterEach(repair);

const TEXT = smallSweep(['epochs: 2', 'epochs: 1'], ['train_samples: 256', 'train_samples: 64']);

/** Run the sweep, or the rest of it. */
function sweep(directory: string): Promise<SweepResult> {
  return runSweep({
    config: smallConfig(TEXT),
    text: TEXT,
    directory,
    threads: 2,
    kernel: 'reference',
    resume: true,
    createExecutor: inProcess,
  });
}

/** What a sweep on a broken disk ends with; undefined when it got through. */
async function failureOf(directory: string): Promise<StoreError | undefined> {
  try {
    await sweep(directory);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
    return error as StoreError;
  }
}

/** Go on with a run after its disk was mended: nothing that was stored is trained again, and the end is the same. */
async function expectRestored(directory: string): Promise<void> {
  const stored = readdirSync(directory).includes('manifest.json') ? openRun(directory).records : [];
  expect(await sweep(directory)).toMatchObject({ trials: { complete: SMALL_TRIALS }, interrupted: false });
  const { records } = openRun(directory);
  const ids = new Set(stored.map(({ id }) => id));
  expect(records.filter(({ id }) => ids.has(id))).toEqual(stored);
  expect(records).toEqual(await undisturbedRecords());
  expect(readdirSync(directory).sort()).toEqual([
    'comparison.csv',
    'comparison.json',
    'journal.jsonl',
    'manifest.json',
    'plan.jsonl',
    'sweep.yaml',
  ]);
}

let undisturbed: Promise<unknown> | undefined;

function undisturbedRecords(): Promise<unknown> {
  undisturbed ??= (async () => {
    const directory = join(temporaryDirectory(), 'run');
    await sweep(directory);
    return openRun(directory).records;
  })();
  return undisturbed;
}

describe('a disk that', () => {
  test.each([
    ['is full', 'ENOSPC', 0],
    ['is full after half of a write', 'ENOSPC', 0.5],
    ['breaks', 'EIO', 0],
  ])('%s from any write on stops the sweep cleanly, which then goes on', async (_, code, share) => {
    await undisturbedRecords();
    let positions = 0;
    for (;;) {
      const directory = join(temporaryDirectory(), 'run');
      let writes = 0;
      faults.write = (bytes, writeFirst) => {
        writes += 1;
        if (writes <= positions) return writeFirst(bytes);
        if (writes > positions + 1 || share === 0) throw systemError(code);
        return writeFirst(Math.floor(bytes * share));
      };
      const error = await failureOf(directory);
      repair();
      skipFlushes();
      if (error === undefined) break;
      expect(error).toMatchObject({ code: 'DISK_FAILED', details: { cause: code } });
      expect(error.message).toContain(directory);
      if (code === 'ENOSPC') expect(error.message).toMatch(/[\d,]+ bytes are free where [\d,]+ are needed/);
      await expectRestored(directory);
      positions += 1;
    }
    report(`${code} at each of ${positions} writes${share > 0 ? ', which took a part' : ''}: resumed`);
    expect(positions).toBeGreaterThan(SMALL_TRIALS);
  });

  test('does not flush at any time stops the sweep cleanly, which then goes on', async () => {
    let positions = 0;
    for (;;) {
      const directory = join(temporaryDirectory(), 'run');
      let flushes = 0;
      faults.sync = () => {
        flushes += 1;
        if (flushes > positions) throw systemError('EIO');
      };
      const error = await failureOf(directory);
      repair();
      skipFlushes();
      if (error === undefined) break;
      expect(error).toMatchObject({ code: 'DISK_FAILED', details: { cause: 'EIO' } });
      await expectRestored(directory);
      positions += 1;
    }
    report(`EIO at each of ${positions} flushes: resumed`);
    expect(positions).toBeGreaterThan(SMALL_TRIALS);
  });
});

/** A small file system in memory, or undefined where one may not mount. */
function mountSmall(bytes: number): string | undefined {
  const directory = temporaryDirectory();
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', directory]);
  if (status !== 0) return undefined;
  onTestFinished(() => void spawnSync('umount', ['-l', directory]));
  return directory;
}

function remount(directory: string, option: string): void {
  expect(spawnSync('mount', ['-o', `remount,${option}`, directory]).status).toBe(0);
}

describe('a real file system that', () => {
  test('is full stops the sweep cleanly, whatever its size, which then goes on in more space', async (context) => {
    let sizes = 0;
    for (let size = 4096; ; size += 4096) {
      const place = mountSmall(size);
      if (place === undefined)
        return context.skip('mounting is not permitted: the injected full disks stand for it');
      const directory = join(place, 'run');
      const error = await failureOf(directory);
      if (error === undefined) break;
      expect(error).toMatchObject({ code: 'DISK_FAILED', details: { cause: 'ENOSPC' } });
      expect(error.message).toMatch(/[\d,]+ bytes are free/);
      remount(place, 'size=4m');
      await expectRestored(directory);
      sizes += 1;
    }
    report(`${sizes} sizes of a real full file system: resumed`);
    expect(sizes).toBeGreaterThan(3);
  });

  test('becomes read-only stops the sweep cleanly, lets it be read, and it goes on when it is writable', async (context) => {
    const place = mountSmall(2 ** 22);
    if (place === undefined) return context.skip('mounting is not permitted');
    const directory = join(place, 'run');
    await sweep(directory);
    remount(place, 'ro');
    const error = await failureOf(directory);
    expect(error?.message).toMatch(/run: could not write to it, got EROFS.*read-only: choose another place/);
    expect(openRun(directory).records).toEqual(await undisturbedRecords());
    expect((await failureOf(join(place, 'other')))?.message).toContain('EROFS');
    remount(place, 'rw');
    await expectRestored(directory);
  });
});
