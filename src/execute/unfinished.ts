/** The record of a trial that brought no result. */
import { CovgradError } from '../errors.ts';
import { type EpochRecord, type Outcome, recordIdentity, type TrialRecord } from '../record/record.ts';
import type { TrialSpec } from '../record/trial-spec.ts';

/** A record for a trial that was begun at `startedAt` (milliseconds since 1970) and ends now, with the epochs it finished. */
export function unfinishedTrial(
  spec: TrialSpec,
  startedAt: number,
  outcome: Outcome,
  epochs: readonly EpochRecord[] = [],
): TrialRecord {
  return {
    ...recordIdentity(spec),
    outcome,
    epochs,
    timing: {
      startedAt: new Date(startedAt).toISOString(),
      seconds: (Date.now() - startedAt) / 1000,
      trainSeconds: 0,
    },
  };
}

/** What was thrown, as an outcome: plain data that survives the trip between threads. */
export function failedOutcome(error: unknown): Outcome {
  if (error instanceof CovgradError) return { status: 'failed', code: error.code, message: error.message };
  const code = error instanceof WebAssembly.RuntimeError ? 'KERNEL_TRAP' : 'UNEXPECTED';
  return { status: 'failed', code, message: String(error) };
}

/** The codes of a trial that failed because its worker died, and not by itself. */
const DEATHS: ReadonlySet<string> = new Set(['WORKER_DIED', 'WORKER_OUT_OF_MEMORY']);

/** What ended a worker before its trial, as an outcome. */
export function lostOutcome(error: unknown): Outcome {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    const remedy =
      'Use fewer samples or a smaller model, or give Node a larger heap (NODE_OPTIONS=--max-old-space-size).';
    return {
      status: 'failed',
      code: 'WORKER_OUT_OF_MEMORY',
      message: `the worker thread's heap was full. ${remedy}`,
    };
  }
  return {
    status: 'failed',
    code: 'WORKER_DIED',
    message: `the worker thread ended before the trial did (${message})`,
  };
}

/** Whether the same trial may well succeed when it is run again at once. */
export function workerDied(outcome: Outcome): boolean {
  return outcome.status === 'failed' && DEATHS.has(outcome.code);
}
