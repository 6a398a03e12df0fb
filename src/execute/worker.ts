/** What a worker thread does: train trials, one after another, on a kernel instance of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Kernel } from '../kernel/kernel.ts';
import type { EpochRecord, TrialRecord } from '../record/record.ts';
import { runTrial } from '../trial/trial.ts';
import { instantiate } from './kernel-source.ts';
import { ANSWER, type ThreadMessage, type ThreadSetup, type TrialTask } from './messages.ts';
import { failedOutcome, unfinishedTrial } from './unfinished.ts';

/** Messages between threads have no back-pressure, and nobody reads faster than this. */
const PROGRESS_INTERVAL_MS = 200;

let kernel: Kernel | undefined;

/** Train one trial; whatever goes wrong comes back as the record's outcome. */
export function trainInThread({ key, spec, dataset, answer }: TrialTask): TrialRecord {
  const { kernel: source, stopFlag, trialTimeout } = workerData as ThreadSetup;
  const startedAt = Date.now();
  const tell = (message: Omit<ThreadMessage, 'key'>): void => parentPort?.postMessage({ key, ...message });
  const epochs: EpochRecord[] = [];
  let reportedAt = Number.NEGATIVE_INFINITY;
  try {
    kernel ??= instantiate(source);
    return runTrial(kernel, spec, dataset, {
      timeoutSeconds: trialTimeout,
      shouldStop: () => Atomics.load(stopFlag, 0) !== 0,
      onProgress(progress) {
        const now = performance.now();
        if (now - reportedAt < PROGRESS_INTERVAL_MS) return;
        reportedAt = now;
        tell({ progress });
      },
      onTrained: () => tell({ trained: true }),
      onEpoch(epoch) {
        epochs.push(epoch);
        Atomics.store(answer, 0, ANSWER.awaited);
        tell({ epoch });
        Atomics.wait(answer, 0, ANSWER.awaited);
        const ended = Atomics.load(answer, 0) === ANSWER.end;
        return ended ? { status: 'interrupted', epoch: epoch.epoch } : undefined;
      },
    });
  } catch (error) {
    // Its memory may be half written, and what the trial allocated is lost: the next trial gets a fresh one.
    kernel = undefined;
    return unfinishedTrial(spec, startedAt, failedOutcome(error), epochs);
  }
}
