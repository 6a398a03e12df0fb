/** Puts the penalty of a network on the layers that it concerns. */
import { ShapeError } from '../errors.ts';
import { findCrossPenalty } from '../kernel/catalogue.ts';
import type { Operations } from '../kernel/operations.ts';
import { rowsProblem } from './against.ts';
import { CrossPenalty } from './cross-penalty.ts';
import { LABELS, OUTPUT } from './layer-names.ts';
import { LayerPenalty } from './layer-penalty.ts';
import type { NetworkPenalty } from './network-options.ts';
import { OneHotLabels } from './one-hot-labels.ts';
import type { Tap } from './tap.ts';

/**
 * Puts a penalty on each penalised layer and, where it looks at two activations, on the other layer as well.
 *
 * Returns the labels that have to be written before each backward pass, or null where the penalty does not look at them.
 * Errors: ShapeError for an unknown penalty, a parameter that it does not have, or units that it cannot pair.
 */
export function attachPenalty(
  operations: Operations,
  taps: readonly Tap[],
  outputs: number,
  penalty: NetworkPenalty | undefined,
): OneHotLabels | null {
  const penalized = taps.filter(({ listed }) => listed.penalized);
  if (penalty === undefined || penalty.weight === 0 || penalized.length === 0) return null;
  const { type, against = '' } = penalty;
  if (findCrossPenalty(type) === undefined) {
    for (const tap of penalized) tap.penalty = new LayerPenalty(operations, tap.units, penalty);
    return null;
  }
  const problem = rowsProblem(
    against,
    taps.map(({ listed }) => listed),
  );
  if (problem !== undefined)
    throw new ShapeError('ROWS_MISMATCH', `penalty.against: it ${problem}.`, { against });
  if (against === LABELS) {
    const labels = new OneHotLabels(outputs);
    for (const tap of penalized) tap.penalty = new CrossPenalty(operations, tap, labels, penalty);
    return labels;
  }
  const other = against === OUTPUT ? taps.at(-1)! : taps.find(({ listed }) => listed.name === against)!;
  for (const tap of penalized) {
    const between = new CrossPenalty(operations, tap, other, penalty);
    tap.penalty = between;
    other.opposing.push(between);
  }
  return null;
}
