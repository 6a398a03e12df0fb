/** How a trial ended, in a few words. */
import { printable } from '../printable.ts';
import type { Outcome, TrialRecord } from '../store/record.ts';

/** `complete`, `diverged in epoch 2: the training loss is NaN`; `not trained` without a record. */
export function describeEnding(record: TrialRecord | undefined): string {
  if (record === undefined) return 'not trained';
  const { outcome } = record;
  const epoch = 'epoch' in outcome ? ` in epoch ${outcome.epoch}` : '';
  return printable(`${outcome.status}${epoch}${reasonOf(outcome)}`);
}

function reasonOf(outcome: Outcome): string {
  if ('reason' in outcome) return `: ${outcome.reason}`;
  return 'message' in outcome ? ` (${outcome.code}): ${outcome.message}` : '';
}
