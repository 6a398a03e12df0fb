import { describe, expect, test } from 'vitest';
import { learningCurves } from '../../src/compare/curves.ts';
import { expectClose } from './expect-close.ts';
import { handMadeRun } from './hand-made-run.ts';

describe('a learning curve', () => {
  test('is the mean over the seeds after each epoch', () => {
    // Hand-made trials reach 0.5 in their first epoch.
    const run = handMadeRun([
      {
        penalty: null,
        trials: [
          { accuracy: 0.9, correlation: 0.2 },
          { accuracy: 0.8, correlation: 0.3 },
        ],
      },
    ]);
    const [curve] = learningCurves([run], 'test.accuracy');
    expect(curve).toMatchObject({ run: 'by-hand', point: 'p0', seeds: 2 });
    expectClose(curve?.values[0] ?? null, 0.5);
    expectClose(curve?.values[1] ?? null, 0.85);
  });

  test('has a gap where a seed has no value, and none where no trial has an epoch', () => {
    const run = handMadeRun([
      {
        penalty: null,
        trials: [
          { accuracy: 0.9, correlation: 0.2 },
          { accuracy: 0.8, correlation: null },
        ],
      },
      { penalty: ['decov', 1], trials: [{ status: 'interrupted', epoch: 1 }] },
    ]);
    const curves = learningCurves([run], 'mean-abs-correlation');
    expect(curves.map(({ values }) => values)).toEqual([[null, null]]);
  });

  test('leaves out a trial that did not finish beside one that did, and shows how far it came alone', () => {
    const run = handMadeRun([
      {
        penalty: null,
        trials: [
          { accuracy: 0.9, correlation: 0.2 },
          { accuracy: 0.7, correlation: 0.2 },
        ],
      },
    ]);
    const [complete, other] = run.records;
    if (complete === undefined || other === undefined) throw new Error('two trials were made');
    const diverged = {
      ...other,
      epochs: other.epochs.slice(0, 1),
      outcome: { status: 'diverged', epoch: 2, step: 9, reason: 'NaN' },
    } as const;
    const values = (records: typeof run.records): unknown =>
      learningCurves([{ ...run, records }], 'test.accuracy')[0]?.values;
    expect(values([complete, diverged])).toEqual([0.5, 0.9]);
    expect(values([diverged])).toEqual([0.5]);
  });
});
