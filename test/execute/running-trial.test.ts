import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ANSWER } from '../../src/execute/messages.ts';
import { RunningTrial } from '../../src/execute/running-trial.ts';
import type { EpochRecord, Outcome } from '../../src/record/record.ts';
import { sampleRecord } from '../store/samples.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const [EPOCH] = sampleRecord(0).epochs as [EpochRecord];
const PRUNED: Outcome = { status: 'pruned', epoch: 1, value: 1, threshold: 0, lostTo: 'x', pruner: 'asha' };

/** A trial whose watcher answers by what is given. */
function running(onEpoch: () => Outcome | undefined | Promise<Outcome | undefined>, limitMs = 1000) {
  return new RunningTrial({ onProgress() {}, onEpoch }, limitMs);
}

test('a trial that works for longer than it may is aborted', () => {
  const trial = running(() => undefined);
  vi.advanceTimersByTime(999);
  expect(trial.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect([trial.signal.aborted, trial.seconds]).toEqual([true, 1]);
});

test('waiting for an answer is no work, but what was worked before and after it is', async () => {
  const answers: ((outcome: undefined) => void)[] = [];
  const trial = running(() => new Promise((resolve) => answers.push(resolve)));
  vi.advanceTimersByTime(600);
  trial.hear(EPOCH, false);
  vi.advanceTimersByTime(5000);
  expect([trial.signal.aborted, trial.seconds]).toEqual([false, 0.6]);
  expect(Atomics.load(trial.control, 0)).toBe(ANSWER.awaited);
  answers[0]?.(undefined);
  await vi.advanceTimersByTimeAsync(399);
  expect([trial.signal.aborted, Atomics.load(trial.control, 0)]).toEqual([false, ANSWER.goOn]);
  await vi.advanceTimersByTimeAsync(1);
  expect(trial.signal.aborted).toBe(true);
});

test('an outcome ends the trial, and later answers change nothing', () => {
  const trial = running(() => PRUNED);
  trial.hear(EPOCH, false);
  trial.answer(undefined);
  expect([trial.verdict, Atomics.load(trial.control, 0)]).toEqual([PRUNED, ANSWER.end]);
});

test('where all is stopped a trial is interrupted, unless its end is decided', () => {
  const undecided = running(() => undefined);
  undecided.hear(EPOCH, true);
  expect(undecided.verdict).toEqual({ status: 'interrupted', epoch: 1 });
  const decided = running(() => PRUNED);
  decided.hear(EPOCH, true);
  expect(decided.verdict).toEqual(PRUNED);
});

test('once it is trained no alarm goes off, and a stop does not change how it ends', () => {
  const trial = running(() => undefined);
  trial.untime();
  trial.answer({ status: 'interrupted', epoch: 1 });
  vi.advanceTimersByTime(5000);
  expect([trial.signal.aborted, trial.verdict]).toEqual([false, undefined]);
});

test('after its end no alarm goes off', () => {
  const trial = running(() => undefined);
  trial.end();
  vi.advanceTimersByTime(5000);
  expect([trial.signal.aborted, vi.getTimerCount()]).toEqual([false, 0]);
});
