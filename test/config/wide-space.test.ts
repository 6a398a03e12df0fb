/** Spaces of very many parameters: their check takes no longer than their points. */
import { expect, test } from 'vitest';
import { withValuesAt } from '../../src/config/point.ts';
import { dimensionsOf, gridPoints, type Space } from '../../src/config/space.ts';
import { withValueAt } from '../../src/schema/value-at.ts';

const parameter = (index: number, values: unknown[], when?: Record<string, number>) => ({
  path: `p${index}`,
  segments: [`p${index}`],
  values: { values },
  when,
});

test('the points of thousands of parameters need no deeper stack', () => {
  const parameters = Array.from({ length: 5000 }, (_, index) =>
    parameter(index, index === 4999 ? [1, 2] : [0]),
  );
  const space: Space = { experiment: {}, dimensions: dimensionsOf(parameters) };
  expect([...gridPoints(space)].map((choice) => [choice.length, choice.at(-1)?.value])).toEqual([
    [5000, 1],
    [5000, 2],
  ]);
});

test('a parameter whose condition does not hold makes no points of its own', () => {
  const parameters = [parameter(1, [1, 2, 3], { p0: 1 }), parameter(0, [0, 1]), parameter(2, [7, 8])];
  const space: Space = { experiment: {}, dimensions: dimensionsOf(parameters) };
  expect([...gridPoints(space)].map((choice) => choice.map(({ value }) => value).join(' '))).toEqual([
    '0 7',
    '0 8',
    '1 1 7',
    '1 1 8',
    '1 2 7',
    '1 2 8',
    '1 3 7',
    '1 3 8',
  ]);
});

test('many values at once are set as one after another, and what they do not touch is shared', () => {
  const whole = { a: { b: 1, c: [{ d: 1 }, { d: 2 }] }, e: { f: 1 }, g: 'text' };
  const values: [string[], unknown][] = [
    [['a', 'c', '1', 'd'], 5],
    [['a', 'c', '7'], 5],
    [['a', 'c', 'length'], 5],
    [['a', 'b'], undefined],
    [['g', 'h'], null],
    [['new', '__proto__', 'x'], 1],
    [['a', 'c', '0', 'other'], 'value'],
  ];
  const before = JSON.stringify(whole);
  const one = values.reduce<unknown>((current, [path, value]) => withValueAt(current, path, value), whole);
  const all = withValuesAt(whole, values) as typeof whole;
  expect(JSON.stringify(all)).toBe(JSON.stringify(one));
  expect(JSON.stringify(whole)).toBe(before);
  expect(all.e).toBe(whole.e);
  expect(Object.hasOwn({}, 'x') || 'x' in {}).toBe(false);
});
