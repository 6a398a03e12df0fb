/** Records of trials that were never trained, with the results that a test wants. */

import { type Outcome, recordIdentity, type TrialRecord } from '../../src/record/record.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';

/** A record whose one epoch has this test loss and test accuracy. */
export function finishedTrial(
  spec: TrialSpec,
  loss: number,
  accuracy = 0,
  outcome: Outcome = { status: 'complete' },
  epochs = 1,
): TrialRecord {
  return {
    ...recordIdentity(spec),
    outcome,
    epochs: Array.from({ length: epochs }, (_, index) => ({
      epoch: index + 1,
      train: { loss, penalty: 0, accuracy },
      test: { loss, accuracy },
      layers: [],
    })),
    timing: { startedAt: '2026-01-01T00:00:00.000Z', seconds: 1, trainSeconds: 1 },
  };
}
