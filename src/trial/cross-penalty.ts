/** A penalty on two activations, as each of the two sides meets it. */
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
 * Evaluates the penalty between a penalised layer X and what it is set against, Y, for one of the two.
 *
 * The layers of a network come to their gradients one after the other, so each side computes its own. The value is
 * that of the penalty on the side of X, and 0 on the side of Y: it counts once.
 */
export class CrossPenalty implements PenaltyTerm {
  readonly #operations: Operations;
  readonly #of: 'x' | 'y';
  readonly #other: Side;
  readonly #resolve: (samples: number) => CrossPenaltyCall;
  #call: CrossPenaltyCall;

  /** Errors: ShapeError for a parameter that the penalty does not have, or units that it cannot pair. */
  constructor(operations: Operations, x: Side, y: Side, of: 'x' | 'y', penalty: NetworkPenalty) {
    const { type, weight, against: _, ...settings } = penalty;
    const shape = { units: x.units, otherUnits: y.units };
    this.#operations = operations;
    this.#of = of;
    this.#other = of === 'x' ? y : x;
    this.#resolve = (samples) => ({
      ...resolveCrossPenalty(type, { ...settings, ...shape, samples }),
      weight,
      accumulate: true,
    });
    // As many samples as any divisor needs: what is wrong with the rest is reported before the first batch.
    this.#call = this.#resolve(2 + (settings.ddof ?? 0));
  }

  add(gradient: KernelArray, own: KernelArray, samples: number): number {
    if (this.#call.samples !== samples) this.#call = this.#resolve(samples);
    const other = this.#other.observed;
    if (this.#of === 'x') return this.#operations.crossPenalty(gradient, null, own, other, this.#call);
    this.#operations.crossPenalty(null, gradient, other, own, this.#call);
    return 0;
  }
}
