import { expect, test } from 'vitest';
import { createPruner } from '../../src/plan/pruner.ts';
import type { EpochRecord, Outcome, TrialRecord } from '../../src/record/record.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { Referee } from '../../src/sweep/referee.ts';
import { sampleManifest, sampleRecord } from '../store/samples.ts';

const OBJECTIVE = { name: 'test.loss', goal: 'minimize' } as const;

/** With two trials the better one goes on, with four the better two. */
function createReferee(): Referee {
  return new Referee(createPruner({ type: 'asha', min_iter: 1, eta: 2 }, OBJECTIVE), OBJECTIVE);
}

function trial(index: number, changes: Partial<TrialSpec> = {}): TrialSpec {
  const [spec] = sampleManifest().trials as [TrialSpec];
  const { training } = spec.experiment;
  const experiment = { ...spec.experiment, training: { ...training, epochs: 4 } };
  return { ...spec, id: `t${index}`, index, seed: 0, experiment, ...changes };
}

function epoch(number: number, loss: number): EpochRecord {
  const [sample] = sampleRecord(0).epochs as [EpochRecord];
  return { ...sample, epoch: number, test: { loss, accuracy: 0 } };
}

function record(losses: readonly number[], outcome: Outcome = { status: 'complete' }): TrialRecord {
  return sampleRecord(0, { outcome, epochs: losses.map((loss, at) => epoch(at + 1, loss)) });
}

/** What a promise says by now. */
async function settled(answer: unknown): Promise<unknown> {
  return Promise.race([answer, new Promise((resolve) => setImmediate(resolve, 'waits'))]);
}

const DEFEAT = { status: 'pruned', epoch: 1, rung: 0, value: 2, threshold: 1, lostTo: 't0', pruner: 'asha' };

test('a trial that lags behind an earlier one is pruned, and told against whom it lost', () => {
  const referee = createReferee();
  referee.begin(trial(0));
  referee.begin(trial(1));
  expect(referee.judge(trial(0), epoch(1, 1))).toBeUndefined();
  expect(referee.judge(trial(1), epoch(1, 2))).toEqual(DEFEAT);
});

test('the decision does not depend on who comes first: a trial waits for those before it in the plan', async () => {
  const referee = createReferee();
  referee.begin(trial(0));
  referee.begin(trial(1));
  const answer = referee.judge(trial(1), epoch(1, 2));
  expect(await settled(answer)).toBe('waits');
  // The earlier one never waits, and is not compared with the later one although that is better.
  expect(referee.judge(trial(0), epoch(1, 1))).toBeUndefined();
  expect(await settled(answer)).toEqual(DEFEAT);
});

test('a trial waits for one that ends before the rung no longer than to its end', async () => {
  for (const [outcome, expected] of [
    [{ status: 'failed', code: 'X', message: '' }, undefined],
    [{ status: 'timeout', epoch: 0, seconds: 1 }, undefined],
    [{ status: 'diverged', epoch: 1, step: 1, reason: '' }, undefined],
  ] as const) {
    const referee = createReferee();
    referee.begin(trial(0));
    referee.begin(trial(1));
    const answer = referee.judge(trial(1), epoch(1, 2));
    expect(await settled(answer)).toBe('waits');
    referee.end(trial(0), record([], outcome));
    expect(await settled(answer)).toBe(expected);
  }
});

test.each([
  ['failed', { status: 'failed', code: 'X', message: '' }],
  ['took too long', { status: 'timeout', epoch: 1, seconds: 1 }],
] as const)(
  'a trial that %s counts as far as it came, whether it ends before or after another asks',
  (_, outcome) => {
    for (const first of ['ends', 'is asked for']) {
      const referee = createReferee();
      referee.begin(trial(0));
      void referee.judge(trial(0), epoch(1, 1));
      if (first === 'ends') referee.end(trial(0), record([1], outcome));
      referee.begin(trial(1));
      expect(referee.judge(trial(1), epoch(1, 2))).toEqual(DEFEAT);
      if (first !== 'ends') referee.end(trial(0), record([1], outcome));
      referee.end(trial(1), record([2], DEFEAT as Outcome));
      // Nobody is known at the next rung.
      referee.begin(trial(2));
      void referee.judge(trial(2), epoch(1, 0));
      expect(referee.judge(trial(2), epoch(2, 9))).toBeUndefined();
    }
  },
);

test('where all is stopped nobody is judged without a trial that was interrupted before the rung', async () => {
  const referee = createReferee();
  referee.begin(trial(0));
  referee.begin(trial(1));
  referee.begin(trial(2));
  void referee.judge(trial(0), epoch(1, 1));
  const waiting = referee.judge(trial(2), epoch(1, 2));
  referee.end(trial(1), record([], { status: 'interrupted', epoch: 0 }));
  expect(await settled(waiting)).toBe('waits');
  referee.begin(trial(3));
  expect(await settled(referee.judge(trial(3), epoch(1, 2)))).toBe('waits');
});

test('a trial is compared with those of its own seed alone', () => {
  const referee = createReferee();
  referee.begin(trial(0, { seed: 7 }));
  referee.begin(trial(1));
  expect(referee.judge(trial(1), epoch(1, 2))).toBeUndefined();
});

test('a baseline is never pruned, and nobody loses to it', () => {
  const referee = createReferee();
  const baseline = trial(0, { baseline: true });
  referee.begin(baseline);
  referee.end(baseline, { ...record([0, 0, 0, 0]), baseline: true });
  referee.begin(trial(1));
  expect(referee.judge(trial(1), epoch(1, 2))).toBeUndefined();
  const late = trial(2, { baseline: true });
  referee.begin(late);
  expect(referee.judge(late, epoch(1, 99))).toBeUndefined();
});

test('between the rungs nothing is decided', () => {
  const referee = createReferee();
  referee.end(trial(0), record([1, 1, 1, 1]));
  referee.begin(trial(1));
  expect(referee.judge(trial(1), epoch(1, 1))).toBeUndefined();
  expect(referee.judge(trial(1), epoch(2, 1))).toBeUndefined();
  expect(referee.judge(trial(1), epoch(3, 9))).toBeUndefined();
});

test('what was measured before a resume counts, also of trials that were pruned', () => {
  const referee = createReferee();
  referee.end(trial(0), record([1, 1, 1, 1]));
  referee.end(trial(1), record([1.5], DEFEAT as Outcome));
  referee.begin(trial(2));
  expect(referee.judge(trial(2), epoch(1, 2))).toEqual(DEFEAT);
});

test('a trial that begins anew is held to what it measures then', () => {
  const referee = createReferee();
  referee.begin(trial(0));
  void referee.judge(trial(0), epoch(1, 1));
  referee.begin(trial(0));
  void referee.judge(trial(0), epoch(1, 3));
  referee.begin(trial(1));
  expect(referee.judge(trial(1), epoch(1, 2))).toBeUndefined();
});
