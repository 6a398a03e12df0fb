/** What a penalty on two activations can be set against: the labels, the outputs, or a layer that is not penalized itself. */
import { type CrossPenaltyDefinition, findCrossPenalty } from '../kernel/catalogue.ts';
import { describeValue } from '../printable.ts';
import { closestName } from '../suggestion.ts';
import { findLayer, LABELS, layerName, OUTPUT } from './layer-names.ts';
import type { LayerSize } from './memory.ts';

/** One thing that a penalty can be set against. */
interface Counterpart {
  readonly name: string;
  /** Undefined where only the data tell. */
  readonly units: number | undefined;
}

/** The output of a network, as far as it is known. */
export interface Outputs {
  /** Undefined where only the data tell. */
  readonly units: number | undefined;
  /** Whether the targets are classes, which one-hot labels can be made of. */
  readonly labelled: boolean;
}

/** The broken rule of a penalty that is set `against` what its network does not have or cannot pair, or undefined. */
export function againstProblem(
  { type, against }: { readonly type: string; readonly against?: string },
  model: readonly LayerSize[],
  outputs: Outputs,
): string | undefined {
  const definition = findCrossPenalty(type);
  if (definition === undefined || against === undefined) return undefined;
  const known = counterparts(model, outputs);
  const chosen = known.find(({ name }) => name === against);
  if (chosen !== undefined) return pairingProblem(definition, chosen, model, known);
  const names = known.map(({ name }) => name);
  const got = describeValue(against);
  if (findLayer(against, model.length + 1) !== undefined) {
    return `must be a layer that is not penalized itself, got ${got}. Choose one of ${names.join(', ')}`;
  }
  if (against === LABELS) {
    return `must be one of ${names.join(', ')}, since only a classification has labels, got ${got}`;
  }
  // The layer after the last one that is listed.
  const meant = against === layerName(model.length) ? OUTPUT : closestName(against, names);
  const remedy = meant === undefined ? '' : `. Did you mean "${meant}"?`;
  return `must be one of ${names.join(', ')}, got ${got}${remedy}`;
}

/** Everything that is not penalized itself. */
function counterparts(model: readonly LayerSize[], { units, labelled }: Outputs): Counterpart[] {
  const layers = model.flatMap(({ dense, penalized }, position) =>
    penalized ? [] : [{ name: layerName(position), units: dense }],
  );
  const output = { name: OUTPUT, units };
  return labelled ? [{ name: LABELS, units }, ...layers, output] : [...layers, output];
}

/** Where unit i of a layer belongs to unit i of the other side, both must have as many. */
function pairingProblem(
  { id, paired }: CrossPenaltyDefinition,
  { name, units }: Counterpart,
  model: readonly LayerSize[],
  known: readonly Counterpart[],
): string | undefined {
  const unequal = model.findIndex(({ dense, penalized }) => penalized && dense !== units);
  if (!paired || unequal === -1 || units === undefined) return undefined;
  const own = model[unequal]?.dense;
  const fitting = known.filter((other) =>
    model.every(({ dense, penalized }) => !penalized || dense === other.units),
  );
  const remedy =
    fitting.length > 0
      ? `Choose ${fitting.map((other) => other.name).join(' or ')}`
      : `Give ${layerName(unequal)} and the other side as many units`;
  return `must have as many units as each penalized layer, since ${id} pairs them, got ${units} in ${name} and ${own} in ${layerName(unequal)}. ${remedy}`;
}
