/** Scores of standardized targets, worked out by hand over batches. */
import { expect, test } from 'vitest';
import type { TargetKind } from '../../src/data/task.ts';
import { createScorer } from '../../src/trial/scores.ts';
import { TOLERANCES } from '../tolerances.ts';

type Numbers = Extract<TargetKind, { kind: 'numbers' }>;

/** Scores of outputs for targets, samples x width each, in batches of one sample and the others. */
function scores(target: Numbers, outputs: readonly number[], targets: readonly number[]) {
  const scorer = createScorer(target);
  const { width } = target;
  const samples = targets.length / width;
  const batch = (first: number, end: number) => ({
    samples: end - first,
    loss: 1,
    outputs: Float64Array.from(outputs.slice(first * width, end * width)),
    targets: targets.slice(first * width, end * width),
  });
  scorer.add(batch(0, 1));
  scorer.add(batch(1, samples));
  return scorer.scores;
}

function expectScore(found: number | undefined, expected: number): void {
  expect(Math.abs((found as number) - expected)).toBeLessThan(TOLERANCES.summary);
}

test('standardized targets have the RMSE of the unit that they were given in, and the same R²', () => {
  const target = { kind: 'numbers', width: 2, deviations: [10, 0.5] } as const;
  const { r2, rmse } = scores(target, [1.5, 3, 2, 2, 5, 2], [1, 2, 2, 2, 6, 4]);
  // The second target: errors 1, 0, −2; squares 5; around the mean 8/3.
  expectScore(r2, (1 - 1.25 / 14 + (1 - 5 / (8 / 3))) / 2);
  expectScore(rmse, Math.sqrt((1.25 * 100 + 5 * 0.25) / 6));
});
