/** Notices when a sweep cannot succeed: its first trials all fail, and in the same way. */
import { TrialError } from '../errors.ts';
import type { Outcome, TrialRecord } from '../record/record.ts';

/** Failures that are enough; one or two may be bad luck. */
const ENOUGH = 3;

export class FailureWatch {
  readonly #enough: number;
  #failures = 0;
  /** What all failures so far have in common; null once a trial has ended in any other way. */
  #reason: string | null | undefined;

  /** `trials`: how many there are to train. */
  constructor(trials: number) {
    this.#enough = Math.max(2, Math.min(ENOUGH, trials));
  }

  /** The error that ends the sweep, after the failure that makes it clear. */
  note({ outcome }: TrialRecord): TrialError | undefined {
    if (outcome.status === 'interrupted') return undefined;
    const reason = describeFailure(outcome);
    this.#reason = this.#reason === undefined || this.#reason === reason ? reason : null;
    if (this.#reason === null) return undefined;
    this.#failures += 1;
    if (this.#failures !== this.#enough) return undefined;
    return new TrialError(
      'ALL_TRIALS_FAILED',
      `sweep: a trial must succeed among the first, got ${this.#failures} that all failed in the same way: ${this.#reason}. ` +
        'Mend the cause and go on with --resume.',
      { failures: this.#failures, reason: this.#reason },
    );
  }
}

function describeFailure(outcome: Outcome): string | null {
  if (outcome.status === 'timeout') return 'each took longer than trial_timeout';
  return outcome.status === 'failed' ? `${outcome.message.replace(/\.$/, '')} (${outcome.code})` : null;
}
