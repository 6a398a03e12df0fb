/** What a network is made of, and the checks of it. */
import { ConfigError } from '../errors.ts';
import { findCrossPenalty } from '../kernel/catalogue.ts';
import type { Activation } from '../kernel/operations.ts';
import type { PenaltyParameterValues } from '../kernel/resolve.ts';
import { describeValue } from '../printable.ts';
import { countOf, type LayerSettings, type PenaltySide, type Shape } from './layer.ts';
import { LABELS, namedLayers, OUTPUT } from './layer-names.ts';
import { insideOf, kindOf, LAYER_KINDS } from './layers.ts';
import { HUBER_DELTAS, isForClasses, LOSSES, type LossKind } from './loss.ts';
import type { OptimizerOptions } from './optimizers.ts';
import type { TargetOptions } from './soft-cross-entropy.ts';

/** A dense layer in the form of before there were other kinds; `{dense: 64, …}` is the same layer. */
export interface LayerOptions {
  readonly units: number;
  readonly activation: Activation;
  /** Default false. */
  readonly penalized?: boolean;
  /** Default 'activation'. */
  readonly on?: PenaltySide;
}

/** A layer of any kind, as in the sweep file: the key that names its kind, and its settings. */
export interface NetworkLayer extends LayerSettings {
  readonly [key: string]: unknown;
}

/** A penalty as in the sweep file; what is left out is as the catalogue has it. */
export interface NetworkPenalty extends PenaltyParameterValues {
  /** An id of the catalogue, of a penalty on one activation or on two. Not looked at when the weight is 0. */
  readonly type: string;
  /** Factor of the penalty in the cost; 0 trains without it. */
  readonly weight: number;
  /**
   * What a penalty on two activations sets the penalised layers against: `labels` (one-hot, under the cross-entropy),
   * `output`, or the name of another layer, `dense1` being the first.
   */
  readonly against?: string;
  readonly centered?: boolean;
  readonly ddof?: number;
}

/** Everything that a network is made of. */
export interface NetworkOptions extends TargetOptions {
  /** Features of a sample; in its place `inputShape`. */
  readonly inputs?: number;
  /** Shape of a sample: [features], or [height, width, channels] of an image. */
  readonly inputShape?: Shape;
  /**
   * From input to output, each as in the sweep file, but with no activation function where none is given; the numbers that the last one
   * answers are the outputs.
   */
  readonly layers: readonly (LayerOptions | LayerSettings | NetworkLayer)[];
  readonly loss: LossKind;
  /** Distance at which the loss `huber` turns from squared to absolute. Default 1. */
  readonly huberDelta?: number | undefined;
  readonly optimizer: OptimizerOptions;
  /** Added to the cost for each penalised layer. Default none. */
  readonly penalty?: NetworkPenalty;
  /** Of the initial weights. Default 0. */
  readonly seed?: number;
  /** Samples of the largest batch that is expected; a larger one makes the network allocate again. */
  readonly batch?: number;
}

/** The layers of a network, complete, and the shape of its samples. */
export interface CheckedLayers {
  readonly layers: readonly LayerSettings[];
  readonly inputShape: Shape;
}

/** Refuses what no network can be made of; the optimizer and the penalty check their own settings. */
export function checkNetworkOptions(options: NetworkOptions): CheckedLayers {
  const { inputs, loss, huberDelta, penalty, batch } = options;
  const inputShape = options.inputShape ?? [inputs ?? Number.NaN];
  const input = options.inputShape === undefined ? 'inputs' : 'inputShape';
  for (const length of inputShape) checkCount(input, length);
  if (inputShape.length !== 1 && inputShape.length !== 3) {
    throw refuse(input, 'it must be [features] or [height, width, channels]', JSON.stringify(inputShape));
  }
  if (inputs !== undefined && inputs !== countOf(inputShape)) {
    throw refuse('inputs', `it must be the product of inputShape, ${countOf(inputShape)}`, inputs);
  }
  if (batch !== undefined) checkCount('batch', batch);
  if (options.layers.length === 0) throw refuse('layers', 'a network must have at least one layer', 'none');
  const layers = options.layers.map((layer, i) => checkLayer(`layers[${i}]`, layer));
  const names = namedLayers(layers).map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw refuse('layers', 'each name must be given once', twice);
  checkChoice('loss', loss, LOSSES);
  const { from, to } = HUBER_DELTAS;
  if (huberDelta !== undefined && !(huberDelta >= from && huberDelta <= to)) {
    throw refuse('huberDelta', `it must be a number from ${from} to ${to}`, huberDelta);
  }
  if (penalty !== undefined && !Number.isFinite(penalty.weight)) {
    throw refuse('penalty.weight', 'it must be a finite number', penalty.weight);
  }
  if (penalty !== undefined && penalty.weight !== 0) checkAgainst(penalty, layers, loss);
  return { layers, inputShape };
}

/** A layer as its kind has it; without an activation function where none is given. */
function checkLayer(where: string, given: NetworkOptions['layers'][number]): LayerSettings {
  const layer: LayerSettings = 'units' in given ? denseOf(given as LayerOptions) : given;
  const kind = kindOf(layer);
  if (kind === undefined) {
    const kinds = LAYER_KINDS.map(({ key }) => key).join(', ');
    throw refuse(where, `it must have one of ${kinds}`, Object.keys(layer).join(', ') || 'nothing');
  }
  const inside = insideOf(layer).map(([key, layers]) => [
    key,
    layers.map((inner, i) => checkLayer(`${where}.${key}[${i}]`, inner)),
  ]);
  const takesFunction = kind.key !== 'activation' && Object.hasOwn(kind.section.shape, 'activation');
  const own = { ...(takesFunction && { activation: 'identity' }), ...layer, ...Object.fromEntries(inside) };
  const checked = kind.section.safeParse(own);
  if (checked.success) return checked.data as LayerSettings;
  const [issue] = checked.error.issues;
  const { path = [], message = '' } = issue ?? {};
  const at = [where, ...path].join('.');
  if (issue?.code === 'unrecognized_keys') {
    throw refuse(where, `it must have no keys but ${message.split('\n').join(', ')}`, issue.keys.join(', '));
  }
  const got = path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown>)?.[key], own);
  throw refuse(at, `it ${message.split(', got ', 1)[0]}`, typeof got === 'object' ? describeValue(got) : got);
}
function denseOf({ units, ...settings }: LayerOptions): LayerSettings {
  const { activation, ...rest } = settings;
  return { dense: units, activation, ...rest } as LayerSettings;
}

function checkAgainst(
  { type, against }: NetworkPenalty,
  layers: readonly LayerSettings[],
  loss: LossKind,
): void {
  const [where, isCross] = ['penalty.against', findCrossPenalty(type) !== undefined];
  if (!isCross && against !== undefined) {
    throw refuse(where, `it must be left out for ${type}, which looks at one activation`, against);
  }
  if (!isCross) return;
  if (against === LABELS) {
    if (isForClasses(loss)) return;
    throw refuse(where, 'labels must go with the cross-entropy', loss);
  }
  const named = namedLayers(layers);
  const chosen = against === OUTPUT ? named.at(-1) : named.slice(0, -1).find(({ name }) => name === against);
  if (chosen !== undefined && chosen.layer.penalized !== true) return;
  throw refuse(where, 'it must be labels, output, or the name of a layer that is not penalised', against);
}

function checkCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw refuse(name, 'it must be a whole number of at least 1', value);
  }
}

function checkChoice(name: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw refuse(name, `it must be one of ${choices.join(', ')}`, value);
}

function refuse(name: string, rule: string, value: unknown): ConfigError {
  return new ConfigError('NETWORK_INVALID', `createNetwork: ${name}: ${rule}, got ${String(value)}.`);
}
