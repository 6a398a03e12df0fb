/** Sweeps that take no time, for the tests of everything that runs one. */
import { parseSweepConfig } from '../../src/config/load.ts';
import type { SweepConfig } from '../../src/config/schema.ts';
import type { TrialRecord } from '../../src/record/record.ts';

/** Four points and a baseline, two seeds each. */
export const SMALL_SWEEP = `
name: small
experiment:
  data: {source: synthetic, train_samples: 256, test_samples: 128, features: 8, classes: 3}
  model:
    - {dense: 8, penalized: true}
  training: {epochs: 2, batch_size: 32, optimizer: {type: sgd, learning_rate: 0.1}}
  penalty: {type: decov, weight: 0.1}
sweep:
  seeds: 2
  parameters:
    penalty.type: {values: [decov, mean-abs]}
    penalty.weight: {values: [0.1, 1]}
`;

/** Trials of {@link SMALL_SWEEP}. */
export const SMALL_TRIALS = 10;

/** {@link SMALL_SWEEP} with some of its text replaced. */
export function smallSweep(...replacements: readonly (readonly [string, string])[]): string {
  return replacements.reduce((text, [before, after]) => {
    if (!text.includes(before)) throw new Error(`the sweep does not hold ${before}`);
    return text.replace(before, after);
  }, SMALL_SWEEP);
}

export function smallConfig(text: string = SMALL_SWEEP): SweepConfig {
  return parseSweepConfig(text, 'small.yaml');
}

/** What must not depend on the machine's load: everything but the times. */
export function withoutTimes(records: readonly TrialRecord[]): Omit<TrialRecord, 'timing'>[] {
  return records.map(({ timing: _, ...record }) => record);
}
