/** Decisions of the pruners against cases that were worked out by hand. */
import { describe, expect, test } from 'vitest';
import type { EarlyTerminate } from '../../src/config/early-terminate.ts';
import { type Course, createPruner, type Decision, type History } from '../../src/plan/pruner.ts';
import type { Objective } from '../../src/record/objective.ts';

const LOSS: Objective = { name: 'test.loss', goal: 'minimize' };
const ACCURACY: Objective = { name: 'test.accuracy', goal: 'maximize' };

/** Trials a, b, c… with one course each. */
function history(...courses: readonly (readonly number[] | Course)[]): History {
  return new Map(
    courses.map((course, at) => [
      String.fromCharCode('a'.charCodeAt(0) + at),
      'diverged' in course ? course : { values: course, diverged: false },
    ]),
  );
}

const diverged = (...values: number[]): Course => ({ values, diverged: true });
const lost = (lostTo: string, value: number, threshold: number, rung = 0): Decision => ({
  prune: true,
  lostTo,
  value,
  threshold,
  rung,
});
const goesOn: Decision = { prune: false };

describe('the rungs', () => {
  test.each<[string, EarlyTerminate, number, number[]]>([
    [
      'of hyperband rise from min_iter by eta',
      { type: 'hyperband', min_iter: 1, eta: 3, strict: false },
      28,
      [1, 3, 9, 27],
    ],
    [
      'of hyperband fall from max_iter by eta, s times',
      { type: 'hyperband', max_iter: 27, s: 2, eta: 3, strict: false },
      27,
      [3, 9],
    ],
    [
      'of hyperband with max_iter below one epoch are none',
      { type: 'hyperband', max_iter: 9, s: 4, eta: 3, strict: false },
      9,
      [1, 3],
    ],
    [
      'of hyperband are whole epochs',
      { type: 'hyperband', max_iter: 10, s: 2, eta: 3, strict: false },
      10,
      [1, 3],
    ],
    ['of asha rise from min_iter by eta', { type: 'asha', min_iter: 2, eta: 2 }, 17, [2, 4, 8, 16]],
    ['of asha end at max_iter', { type: 'asha', min_iter: 1, max_iter: 4, eta: 2 }, 17, [1, 2, 4]],
    [
      'by a factor of 1.5 are whole and distinct',
      { type: 'asha', min_iter: 1, eta: 1.5 },
      8,
      [1, 2, 3, 5, 7],
    ],
    [
      'of the median are all epochs from min_iter',
      { type: 'median', min_iter: 3, min_trials: 1 },
      6,
      [3, 4, 5],
    ],
    ['leave out the last epoch', { type: 'asha', min_iter: 3, eta: 3 }, 9, [3]],
    ['of a trial that is over before are none', { type: 'median', min_iter: 5, min_trials: 1 }, 3, []],
  ])('%s', (_, section, epochs, expected) => {
    expect(createPruner(section, LOSS).rungs(epochs)).toEqual(expected);
  });
});

describe('hyperband', () => {
  const section = { type: 'hyperband', min_iter: 1, eta: 3, strict: false } as const;
  const decide = (others: History, epoch: number, value: number, objective = LOSS): Decision =>
    createPruner(section, objective).decide(others, 'x', epoch, value);

  test('lets the first trial of a rung go on', () => {
    expect(decide(history(), 1, 9)).toEqual(goesOn);
  });

  test('lets number floor(n/eta) + 1 of n go on, and ends what is worse', () => {
    // Two of them: floor(2/3) + 1 is the best.
    expect(decide(history([1]), 1, 2)).toEqual(lost('a', 2, 1));
    expect(decide(history([2]), 1, 1)).toEqual(goesOn);
    // Six of them: floor(6/3) + 1 is the third best.
    const five = history([5], [1], [4], [2], [6]);
    expect(decide(five, 1, 3)).toEqual(goesOn);
    expect(decide(five, 1, 4.5)).toEqual(lost('c', 4.5, 4));
  });

  test('lets equals go on', () => {
    expect(decide(history([1], [1]), 1, 1)).toEqual(goesOn);
  });

  test('compares at the same epoch, and with those alone that have come to it', () => {
    const others = history([1, 1, 9], [1, 1], [2, 2, 8]);
    expect(decide(others, 3, 8.5)).toEqual(goesOn);
    expect(decide(others, 3, 9.5)).toEqual(lost('a', 9.5, 9, 1));
  });

  test('takes more for better where the metric is to be maximized', () => {
    expect(decide(history([0.9]), 1, 0.8, ACCURACY)).toEqual(lost('a', 0.8, 0.9));
    expect(decide(history([0.7]), 1, 0.8, ACCURACY)).toEqual(goesOn);
  });

  test('counts a trial that diverged as worst, also at rungs that it did not reach', () => {
    // Three of them, a and b diverged: the second best is b or c without a value; nothing lags behind it.
    expect(decide(history(diverged(), diverged(1)), 3, 5)).toEqual(goesOn);
    // Left out, a would make the fourth of four the second of two.
    expect(decide(history(diverged(), diverged(), [1, 1, 1]), 3, 5)).toEqual(goesOn);
  });

  test('ends a trial without a value where there is a threshold, and not where nobody has one', () => {
    expect(decide(history([1]), 1, Number.NaN)).toEqual(lost('a', Number.NaN, 1));
    expect(decide(history([Number.NaN]), 1, Number.NaN)).toEqual(goesOn);
  });

  test('strict lets one in eta go on, and always one', () => {
    const strict = createPruner({ ...section, strict: true }, LOSS);
    // Six of them: two go on.
    const five = history([5], [1], [4], [2], [6]);
    expect(strict.decide(five, 'x', 1, 3)).toEqual(lost('d', 3, 2));
    expect(strict.decide(five, 'x', 1, 1.5)).toEqual(goesOn);
    expect(strict.decide(history([1]), 'x', 1, 0.5)).toEqual(goesOn);
  });
});

describe('asha', () => {
  const asha = createPruner({ type: 'asha', min_iter: 1, eta: 2 }, LOSS);

  test('lets the better half of each rung go on', () => {
    expect(asha.decide(history([1, 5]), 'x', 2, 6)).toEqual(lost('a', 6, 5, 1));
    expect(asha.decide(history([1], [2], [3]), 'x', 1, 2)).toEqual(goesOn);
    expect(asha.decide(history([1], [2], [3]), 'x', 1, 2.5)).toEqual(lost('b', 2.5, 2));
  });
});

describe('the median rule', () => {
  const median = createPruner({ type: 'median', min_iter: 2, min_trials: 3 }, LOSS);

  test('ends nothing before enough trials have come as far', () => {
    expect(median.decide(history([1, 1], [1, 1], [1]), 'x', 2, 100)).toEqual(goesOn);
  });

  test('ends a trial that is worse than the median of the others', () => {
    const three = history([1, 1], [1, 2], [1, 3]);
    expect(median.decide(three, 'x', 2, 2)).toEqual(goesOn);
    expect(median.decide(three, 'x', 2, 2.5)).toEqual(lost('b', 2.5, 2));
  });

  test('of an even number of others takes the mean of the two in the middle', () => {
    const four = history([1, 1], [1, 2], [1, 4], [1, 5]);
    expect(median.decide(four, 'x', 2, 3)).toEqual(goesOn);
    expect(median.decide(four, 'x', 2, 3.5)).toEqual(lost('b', 3.5, 3));
  });

  test('holds the best that a trial has had against it', () => {
    const others = history([1, 1], [1, 2], [1, 3]);
    const own = new Map([...others, ['x', { values: [1.5, 9], diverged: false }]]);
    expect(median.decide(own, 'x', 2, 9)).toEqual(goesOn);
  });

  test('counts those that diverged as worst', () => {
    expect(median.decide(history([1, 1], diverged(), diverged()), 'x', 2, 100)).toEqual(goesOn);
    expect(median.decide(history([1, 1], [1, 2], diverged()), 'x', 2, 100)).toEqual(lost('b', 100, 2));
  });
});
