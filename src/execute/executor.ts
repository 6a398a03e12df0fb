/** Where trials run: on the threads of this machine (pool.ts), or on anything else that fulfils this interface. */
import type { TrialSpec } from '../plan/plan.ts';
import type { TrialRecord } from '../store/record.ts';
import type { TrialProgress } from '../trial/trial.ts';

/** Runs trials, each from its own description. */
export interface Executor {
  /** How many trials run at once; further ones wait for their turn. */
  readonly concurrency: number;
  /**
   * Train one trial.
   *
   * Errors: never rejects for what happens to a trial; a trial that cannot be trained is a record with the outcome `failed`.
   */
  run(spec: TrialSpec, onProgress: (progress: TrialProgress) => void): Promise<TrialRecord>;
  /** End the running trials at their next step, and those that wait at once, as `interrupted`. Stays in force. */
  stop(): void;
  /** Wait for the trials that were given, then give everything back. */
  close(): Promise<void>;
}
