/** What happens in a sweep, and how it ends. */

import type { EpochRecord, Manifest, Outcome, TrialRecord } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import type { RunChange } from '../store/run.ts';
import type { TrialProgress } from '../trial/trial.ts';

/** What happens in a sweep, as it happens. */
export type SweepEvent =
  /** A large sweep is being planned: so many points of at most as many; every two seconds while it lasts. */
  | { readonly type: 'planning'; readonly points: number; readonly most: number }
  | {
      readonly type: 'planned';
      readonly manifest: Manifest;
      /** Trials at work at the same time. */
      readonly concurrency: number;
      /** The latest records of the trials that an earlier sitting has finished. */
      readonly finished: readonly TrialRecord[];
      /** Trials that are known so far, those of the manifest among them. */
      readonly trials: number;
      /** What has changed since an earlier sitting, where anything has. */
      readonly change?: RunChange | undefined;
      /** What a user should know of the data although nothing is wrong, ready to print. */
      readonly notes?: readonly string[];
    }
  /** A search has chosen its next point. */
  | { readonly type: 'trialsProposed'; readonly trials: readonly TrialSpec[] }
  | { readonly type: 'trialStarted'; readonly spec: TrialSpec; readonly attempt: number }
  | { readonly type: 'trialProgress'; readonly spec: TrialSpec; readonly progress: TrialProgress }
  /** All epochs but a trial's last, which comes with its record. */
  | { readonly type: 'epochFinished'; readonly spec: TrialSpec; readonly epoch: EpochRecord }
  /** The worker of a trial died; it is begun anew. */
  | { readonly type: 'trialRetried'; readonly spec: TrialSpec; readonly record: TrialRecord }
  | { readonly type: 'trialFinished'; readonly spec: TrialSpec; readonly record: TrialRecord }
  | { readonly type: 'stopping'; readonly reason: StopReason }
  | { readonly type: 'finished'; readonly result: SweepResult };

/** Why a sweep stops before all its trials are trained. */
export type StopReason =
  /** From outside. */
  | { readonly why: 'signal' }
  /** The sitting has taken as long as it may. Running trials end after the epoch they are in. */
  | { readonly why: 'max-time'; readonly seconds: number }
  /** A point has reached the target: its last trial, and its mean over the seeds. Running trials are trained to their end. */
  | { readonly why: 'target'; readonly trial: string; readonly value: number };

/** How a sweep ended. */
export interface SweepResult {
  readonly directory: string;
  /** Trials by their latest outcome; `missing` are those that were never begun. */
  readonly trials: Readonly<Record<Outcome['status'] | 'missing', number>>;
  /** True when it was stopped with trials left to train. There is then no comparison yet. */
  readonly interrupted: boolean;
  /** Why it was stopped: with trials left, or by its target. */
  readonly stopped?: StopReason | undefined;
}
