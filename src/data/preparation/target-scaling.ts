/** Standardization of the targets of a regression, fitted on the training split. */
import { DataError } from '../../errors.ts';
import type { SourceSplit } from '../source.ts';
import type { TargetKind } from '../task.ts';
import { applyInPlace, moments } from './affine.ts';

/**
 * Standardizes the targets of splits in place, the training split first, to mean 0 and deviation 1 of each column; the kind of
 * the targets then has the deviations, so that errors can be told in the unit of the targets.
 *
 * Errors: DataError DATA_TASK where the targets are no numbers.
 */
export function standardizeTargets(
  splits: readonly [SourceSplit, ...SourceSplit[]],
  target: TargetKind,
): TargetKind {
  const [{ targets }] = splits;
  if (target.kind !== 'numbers' || !(targets instanceof Float32Array)) {
    throw new DataError(
      'DATA_TASK',
      `data.standardize_targets: it must go with numbers as targets, got ${target.kind === 'inputs' ? 'none' : target.kind}. Leave it out.`,
    );
  }
  const fitted = moments(targets, target.width);
  for (const split of splits) applyInPlace(split.targets as Float32Array, fitted);
  return { ...target, deviations: [...fitted.extent] };
}
