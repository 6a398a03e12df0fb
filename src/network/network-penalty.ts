/** Puts the penalty of a network on the layers that it concerns. */
import { findCrossPenalty } from '../kernel/catalogue.ts';
import type { Operations } from '../kernel/operations.ts';
import { CrossPenalty } from './cross-penalty.ts';
import type { DenseLayer } from './dense-layer.ts';
import { findLayer, LABELS } from './layer-names.ts';
import { LayerPenalty } from './layer-penalty.ts';
import type { NetworkPenalty } from './network-options.ts';
import { OneHotLabels } from './one-hot-labels.ts';

/**
 * Puts a penalty on each penalised layer and, where it looks at two activations, on the other layer as well.
 *
 * Returns the labels that have to be written before each backward pass, or null where the penalty does not look at them.
 * Errors: ShapeError for an unknown penalty, a parameter that it does not have, or units that it cannot pair.
 */
export function attachPenalty(
  operations: Operations,
  layers: readonly DenseLayer[],
  penalty: NetworkPenalty | undefined,
): OneHotLabels | null {
  const penalized = layers.filter((layer) => layer.penalized);
  if (penalty === undefined || penalty.weight === 0 || penalized.length === 0) return null;
  const { type, against = '' } = penalty;
  if (findCrossPenalty(type) === undefined) {
    for (const layer of penalized) layer.penalty = new LayerPenalty(operations, layer.units, penalty);
    return null;
  }
  if (against === LABELS) {
    const labels = new OneHotLabels(layers.at(-1)!.units);
    for (const layer of penalized) layer.penalty = new CrossPenalty(operations, layer, labels, penalty);
    return labels;
  }
  const other = layers[findLayer(against, layers.length)!]!;
  for (const layer of penalized) {
    const between = new CrossPenalty(operations, layer, other, penalty);
    layer.penalty = between;
    other.opposing.push(between);
  }
  return null;
}
