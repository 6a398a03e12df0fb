/** Scores of a split from the answers of its batches, against values worked out by hand or by scikit-learn's formulas. */
import { describe, expect, test } from 'vitest';
import type { TargetKind } from '../../src/data/task.ts';
import { QUALITIES, qualitiesOf } from '../../src/record/quality.ts';
import type { Scores } from '../../src/record/record.ts';
import { createScorer } from '../../src/trial/scores.ts';
import { TOLERANCES } from '../tolerances.ts';

/** Scores of rows of outputs, in batches of these sizes. */
function scoresOf(
  target: TargetKind,
  outputs: readonly (readonly number[])[],
  targets: readonly (readonly number[])[],
  batches: readonly number[] = [outputs.length],
  losses: readonly number[] = batches.map(() => 1),
): Scores {
  const scorer = createScorer(target);
  let first = 0;
  for (const [index, samples] of batches.entries()) {
    scorer.add({
      samples,
      loss: losses[index]!,
      outputs: Float64Array.from(outputs.slice(first, first + samples).flat()),
      targets: targets.slice(first, first + samples).flat(),
    });
    first += samples;
  }
  return scorer.scores;
}

function expectNear(value: number | undefined, expected: number): void {
  expect(Math.abs((value ?? Number.NaN) - expected)).toBeLessThanOrEqual(
    TOLERANCES.summary * Math.max(1, Math.abs(expected)),
  );
}

const CLASSES = { kind: 'classes', classes: 4 } as const;
const ONE = { kind: 'numbers', width: 1 } as const;
const TWO = { kind: 'numbers', width: 2 } as const;

describe('of classes', () => {
  // Labels 0 three times, 1 and 2 once; class 3 does not occur, but is answered once.
  const outputs = [
    [2, 1, 0, 0],
    [0, 1, 2, 0],
    [0, 0, 0, 5],
    [0, 3, 0, 0],
    [1, 1, 1, 0],
  ];
  const labels = [[0], [0], [0], [1], [2]];

  test('accuracy is the share of all samples, balanced accuracy the mean over the classes that occur', () => {
    const { accuracy, 'balanced-accuracy': balanced } = scoresOf(CLASSES, outputs, labels);
    expectNear(accuracy, 2 / 5);
    // The last sample ties: the lowest class, 0, is the answer.
    expectNear(balanced, (1 / 3 + 1 + 0) / 3);
  });

  test('the loss is weighted by the samples of the batches, which change nothing else', () => {
    const whole = scoresOf(CLASSES, outputs, labels, [5], [0.5]);
    const parts = scoresOf(CLASSES, outputs, labels, [2, 3], [1, 0.5]);
    expectNear(parts.loss, (2 * 1 + 3 * 0.5) / 5);
    expect({ ...parts, loss: 0 }).toEqual({ ...whole, loss: 0 });
  });
});

describe('of numbers', () => {
  // scikit-learn's documentation of r2_score: 0.948… and, of two targets, 0.938….
  test('R² is what scikit-learn documents for r2_score', () => {
    const y = [[3], [-0.5], [2], [7]];
    const predicted = [[2.5], [0], [2], [8]];
    const { r2, rmse } = scoresOf(ONE, predicted, y);
    // Σ(y − ŷ)² = 1.5, Σ(y − ȳ)² = 29.1875.
    expectNear(r2, 1 - 1.5 / 29.1875);
    expectNear(rmse, Math.sqrt(1.5 / 4));
  });

  test('R² of several targets is the mean of theirs, and RMSE is over all numbers', () => {
    const y = [
      [0.5, 1],
      [-1, 1],
      [7, -6],
    ];
    const predicted = [
      [0, 2],
      [-1, 2],
      [8, -5],
    ];
    const { r2, rmse } = scoresOf(TWO, predicted, y, [1, 2]);
    // Column by column: errors 1.25 of 37.1666…, and 3 of 32.6666….
    expectNear(r2, (1 - 1.25 / (50.25 - 6.5 ** 2 / 3) + 1 - 3 / (38 - 16 / 3)) / 2);
    expectNear(rmse, Math.sqrt(4.25 / 6));
  });

  test('a mean far from 0 costs no digits', () => {
    const y = [3, -0.5, 2, 7].map((value) => [value + 2 ** 40]);
    const predicted = [2.5, 0, 2, 8].map((value) => [value + 2 ** 40]);
    expectNear(scoresOf(ONE, predicted, y, [2, 2]).r2, 1 - 1.5 / 29.1875);
  });

  test('the mean of the targets has the R² 0, and what is worse is below it', () => {
    const y = [[1], [2], [3]];
    expect(scoresOf(ONE, [[2], [2], [2]], y).r2).toBe(0);
    expect(scoresOf(ONE, [[3], [2], [1]], y).r2).toBe(-3);
    expect(scoresOf(ONE, y, y)).toEqual({ loss: 1, r2: 1, rmse: 0 });
  });

  test('a target that never changes has the R² 1 where it is met and else 0, as in scikit-learn', () => {
    const y = [[4], [4], [4]];
    expect(scoresOf(ONE, y, y)).toEqual({ loss: 1, r2: 1, rmse: 0 });
    expect(scoresOf(ONE, [[4], [5], [4]], y).r2).toBe(0);
    const both = y.map(([constant], i) => [constant!, i]);
    const missed = both.map(([constant, other]) => [constant! + 1, other!]);
    expect(scoresOf(TWO, both, both).r2).toBe(1);
    expect(scoresOf(TWO, missed, both).r2).toBe(0.5);
  });

  test('RMSE is in the unit in which the targets were given, R² is of none', () => {
    const y = [[-1], [0], [1]];
    const standardized = { ...ONE, deviations: [3] };
    const plain = scoresOf(ONE, [[-1], [0], [0]], y);
    expect(scoresOf(standardized, [[-1], [0], [0]], y)).toEqual({ ...plain, rmse: 3 * plain.rmse! });
  });
});

describe('of inputs', () => {
  test('the reconstruction loss is the mean squared difference', () => {
    const x = [
      [0, 0.5],
      [1, 1],
    ];
    const made = [
      [0.5, 0.5],
      [1, 0],
    ];
    const { loss, 'reconstruction-loss': reconstruction } = scoresOf(
      { kind: 'inputs' },
      made,
      x,
      [1, 1],
      [3, 5],
    );
    expect([loss, reconstruction]).toEqual([4, (0.25 + 1) / 4]);
  });
});

describe('every score', () => {
  test('is a metric of quality of its task, and none is missing', () => {
    const kinds: TargetKind[] = [CLASSES, ONE, { kind: 'inputs' }];
    const found = kinds.map((target) => Object.keys(scoresOf(target, [[1, 0, 0, 0]], [[0, 0, 0, 0]])));
    expect(found).toEqual(kinds.map((target) => ['loss', ...qualitiesOf(target).map(({ name }) => name)]));
    expect(QUALITIES.map(({ name }) => name)).toEqual(found.flat().filter((name) => name !== 'loss'));
  });
});
