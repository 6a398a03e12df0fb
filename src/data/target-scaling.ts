/** Targets of a regression with mean 0 and deviation 1, fitted on the training samples. */
import type { SourceSplit } from './source.ts';
import type { TargetKind } from './task.ts';

/**
 * Standardizes the targets of every split in place, each column by its mean and deviation over the first split; a column
 * that never changes becomes 0. What is returned also knows the deviations, so that errors can be told in the unit of the
 * targets.
 */
export function standardizeTargets(
  splits: readonly [SourceSplit, ...SourceSplit[]],
  target: Extract<TargetKind, { kind: 'numbers' }>,
): TargetKind {
  const { width } = target;
  const [{ samples, targets: first }] = splits;
  const mean = new Float64Array(width);
  for (let i = 0; i < samples * width; i++) mean[i % width]! += first![i]! / samples;
  const variance = new Float64Array(width);
  for (let i = 0; i < samples * width; i++)
    variance[i % width]! += (first![i]! - mean[i % width]!) ** 2 / samples;
  const deviations = Array.from(variance, (square) => Math.sqrt(square) || 1);
  for (const { targets } of splits) {
    for (let i = 0; i < targets!.length; i++) {
      targets![i] = (targets![i]! - mean[i % width]!) / deviations[i % width]!;
    }
  }
  return { ...target, deviations };
}
