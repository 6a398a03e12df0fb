import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { measureImportance } from '../../src/compare/importance.ts';
import { expectClose } from './expect-close.ts';
import { type HandMadePoint, handMadeRun } from './hand-made-run.ts';

function importanceOf(points: readonly HandMadePoint[]): ReturnType<typeof measureImportance> {
  const { rows } = compareRuns([handMadeRun(points)]);
  return measureImportance(rows, 'mean-abs-correlation');
}

function point(type: string, weight: number, correlation: number): HandMadePoint {
  return { penalty: [type, weight], trials: [{ accuracy: 0.9, correlation }] };
}

describe('the importance of a parameter', () => {
  test('is its share of the variance between the points', () => {
    // Mean 3; Σ(x − 3)² = 4 + 1 + 1 + 4 = 10. Types: means 1.5 and 4.5, 2·1.5² + 2·1.5² = 9. Weights: 2.5, 3.5: 1.
    const { parameters, points } = importanceOf([
      point('mean', 1, 1),
      point('mean', 2, 2),
      point('decov', 1, 4),
      point('decov', 2, 5),
    ]);
    expect(points).toBe(4);
    expect(parameters.map(({ parameter }) => parameter)).toEqual(['penalty.type', 'penalty.weight']);
    expectClose(parameters[0]?.share ?? null, 0.9);
    expectClose(parameters[1]?.share ?? null, 0.1);
    expectClose(parameters[0]?.byChance ?? null, 1 / 3);
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
    expect(parameters[0]).toMatchObject({ parameter: 'penalty.weight', groups: 4 });
    expectClose(parameters[0]?.share ?? null, 0);
  });

  test('is zero for every parameter where the metric never changes', () => {
    expect(
      importanceOf([point('mean', 1, 1), point('decov', 1, 1)]).parameters.map(({ share }) => share),
    ).toEqual([0]);
  });
});
