/** Records with and without what later versions measure: both are read as they were written. */
import { describe, expect, test } from 'vitest';
import { checkStored, manifestSchema, type TrialRecord, trialRecordSchema } from '../../src/record/record.ts';
import { sampleManifest, sampleRecord } from '../store/samples.ts';

const GRADIENT = { penalty: 0.5, cosine: 0.25, strength: null };

function reread(record: TrialRecord): TrialRecord {
  const value: unknown = JSON.parse(JSON.stringify(record));
  return checkStored(trialRecordSchema, value, 'JOURNAL_DAMAGED', 'journal.jsonl:1');
}

describe('a record', () => {
  const [epoch] = sampleRecord(0).epochs;
  const [layer] = epoch!.layers;
  const measured = sampleRecord(0, {
    epochs: [{ ...epoch!, layers: [{ ...layer!, gradient: GRADIENT }] }],
    penalty: { weight: 0.1, start: { dense1: GRADIENT } },
    final: {
      dense1: {
        permuted: { permutations: 3, metrics: { 'mean-abs-correlation': 0.01, 'condition-number': null } },
        whitened: { samples: 64, metrics: { 'mean-abs-correlation': 0.02 } },
      },
    },
  });

  test('keeps gradients, the trained weight and what was measured at the end', () => {
    expect(reread(measured)).toEqual(measured);
  });

  test('of a version that measured none of it is read without', () => {
    const read = reread(sampleRecord(0));
    expect(read).toEqual(sampleRecord(0));
    expect(read).not.toHaveProperty('penalty');
    expect(read.epochs[0]?.layers[0]).not.toHaveProperty('gradient');
  });

  test('with a penalty that was not a number is read as not a number', () => {
    const broken = { ...GRADIENT, penalty: Number.NaN };
    const read = reread({ ...measured, penalty: { weight: 0.1, start: { dense1: broken } } });
    expect(read.penalty?.start.dense1?.penalty).toBeNaN();
  });
});

describe('a manifest', () => {
  const withPenalty = (penalty: object): unknown => {
    const { trials, ...rest } = sampleManifest();
    const changed = trials.map((trial) => ({ ...trial, experiment: { ...trial.experiment, penalty } }));
    return JSON.parse(JSON.stringify({ ...rest, trials: changed }));
  };
  const check = (value: unknown) => checkStored(manifestSchema, value, 'MANIFEST_DAMAGED', 'manifest.json');

  test('whose trials have a strength in place of a weight is read as it is', () => {
    const value = withPenalty({ type: 'decov', strength: 0.1 });
    expect(check(value)).toEqual(value);
  });

  test('whose trials have neither is refused', () => {
    expect(() => check(withPenalty({ type: 'decov' }))).toThrow('trials.0.experiment.penalty must be');
  });
});
