/** What a worker thread does: train trials, one after another, on a kernel instance of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Dataset } from '../data/dataset.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { TrialSpec } from '../plan/plan.ts';
import type { TrialRecord } from '../store/record.ts';
import { runTrial, type TrialProgress } from '../trial/trial.ts';
import { instantiate, type KernelSource } from './kernel-source.ts';
import { failedOutcome, unfinishedTrial } from './unfinished.ts';

/** Given to a thread once, when it starts. */
export interface ThreadSetup {
  readonly kernel: KernelSource;
  /** One shared number: other than 0 asks the running trial to end at its next step. */
  readonly stopFlag: Int32Array<SharedArrayBuffer>;
}

/** Given to a thread for each trial. The data set's numbers are shared, not copied. */
export interface TrialTask {
  /** Names the trial in progress messages. */
  readonly key: number;
  readonly spec: TrialSpec;
  readonly dataset: Dataset;
}

/** Sent by a thread while a trial runs. */
export interface ProgressMessage {
  readonly key: number;
  readonly progress: TrialProgress;
}

/** Messages between threads have no back-pressure, and nobody reads faster than this. */
const PROGRESS_INTERVAL_MS = 200;

let kernel: Kernel | undefined;

/** Train one trial; whatever goes wrong comes back as the record's outcome. */
export function trainInThread({ key, spec, dataset }: TrialTask): TrialRecord {
  const { kernel: source, stopFlag } = workerData as ThreadSetup;
  const startedAt = Date.now();
  let reportedAt = Number.NEGATIVE_INFINITY;
  try {
    kernel ??= instantiate(source);
    return runTrial(kernel, spec, dataset, {
      shouldStop: () => Atomics.load(stopFlag, 0) !== 0,
      onProgress(progress) {
        const now = performance.now();
        if (now - reportedAt < PROGRESS_INTERVAL_MS) return;
        reportedAt = now;
        parentPort?.postMessage({ key, progress } satisfies ProgressMessage);
      },
    });
  } catch (error) {
    // Its memory may be half written, and what the trial allocated is lost: the next trial gets a fresh one.
    kernel = undefined;
    return unfinishedTrial(spec, startedAt, failedOutcome(error));
  }
}
