/** How a trial ended, in a few words. */
import { printable } from '../printable.ts';
import type { Outcome, TrialRecord } from '../record/record.ts';
import { formatPair } from './number.ts';

/** `complete`, `diverged in epoch 2`; `not trained` without a record. */
export function nameEnding(record: TrialRecord | undefined): string {
  if (record === undefined) return 'not trained';
  const { outcome, earlyStopping } = record;
  if (earlyStopping?.stopped === true) return `${outcome.status}, ${describeStopping(record)}`;
  return `${outcome.status}${'epoch' in outcome ? ` in epoch ${outcome.epoch}` : ''}`;
}

/** `stopped after epoch 7, best in epoch 4`; empty of a trial without early stopping. */
export function describeStopping({ earlyStopping }: Pick<TrialRecord, 'earlyStopping'>): string {
  if (earlyStopping === undefined) return '';
  const { best, last, stopped } = earlyStopping;
  return `${stopped ? 'stopped' : 'ended'} after epoch ${last}, best in epoch ${best}`;
}

/** The same with the reason: `diverged in epoch 2: the training loss is NaN`. */
export function describeEnding(record: TrialRecord | undefined): string {
  return printable(nameEnding(record) + (record === undefined ? '' : reasonOf(record.outcome)));
}

function reasonOf(outcome: Outcome): string {
  switch (outcome.status) {
    case 'diverged':
      return `: ${outcome.reason}`;
    case 'pruned': {
      const [own, other] = formatPair(outcome.value, outcome.threshold);
      return `: ${own}, lost to ${outcome.lostTo} with ${other}`;
    }
    case 'timeout':
      return `: took ${outcome.seconds.toFixed(1)} s`;
    case 'failed':
      return ` (${outcome.code}): ${outcome.message}`;
    default:
      return '';
  }
}
