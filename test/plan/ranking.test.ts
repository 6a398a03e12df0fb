/** The order of points by their results: what diverged or was ended early never comes first. */
import { describe, expect, test } from 'vitest';
import type { SweepGoal } from '../../src/config/schema.ts';
import { orderPoints } from '../../src/plan/ranking.ts';
import type { Outcome, TrialRecord } from '../../src/record/record.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { finishedTrial } from './finished-trial.ts';

const LOSS: SweepGoal = { name: 'test.loss', goal: 'minimize' };
const ACCURACY: SweepGoal = { name: 'test.accuracy', goal: 'maximize' };
const spec = { id: 'a-s0', point: 'a', baseline: false, seed: 0, settings: {} } as TrialSpec;

function trial(loss: number, accuracy = 0, outcome?: Outcome, epochs?: number): TrialRecord {
  return finishedTrial(spec, loss, accuracy, outcome, epochs);
}

const DIVERGED: Outcome = { status: 'diverged', epoch: 1, step: 3, reason: 'the loss' };
const FAILED: Outcome = { status: 'failed', code: 'OUT_OF_MEMORY', message: 'none left' };
// Another part of covgrad writes this one.
const PRUNED = { status: 'pruned', epoch: 1 } as unknown as Outcome;

describe('with one goal', () => {
  test('points come by their means over the seeds', () => {
    const points = [
      [trial(3), trial(3)],
      [trial(1), trial(2)],
      [trial(0), trial(5)],
    ];
    expect(orderPoints(points, [LOSS])).toEqual([1, 2, 0]);
    expect(orderPoints([[trial(0, 0.1)], [trial(0, 0.9)]], [ACCURACY])).toEqual([1, 0]);
  });

  test('points that came to nothing are last, however good they looked, and ended ones before them', () => {
    const points = [
      [trial(-9, 1, DIVERGED), trial(0)],
      [trial(-8, 1, PRUNED, 2)],
      [trial(Number.NaN)],
      [trial(5, 0)],
      [trial(-7, 1, PRUNED, 4)],
      [trial(-6, 1, FAILED)],
      [trial(4, 0)],
    ];
    expect(orderPoints(points, [LOSS])).toEqual([6, 3, 4, 1, 0, 2, 5]);
  });
});

describe('with several goals', () => {
  test('a point comes after all that are better in every one', () => {
    const points = [
      [trial(2, 0.5)],
      [trial(1, 0.9)],
      [trial(3, 0.95)],
      [trial(4, 0.4)],
      [trial(0, 1, DIVERGED)],
    ];
    const [first, second, ...rest] = orderPoints(points, [LOSS, ACCURACY]);
    expect([first, second].toSorted()).toEqual([1, 2]);
    expect(rest).toEqual([0, 3, 4]);
  });
});
