/** What a network is made of, and the checks of it. */
import { ConfigError } from '../errors.ts';
import { findCrossPenalty } from '../kernel/catalogue.ts';
import { ACTIVATIONS, type Activation } from '../kernel/operations.ts';
import type { PenaltyParameterValues } from '../kernel/resolve.ts';
import { findLayer, LABELS } from './layer-names.ts';
import { HUBER_DELTAS, isForClasses, LOSSES, type LossKind } from './loss.ts';
import type { OptimizerOptions } from './optimizers.ts';

/** What a penalty is computed on. */
export type PenaltySide = 'activation' | 'preactivation';

/** A dense layer. */
export interface LayerOptions {
  readonly units: number;
  readonly activation: Activation;
  /** Default false. */
  readonly penalized?: boolean;
  /** Default 'activation'. */
  readonly on?: PenaltySide;
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
export interface NetworkOptions {
  /** Features of a sample. */
  readonly inputs: number;
  /** From input to output; the units of the last one are the outputs. */
  readonly layers: readonly LayerOptions[];
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

/** Refuses what no network can be made of; the optimizer and the penalty check their own settings. */
export function checkNetworkOptions(options: NetworkOptions): void {
  const { inputs, layers, loss, huberDelta, penalty, batch } = options;
  checkCount('inputs', inputs);
  if (batch !== undefined) checkCount('batch', batch);
  if (layers.length === 0) throw refuse('layers', 'a network must have at least one layer', 'none');
  for (const [i, { units, activation, on = 'activation' }] of layers.entries()) {
    checkCount(`layers[${i}].units`, units);
    checkChoice(`layers[${i}].activation`, activation, ACTIVATIONS);
    checkChoice(`layers[${i}].on`, on, ['activation', 'preactivation']);
  }
  checkChoice('loss', loss, LOSSES);
  const { from, to } = HUBER_DELTAS;
  if (huberDelta !== undefined && !(huberDelta >= from && huberDelta <= to)) {
    throw refuse('huberDelta', `it must be a number from ${from} to ${to}`, huberDelta);
  }
  if (penalty !== undefined && !Number.isFinite(penalty.weight)) {
    throw refuse('penalty.weight', 'it must be a finite number', penalty.weight);
  }
  if (penalty !== undefined && penalty.weight !== 0) checkAgainst(penalty, layers, loss);
}

function checkAgainst(
  { type, against }: NetworkPenalty,
  layers: readonly LayerOptions[],
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
  const position = findLayer(against ?? '', layers.length);
  if (position !== undefined && layers[position]?.penalized !== true) return;
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
