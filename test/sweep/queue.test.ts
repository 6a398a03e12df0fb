import { expect, test } from 'vitest';
import type { Planner } from '../../src/plan/planner.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { TrialQueue } from '../../src/sweep/queue.ts';
import { sampleManifest, sampleRecord } from '../store/samples.ts';

const [sample] = sampleManifest().trials as [TrialSpec];
const trial = (id: string): TrialSpec => ({ ...sample, id });
const plan = { trials: [trial('a'), trial('b')], points: 1, duplicates: 0, impossible: 0 } as Planner['plan'];

/** Answers one after another, then nothing. */
function scripted(...answers: ReturnType<Planner['propose']>[]): Planner & { asked: number } {
  return {
    plan,
    asked: 0,
    propose() {
      const answer = answers[this.asked];
      this.asked += 1;
      return answer;
    },
  };
}

function createQueue(planner: Planner, ...records: Parameters<typeof sampleRecord>[1][]) {
  const proposed: string[] = [];
  const queue = new TrialQueue(
    planner,
    plan.trials,
    records.map((record) => sampleRecord(0, record)),
    (trials) => proposed.push(...trials.map(({ id }) => id)),
  );
  return { queue, proposed };
}

const idOf = (next: ReturnType<TrialQueue['next']>): string | undefined =>
  typeof next === 'object' ? next.id : next;

test('what has a result is not trained again, what was interrupted, failed or took too long is', () => {
  for (const [outcome, expected] of [
    [{ status: 'complete' }, 'b'],
    [{ status: 'diverged', epoch: 1, step: 1, reason: '' }, 'b'],
    [{ status: 'pruned', epoch: 1, value: 1, threshold: 0, lostTo: 'x', pruner: 'asha' }, 'b'],
    [{ status: 'interrupted', epoch: 1 }, 'a'],
    [{ status: 'timeout', epoch: 1, seconds: 1 }, 'a'],
    [{ status: 'failed', code: 'X', message: '' }, 'a'],
  ] as const) {
    expect(idOf(createQueue(scripted(), { id: 'a', outcome }).queue.next())).toBe(expected);
  }
});

test('a planner is asked when the plan is used up, and not again when it has no more', () => {
  const planner = scripted([trial('c'), trial('d')], [trial('e')]);
  const { queue, proposed } = createQueue(planner);
  expect([1, 2].map(() => idOf(queue.next()))).toEqual(['a', 'b']);
  expect([planner.asked, proposed]).toEqual([0, []]);
  expect([1, 2, 3, 4, 5].map(() => idOf(queue.next()))).toEqual(['c', 'd', 'e', undefined, undefined]);
  expect([planner.asked, proposed]).toEqual([3, ['c', 'd', 'e']]);
});

test('looking ahead loses no point, tells of none too early, and a wait is asked for again', () => {
  const { queue, proposed } = createQueue(scripted([trial('c')]));
  expect([queue.grows, queue.grows, proposed]).toEqual([true, true, []]);
  expect([1, 2, 3].map(() => idOf(queue.next()))).toEqual(['a', 'b', 'c']);
  expect([queue.grows, proposed]).toEqual([false, ['c']]);

  const waiting = createQueue(scripted('wait', [trial('c')])).queue;
  expect(waiting.grows).toBe(true);
  expect([1, 2, 3].map(() => idOf(waiting.next()))).toEqual(['a', 'b', 'c']);
});

test('a proposed trial that has a result already is passed over', () => {
  const planner = scripted([trial('c')], [trial('d')]);
  const { queue } = createQueue(planner, { id: 'c', outcome: { status: 'complete' } });
  expect([1, 2, 3, 4].map(() => idOf(queue.next()))).toEqual(['a', 'b', 'd', undefined]);
});
