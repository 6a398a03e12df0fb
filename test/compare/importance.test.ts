import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { measureImportance } from '../../src/compare/importance.ts';
import { expectClose, expectProbability } from './expect-close.ts';
import { type HandMadePoint, handMadeRun } from './hand-made-run.ts';

function importanceOf(points: readonly HandMadePoint[]): ReturnType<typeof measureImportance> {
  const { rows } = compareRuns([handMadeRun(points)]);
  return measureImportance(rows, 'mean-abs-correlation');
}

function point(
  type: string,
  weight: number,
  correlation: number,
  settings: HandMadePoint['settings'] = {},
): HandMadePoint {
  return { penalty: [type, weight], settings, trials: [{ accuracy: 0.9, correlation }] };
}

/** Points of one penalty at one weight that differ in one setting. */
function along(path: string, values: readonly (readonly [value: number | string, correlation: number])[]) {
  return values.map(([value, correlation]) => point('decov', 1, correlation, { [path]: value }));
}

describe('the importance of a parameter', () => {
  test('is its share of the variance between the points', () => {
    // Mean 3; Σ(x − 3)² = 4 + 1 + 1 + 4 = 10. Types: means 1.5 and 4.5, 2·1.5² + 2·1.5² = 9. Weights: 2.5, 3.5: 1.
    const { parameters, points, unknown } = importanceOf([
      point('mean', 1, 1),
      point('mean', 2, 2),
      point('decov', 1, 4),
      point('decov', 2, 5),
    ]);
    expect(points).toBe(4);
    expect(parameters.map(({ parameter }) => parameter)).toEqual(['penalty.type', 'penalty.weight']);
    expectClose(parameters[0]?.share, 0.9);
    expectClose(parameters[1]?.share, 0.1);
    expect(unknown).toEqual([]);
  });

  // Two groups of four points: Beta(1/2, 1), whose distribution is sqrt(x); three of five: Beta(1, 1), which is x.
  test('stands beside what chance stays below in 95 of 100 cases', () => {
    const four = importanceOf(
      along(
        'data.x',
        [1, 1, 2, 2].map((value, index) => [value, index]),
      ),
    );
    expectProbability(four.parameters[0]?.byChance, 0.95 ** 2);
    const five = importanceOf(
      along(
        'data.x',
        ['a', 'a', 'b', 'b', 'c'].map((value, index) => [value, index]),
      ),
    );
    expectProbability(five.parameters[0]?.byChance, 0.95);
  });

  test('does not count the baseline, nor points that lack a seed', () => {
    const { points } = importanceOf([
      { penalty: null, trials: [{ accuracy: 1, correlation: 100 }] },
      point('mean', 1, 1),
      point('decov', 1, 2),
      { penalty: ['decov', 2], trials: [null] },
    ]);
    expect(points).toBe(2);
  });

  test('of numbers that hardly repeat is that of their ranges, or it would be all', () => {
    const { parameters } = importanceOf(
      Array.from({ length: 16 }, (_, index) => point('decov', index + 1, index % 2)),
    );
    expect(parameters[0]).toMatchObject({ parameter: 'penalty.weight', groups: 4, ranges: true });
    expectClose(parameters[0]?.share, 0);
  });

  test('of weights a thousand times apart is that of the same weights one apart', () => {
    const of = (weightOf: (index: number) => number) =>
      importanceOf(Array.from({ length: 9 }, (_, index) => point('decov', weightOf(index), index ** 2)))
        .parameters;
    expect(of((index) => 10 ** (3 * index - 12))).toEqual(of((index) => index));
    expect(of((index) => index)[0]).toMatchObject({ groups: 3 });
  });

  test('of few values is by these values, and by ranges of equally many points where one value is frequent', () => {
    const even = importanceOf(
      along(
        'data.x',
        [1, 1, 2, 2, 30, 30].map((value) => [value, value]),
      ),
    );
    expect(even.parameters[0]).toMatchObject({ groups: 3, ranges: false, share: 1 });
    // Nine points, six values: the three lowest points share the range of their one value.
    const frequent = importanceOf(
      along(
        'data.x',
        [1, 1, 1, 2, 3, 4, 5, 6, 7].map((value, index) => [value, index < 3 ? 0 : 1]),
      ),
    );
    expect(frequent.parameters[0]).toMatchObject({ groups: 3, ranges: true });
    expectClose(frequent.parameters[0]?.share, 1);
  });

  test('that exists under a condition is measured among the points that have it', () => {
    const { parameters, points } = importanceOf([
      point('mean', 1, 90),
      point('mean', 1, 110),
      ...along('penalty.gamma', [
        [1, 0],
        [1, 2],
        [2, 4],
        [2, 6],
      ]),
    ]);
    expect(points).toBe(6);
    // Mean 3; Σ(x − 3)² = 9 + 1 + 1 + 9 = 20; between the means 1 and 5: 4·2² = 16. The points without it do not count.
    const gamma = parameters.find(({ parameter }) => parameter === 'penalty.gamma');
    expect(gamma).toMatchObject({ points: 4, groups: 2 });
    expectClose(gamma?.share, 0.8);
  });

  test('of which no two points share a value is not to be told: it would explain everything', () => {
    const words = importanceOf(
      along(
        'data.x',
        ['a', 'b', 'c'].map((value, index) => [value, index]),
      ),
    );
    expect(words).toMatchObject({ parameters: [], unknown: ['data.x'] });
    const two = importanceOf([point('decov', 1, 0), point('decov', 2, 1)]);
    expect(two).toMatchObject({ points: 2, parameters: [], unknown: ['penalty.weight'] });
  });

  test('is none for what all points share', () => {
    expect(importanceOf([point('decov', 1, 0), point('decov', 1, 1)])).toMatchObject({
      parameters: [],
      unknown: [],
    });
  });

  test('is zero for every parameter where the metric never changes', () => {
    const { parameters } = importanceOf([point('mean', 1, 1), point('decov', 1, 1), point('decov', 1, 1)]);
    expect(parameters.map(({ share }) => share)).toEqual([0]);
  });
});
