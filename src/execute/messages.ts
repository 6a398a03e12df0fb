/** What a pool and its threads tell one another. */
import type { Dataset } from '../data/dataset.ts';
import type { EpochRecord } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import type { TrialProgress } from '../trial/trial.ts';
import type { KernelSource } from './kernel-source.ts';

/** Given to a thread once, when it starts. */
export interface ThreadSetup {
  readonly kernel: KernelSource;
  /** One shared number: other than 0 asks the running trial to end after its epoch. */
  readonly stopFlag: Int32Array<SharedArrayBuffer>;
  /** Seconds that one trial may take. */
  readonly trialTimeout?: number | undefined;
}

/** Given to a thread for each trial. The data set's numbers are shared, not copied. */
export interface TrialTask {
  /** Names the trial in messages. */
  readonly key: number;
  readonly spec: TrialSpec;
  readonly dataset: Dataset;
  /** One shared number, an {@link ANSWER}: a thread that trains hears no messages. */
  readonly answer: Int32Array<SharedArrayBuffer>;
}

/** What a trial is told about an epoch. The outcome of one that ends is filled in by whoever told it. */
export const ANSWER = { awaited: 0, goOn: 1, end: 2 } as const;

/** Sent by a thread while a trial runs. After an epoch it waits for its answer. */
export interface ThreadMessage {
  readonly key: number;
  readonly progress?: TrialProgress;
  readonly epoch?: EpochRecord;
  /** True once when all epochs are done. */
  readonly trained?: boolean;
}
