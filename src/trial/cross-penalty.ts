/** A penalty between a penalised layer X and what it is set against, Y. */
import type { CrossPenaltyCall, KernelArray, Operations } from '../kernel/operations.ts';
import { resolveCrossPenalty } from '../kernel/resolve.ts';
import type { PenaltyTerm } from './layer-penalty.ts';
import type { NetworkPenalty } from './network-options.ts';

/** One side of such a penalty: a layer, or the labels. */
export interface Side {
  readonly units: number;
  /** What the present batch shows there. Shapes: samples x units. */
  readonly observed: KernelArray;
}

/**
 * Evaluates the penalty of one pair on batches of any number of samples.
 *
 * Backwards the layers of a network have their turns one after the other, so each side gets its gradient by a call of
 * its own.
 */
export class CrossPenalty implements PenaltyTerm {
  readonly #operations: Operations;
  readonly #x: Side;
  readonly #y: Side;
  readonly #resolve: (samples: number) => CrossPenaltyCall;
  #weight: number;
  #call: CrossPenaltyCall;

  /** Errors: ShapeError for a parameter that the penalty does not have, or units that it cannot pair. */
  constructor(operations: Operations, x: Side, y: Side, penalty: NetworkPenalty) {
    const { type, weight, against: _, ...settings } = penalty;
    const shape = { units: x.units, otherUnits: y.units };
    this.#operations = operations;
    this.#weight = weight;
    this.#x = x;
    this.#y = y;
    this.#resolve = (samples) => ({
      ...resolveCrossPenalty(type, { ...settings, ...shape, samples }),
      weight: this.#weight,
      accumulate: true,
    });
    // As many samples as any divisor needs: what is wrong with the rest is reported before the first batch.
    this.#call = this.#resolve(2 + (settings.ddof ?? 0));
  }

  get weight(): number {
    return this.#weight;
  }

  set weight(weight: number) {
    this.#weight = weight;
    this.#call = { ...this.#call, weight };
  }

  evaluate(gradient: KernelArray, x: KernelArray, samples: number): number {
    const call = { ...this.#resolve(samples), weight: 1, accumulate: false };
    return this.#operations.crossPenalty(gradient, null, x, this.#y.observed, call);
  }

  add(gradient: KernelArray, x: KernelArray, samples: number): number {
    return this.#operations.crossPenalty(gradient, null, x, this.#y.observed, this.#callFor(samples));
  }

  /**
   * Adds the weighted gradient of Y to `gradient`.
   *
   * Shapes: samples x units of Y.
   */
  addToOther(gradient: KernelArray, samples: number): void {
    const [x, y] = [this.#x.observed, this.#y.observed];
    this.#operations.crossPenalty(null, gradient, x, y, this.#callFor(samples));
  }

  #callFor(samples: number): CrossPenaltyCall {
    if (this.#call.samples !== samples) this.#call = this.#resolve(samples);
    return this.#call;
  }
}
