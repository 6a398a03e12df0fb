/** Weights of the classes of a data set in the loss of its training. */
import type { Dataset } from '../data/dataset.ts';

/**
 * The weights as they are given, or of `balanced` samples/(c·samples of the class) with c the classes that the training samples have,
 * and 0 of a class that they lack. Undefined where every class counts alike.
 */
export function classWeightsOf(
  given: 'balanced' | readonly number[] | undefined,
  { target, train }: Pick<Dataset, 'target' | 'train'>,
): readonly number[] | undefined {
  if (given !== 'balanced') return given;
  if (target.kind !== 'classes' || train.targets === null) return undefined;
  const counts = new Array<number>(target.classes).fill(0);
  for (let s = 0; s < train.samples; s++) counts[train.targets[s]!]! += 1;
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 0 : train.samples / (present * count)));
}
