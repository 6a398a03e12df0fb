/** A penalty between a penalised layer X and what it is set against, Y. */
import type { CrossPenaltyCall, KernelArray, Operations } from '../kernel/operations.ts';
import { resolveCrossPenalty } from '../kernel/resolve.ts';
import type { NetworkPenalty } from './network-options.ts';
import { PenaltyTerm } from './penalty-term.ts';

/** One side of such a penalty: a layer, or the labels. */
export interface Side {
  readonly units: number;
  /** What the present batch shows there. Shapes: samples x units. */
  readonly observed: KernelArray;
}

/**
 * Evaluates the penalty of one pair.
 *
 * Backwards the layers of a network have their turns one after the other, so each side gets its gradient by a call of
 * its own.
 */
export class CrossPenalty extends PenaltyTerm<CrossPenaltyCall> {
  readonly #operations: Operations;
  readonly #x: Side;
  readonly #y: Side;

  /** Errors: ShapeError for a parameter that the penalty does not have, or units that it cannot pair. */
  constructor(operations: Operations, x: Side, y: Side, penalty: NetworkPenalty) {
    const { type, weight: _weight, against: _against, ...settings } = penalty;
    const shape = { units: x.units, otherUnits: y.units };
    super(penalty, (samples) => resolveCrossPenalty(type, { ...settings, ...shape, samples }));
    this.#operations = operations;
    this.#x = x;
    this.#y = y;
  }

  /**
   * Adds the weighted gradient of Y to `gradient`.
   *
   * Shapes: samples x units of Y.
   */
  addToOther(gradient: KernelArray, samples: number): void {
    this.#operations.crossPenalty(null, gradient, this.#x.observed, this.#y.observed, this.adding(samples));
  }

  protected override compute(gradient: KernelArray, x: KernelArray, call: CrossPenaltyCall): number {
    return this.#operations.crossPenalty(gradient, null, x, this.#y.observed, call);
  }
}
