import { expect, test } from 'vitest';
import { RemainingTime } from '../../src/cli/remaining.ts';
import { expectClose } from '../compare/expect-close.ts';

test('nothing is said before anything is known', () => {
  expect(new RemainingTime().estimate(10, [{ share: 0, seconds: 5 }], 2)).toBeUndefined();
});

test('before the first trial has ended, the running ones are extrapolated', () => {
  // A quarter of a trial in 5 s makes 20 s: three trials to come, and three quarters of the running one.
  expect(new RemainingTime().estimate(3, [{ share: 0.25, seconds: 5 }], 1)).toBe(75);
});

test('threads share the work, but not the last trials', () => {
  const remaining = new RemainingTime();
  remaining.add(10);
  const fresh = { share: 0, seconds: 0 };
  expect(remaining.estimate(6, [fresh, fresh], 2)).toBe(40);
  expect(remaining.estimate(0, [fresh, { share: 1, seconds: 10 }], 2)).toBe(10);
});

test('it settles: trials of equal length leave it where it is, and one of many moves it a sixteenth of the way', () => {
  const remaining = new RemainingTime();
  for (let trial = 0; trial < 40; trial += 1) remaining.add(10);
  expectClose(remaining.estimate(1, [], 1), 10);
  remaining.add(26);
  expectClose(remaining.estimate(1, [], 1), 11);
});
