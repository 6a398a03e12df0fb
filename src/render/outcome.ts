/** How a trial ended, in a few words. */
import { printable } from '../printable.ts';
import type { Outcome, TrialRecord } from '../store/record.ts';

/** `complete`, `diverged in epoch 2`; `not trained` without a record. */
export function nameEnding(record: TrialRecord | undefined): string {
  if (record === undefined) return 'not trained';
  const { outcome } = record;
  return `${outcome.status}${'epoch' in outcome ? ` in epoch ${outcome.epoch}` : ''}`;
}

/** The same with the reason: `diverged in epoch 2: the training loss is NaN`. */
export function describeEnding(record: TrialRecord | undefined): string {
  return printable(nameEnding(record) + (record === undefined ? '' : reasonOf(record.outcome)));
}

function reasonOf(outcome: Outcome): string {
  if ('reason' in outcome) return `: ${outcome.reason}`;
  return 'message' in outcome ? ` (${outcome.code}): ${outcome.message}` : '';
}
