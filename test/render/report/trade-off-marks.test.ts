import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../../src/compare/compare.ts';
import { CORRELATION } from '../../../src/record/measures.ts';
import {
  type TradeOffMark,
  tradeOffMarks,
  withoutFarPoints,
} from '../../../src/render/report/trade-off-marks.ts';
import { expectClose } from '../../compare/expect-close.ts';
import { exampleRun } from '../../compare/hand-made-run.ts';

const METRICS = [
  { name: CORRELATION, unit: '', goal: 'minimize' },
  { name: 'test.accuracy', unit: 'fraction', goal: 'maximize' },
] as const;

describe('the trade-off', () => {
  test('has the front first, from the least correlated point on, each with its letter', () => {
    const marks = tradeOffMarks(compareRuns([exampleRun()]), METRICS);
    // Accuracy 95.95, 97.80 and 97.975 %; every other point is beaten by one of them.
    expect(marks.filter(({ onFront }) => onFront).map(({ letter, name }) => `${letter} ${name}`)).toEqual([
      'A decov at 1',
      'B decov at 0.1',
      'C squared-correlation at 0.1',
    ]);
    expect(marks.slice(3).every(({ onFront, letter }) => !onFront && letter === null)).toBe(true);
  });

  test('has no point that lacks a seed, and the baseline without a type', () => {
    const marks = tradeOffMarks(compareRuns([exampleRun()]), METRICS);
    const names = marks.map(({ name }) => name);
    expect(names).toContain('baseline');
    expect(names).not.toContain('decov at 10');
    expect(names).not.toContain('smooth-abs at 1');
    expect(marks.find(({ name }) => name === 'baseline')?.type).toBeNull();
  });

  test('places means and intervals in the unit of the axis', () => {
    const marks = tradeOffMarks(compareRuns([exampleRun()]), METRICS);
    const { x, y } = marks.find(({ name }) => name === 'decov at 0.1') ?? {};
    expectClose(x?.mean ?? null, 0.061);
    expectClose(y?.mean ?? null, 97.8);
    expectClose(y?.low ?? null, 97.8 - 12.706204736 * 0.1);
    expectClose(y?.high ?? null, 97.8 + 12.706204736 * 0.1);
  });
});

describe('a closer look', () => {
  const at = (x: number, y: number): TradeOffMark => {
    const exactly = (mean: number) => ({ mean, low: mean, high: mean });
    return { name: `${x} ${y}`, type: null, letter: null, onFront: false, x: exactly(x), y: exactly(y) };
  };
  const crowd = [
    at(0.1, 97.2),
    at(0.16, 97.4),
    at(0.14, 97.3),
    at(0.12, 97.1),
    at(0.13, 97),
    at(0.11, 97.25),
  ];

  test('leaves out points far off in either metric, one after the other, on either side', () => {
    expect(withoutFarPoints([at(0.14, 88), ...crowd, at(5, 97.2), at(0.1, 95)])).toEqual(crowd);
    expect(withoutFarPoints([...crowd, at(0.14, 99.9)])).toEqual(crowd);
  });

  test('is none where no point lies far off, or where only a few would be left', () => {
    expect(withoutFarPoints(crowd)).toBeNull();
    expect(withoutFarPoints([...crowd.slice(1), at(0.1, 50)])).toBeNull();
    expect(withoutFarPoints([at(0.1, 97), at(0.1, 97)])).toBeNull();
    expect(withoutFarPoints([])).toBeNull();
  });
});
