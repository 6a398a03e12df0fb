import { expect, test } from 'vitest';
import type { Outcome } from '../../src/record/record.ts';
import { FailureWatch } from '../../src/sweep/failures.ts';
import { sampleRecord } from '../store/samples.ts';

const failed = (message: string): Outcome => ({ status: 'failed', code: 'WORKER_DIED', message });
const COMPLETE: Outcome = { status: 'complete' };

function noteAll(trials: number, ...outcomes: Outcome[]): (string | undefined)[] {
  const watch = new FailureWatch(trials);
  return outcomes.map((outcome) => watch.note(sampleRecord(0, { outcome }))?.message);
}

test('three first failures of one kind end the sweep, and say so once', () => {
  const said = noteAll(
    10,
    failed('it broke.'),
    failed('it broke.'),
    failed('it broke.'),
    failed('it broke.'),
  );
  expect(said).toEqual([
    undefined,
    undefined,
    'sweep: a trial must succeed among the first, got 3 that all failed in the same way: it broke (WORKER_DIED). ' +
      'Mend the cause and go on with --resume.',
    undefined,
  ]);
});

test.each([
  ['one trial that is complete', [COMPLETE, failed('a'), failed('a'), failed('a')]],
  ['different reasons', [failed('a'), failed('b'), failed('a'), failed('a')]],
  ['a complete one in between', [failed('a'), failed('a'), COMPLETE, failed('a')]],
  [
    'a trial that diverged',
    [{ status: 'diverged', epoch: 1, step: 1, reason: 'x' } as const, failed('a'), failed('a'), failed('a')],
  ],
])('%s keep it going', (_, outcomes) => {
  expect(noteAll(10, ...outcomes)).toEqual(Array(4).fill(undefined));
});

test('an interruption is neither success nor failure', () => {
  const interrupted: Outcome = { status: 'interrupted', epoch: 1 };
  expect(noteAll(10, failed('a'), interrupted, failed('a'), failed('a'))[3]).toContain('3 that all failed');
});

test('trials that all take too long count as one kind', () => {
  const timeouts = [1, 2, 3].map((seconds): Outcome => ({ status: 'timeout', epoch: 0, seconds }));
  expect(noteAll(10, ...timeouts)[2]).toContain('longer than trial_timeout');
});

test('of two trials both must fail, and the only one is no pattern', () => {
  expect(noteAll(2, failed('a'), failed('a'))[1]).toContain('2 that all failed');
  expect(noteAll(1, failed('a'))).toEqual([undefined]);
});
