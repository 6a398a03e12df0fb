/** Schedules: values of an independent implementation, warm-up, and what they stand for. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { SCHEDULES, type Schedule, scheduled, scheduleOf, targetOf } from '../../src/schedule/schedules.ts';
import { TOLERANCES } from '../tolerances.ts';

const rate = scheduled({ above: 0 });

/** A schedule with its defaults filled in. */
function schedule(settings: object): Schedule {
  return rate.parse(settings) as Schedule;
}

const { steps, stepsPerEpoch, cases } = JSON.parse(
  readFileSync(new URL('../reference/schedules.json', import.meta.url), 'utf8'),
) as {
  steps: number;
  stepsPerEpoch: number;
  cases: { schedule: object; values: number[] }[];
};

describe('the values are those of PyTorch', () => {
  it.each(cases)('$schedule', ({ schedule: settings, values }) => {
    const valueAt = scheduleOf(schedule(settings), { steps, stepsPerEpoch });
    for (const [step, expected] of values.entries()) {
      expect(Math.abs(valueAt(step) - expected), `step ${step}`).toBeLessThanOrEqual(
        TOLERANCES.schedule * 0.1,
      );
    }
  });

  it('there are some of every kind but the constant one', () => {
    const kinds = new Set(cases.map(({ schedule: settings }) => schedule(settings).schedule));
    expect([...kinds, 'constant'].sort()).toEqual(SCHEDULES.map(({ name }) => name).sort());
  });
});

describe('warm-up', () => {
  it('rises in equal steps to where the schedule begins, which then runs over the steps after it', () => {
    const valueAt = scheduleOf(schedule({ schedule: 'linear', initial: 8, warmup_epochs: 1 }), {
      steps: 12,
      stepsPerEpoch: 4,
    });
    const values = Array.from({ length: 12 }, (_, step) => valueAt(step));
    expect(values).toEqual([2, 4, 6, 8, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it('is rounded to whole steps, and is no longer than the training', () => {
    const constant = schedule({ schedule: 'constant', initial: 1, warmup_epochs: 0.5 });
    const half = scheduleOf(constant, { steps: 10, stepsPerEpoch: 5 });
    expect([0, 1, 2, 3].map(half)).toEqual([1 / 3, 2 / 3, 1, 1]);
    const longer = scheduleOf({ ...constant, warmup_epochs: 9 }, { steps: 4, stepsPerEpoch: 4 });
    expect([0, 1, 2, 3].map(longer)).toEqual([0.25, 0.5, 0.75, 1]);
  });
});

test('a number is the same at every step, and a training of one step has a finite value of every kind', () => {
  expect(scheduleOf(0.3, { steps: 9, stepsPerEpoch: 3 })(8)).toBe(0.3);
  const settings = [...cases.map(({ schedule: each }) => each), { schedule: 'constant', initial: 1 }];
  for (const each of settings) {
    for (const epochs of [0, 1]) {
      const valueAt = scheduleOf(
        { ...schedule(each), warmup_epochs: epochs },
        { steps: 1, stepsPerEpoch: 1 },
      );
      expect(Number.isFinite(valueAt(0))).toBe(true);
    }
  }
});

test.each([
  [{ schedule: 'linear', final: 2 }, 2],
  [{ schedule: 'cosine', initial: 3, final: 1 }, 3],
  [{ schedule: 'exponential', initial: 1, final: 4 }, 4],
  [{ schedule: 'one-cycle', peak: 5 }, 5],
  [{ schedule: 'step', initial: 6, every_epochs: 1 }, 6],
  [{ schedule: 'constant', initial: 7, warmup_epochs: 1 }, 7],
])('%o stands for its largest value, %d', (settings, expected) => {
  const value = schedule(settings);
  expect(targetOf(value)).toBe(expected);
  const valueAt = scheduleOf(value, { steps: 1000, stepsPerEpoch: 100 });
  const largest = Math.max(...Array.from({ length: 1000 }, (_, step) => valueAt(step)));
  expect(largest).toBeLessThanOrEqual(expected * (1 + TOLERANCES.schedule));
  expect(largest).toBeGreaterThan(0.99 * expected);
});
