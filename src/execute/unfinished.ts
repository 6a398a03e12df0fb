/** The record of a trial that brought no result. */
import { CovgradError } from '../errors.ts';
import type { TrialSpec } from '../plan/plan.ts';
import { type Outcome, SCHEMA_VERSION, type TrialRecord } from '../store/record.ts';

/** A record without epochs for a trial that was begun at `startedAt` (milliseconds since 1970) and ends now. */
export function unfinishedTrial(spec: TrialSpec, startedAt: number, outcome: Outcome): TrialRecord {
  const { id, point, baseline, seed, settings } = spec;
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'trial',
    id,
    point,
    baseline,
    seed,
    settings,
    outcome,
    epochs: [],
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
