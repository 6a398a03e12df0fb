import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LONGEST_MS, startTimer } from '../src/timer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a timer that is longer than Node can wait fires at its time, not before', () => {
  const action = vi.fn();
  startTimer(2 * LONGEST_MS + 5, action);
  vi.advanceTimersByTime(2 * LONGEST_MS + 4);
  expect(action).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(action).toHaveBeenCalledTimes(1);
});

test('a timer that is stopped does not fire, in whichever of its parts it is', () => {
  const action = vi.fn();
  const stop = startTimer(LONGEST_MS + 5, action);
  vi.advanceTimersByTime(LONGEST_MS + 1);
  stop();
  vi.advanceTimersByTime(LONGEST_MS);
  expect(action).not.toHaveBeenCalled();
});
