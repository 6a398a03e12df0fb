/** Where trials run: on the threads of this machine (pool.ts), or on anything else that fulfils this interface. */

import type { EpochRecord, Outcome, TrialRecord } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import type { TrialProgress } from '../trial/trial.ts';

/** Follows one trial while it runs. */
export interface TrialWatcher {
  onProgress(progress: TrialProgress): void;
  /**
   * Told of every finished epoch but the last. The trial waits for the answer, however long it takes, and so no decision
   * depends on how fast messages travel; an outcome ends the trial there. After `stop` it waits no longer: the answer to
   * a trial that must be compared with one that was interrupted never comes.
   */
  onEpoch(epoch: EpochRecord): Outcome | undefined | Promise<Outcome | undefined>;
}

/** Runs trials, each from its own description. */
export interface Executor {
  /** How many trials run at once; further ones wait for their turn. */
  readonly concurrency: number;
  /**
   * Train one trial.
   *
   * Errors: never rejects for what happens to a trial; a trial that cannot be trained is a record with the outcome `failed`.
   */
  run(spec: TrialSpec, watcher: TrialWatcher): Promise<TrialRecord>;
  /** End the running trials after the epoch they are in, and those that wait at once, as `interrupted`. Stays in force. */
  stop(): void;
  /** Wait for the trials that were given, then give everything back. */
  close(): Promise<void>;
}
