/** What a penalty on two activations can be set against: the labels, the outputs, or a layer that is not penalized itself. */
import { ShapeError } from '../errors.ts';
import { type CrossPenaltyDefinition, findCrossPenalty } from '../kernel/catalogue.ts';
import { describeValue } from '../printable.ts';
import { closestName } from '../suggestion.ts';
import type { ListedLayer } from './chain-plan.ts';
import type { LayerSettings, Shape } from './layer.ts';
import { LABELS, namedLayers, OUTPUT } from './layer-names.ts';
import { kindOf } from './layers.ts';
import { planModel } from './model-plan.ts';
import { observedShape } from './observed-shape.ts';
import { withOutput } from './output-layers.ts';

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
  /** Of a sample; undefined where only the data tell. */
  readonly shape?: Shape | undefined;
}

/** A layer as the rules below see it. */
interface SeenLayer {
  readonly name: string;
  readonly penalized: boolean;
  /** Undefined where only the data tell. */
  readonly units: number | undefined;
}

/** The broken rule of a penalty that is set `against` what its network does not have or cannot pair, or undefined. */
export function againstProblem(
  { type, against }: { readonly type: string; readonly against?: string },
  layers: readonly LayerSettings[],
  outputs: Outputs,
): string | undefined {
  const definition = findCrossPenalty(type);
  if (definition === undefined || against === undefined) return undefined;
  const model = namedLayers(layers).map(({ name, layer }) => ({
    name,
    penalized: layer.penalized === true,
    units: kindOf(layer)?.units?.(layer),
  }));
  const known = counterparts(model, outputs);
  const chosen = known.find(({ name }) => name === against);
  if (chosen !== undefined) {
    return pairingProblem(definition, chosen, model, known) ?? plannedProblem(against, layers, outputs.shape);
  }
  const names = known.map(({ name }) => name);
  const got = describeValue(against);
  if (model.some(({ name }) => name === against)) {
    return `must be a layer that is not penalized itself, got ${got}. Choose one of ${names.join(', ')}`;
  }
  if (against === LABELS) {
    return `must be one of ${names.join(', ')}, since only a classification has labels, got ${got}`;
  }
  // The layer after the last one that is listed.
  const meant = against === nameOfOutput(layers) ? OUTPUT : closestName(against, names);
  const remedy = meant === undefined ? '' : `. Did you mean "${meant}"?`;
  return `must be one of ${names.join(', ')}, got ${got}${remedy}`;
}

/** {@link rowsProblem}, where the shape of a sample is known, and the layers fit onto each other. */
function plannedProblem(
  against: string,
  layers: readonly LayerSettings[],
  shape: Shape | undefined,
): string | undefined {
  if (shape === undefined) return undefined;
  try {
    return rowsProblem(against, planModel(withOutput(layers, shape, 1), shape).layers);
  } catch (error) {
    if (error instanceof ShapeError) return undefined;
    throw error;
  }
}

/** The broken rule of a penalty whose two sides do not show as many rows of each sample, or undefined. */
export function rowsProblem(against: string, layers: readonly ListedLayer[]): string | undefined {
  const other = against === OUTPUT ? layers.at(-1) : layers.find(({ name }) => name === against);
  const rows = other === undefined ? 1 : observedShape(other).rows;
  const unequal = layers.find((layer) => layer.penalized && observedShape(layer).rows !== rows);
  if (unequal === undefined) return undefined;
  const got = `${rows} in ${against} and ${observedShape(unequal).rows} in ${unequal.name}`;
  return `must have as many rows of each sample as each penalized layer, got ${got}. Write on_positions: mean or flatten on the layers with images`;
}

/** What the output would be called if it were listed. */
function nameOfOutput(layers: readonly LayerSettings[]): string | undefined {
  const output: LayerSettings & { dense: number } = { dense: 1 };
  return namedLayers([...layers, output]).at(-1)?.name;
}

/** Everything that is not penalized itself. */
function counterparts(model: readonly SeenLayer[], { units, labelled }: Outputs): Counterpart[] {
  const layers = model.filter(({ penalized }) => !penalized);
  const output = { name: OUTPUT, units };
  return labelled ? [{ name: LABELS, units }, ...layers, output] : [...layers, output];
}

/** Where unit i of a layer belongs to unit i of the other side, both must have as many. */
function pairingProblem(
  { id, paired }: CrossPenaltyDefinition,
  { name, units }: Counterpart,
  model: readonly SeenLayer[],
  known: readonly Counterpart[],
): string | undefined {
  const unequal = model.find((layer) => layer.penalized && layer.units !== units);
  if (!paired || unequal?.units === undefined || units === undefined) return undefined;
  const fitting = known.filter((other) =>
    model.every((layer) => !layer.penalized || layer.units === other.units),
  );
  const remedy =
    fitting.length > 0
      ? `Choose ${fitting.map((other) => other.name).join(' or ')}`
      : `Give ${unequal.name} and the other side as many units`;
  return `must have as many units as each penalized layer, since ${id} pairs them, got ${units} in ${name} and ${unequal.units} in ${unequal.name}. ${remedy}`;
}
