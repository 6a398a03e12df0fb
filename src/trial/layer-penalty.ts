/** A penalty on the activations of one layer. */
import { resolvePenalty } from '../kernel/kernel.ts';
import type { KernelArray, Operations, PenaltyCall } from '../kernel/operations.ts';
import type { NetworkPenalty } from './network-options.ts';

/** What the penalty of a network puts on one of its layers. */
export interface PenaltyTerm {
  /** Factor of the penalty in the cost. */
  weight: number;
  /**
   * Value of the penalty where the layer shows `x`; `gradient` receives its gradient, without the weight.
   *
   * Shapes and errors: as for {@link add}.
   */
  evaluate(gradient: KernelArray, x: KernelArray, samples: number): number;
  /**
   * Value of the penalty where the layer shows `x`, without the weight; the weighted gradient is added to `gradient`.
   *
   * Shapes: both samples x units.
   * Errors: ShapeError for a batch with no more samples than the penalty's ddof.
   */
  add(gradient: KernelArray, x: KernelArray, samples: number): number;
}

/** Evaluates the penalty of one layer on batches of any number of samples. */
export class LayerPenalty implements PenaltyTerm {
  readonly #operations: Operations;
  readonly #resolve: (samples: number) => PenaltyCall;
  #weight: number;
  #call: PenaltyCall;

  /** Errors: ShapeError for an unknown penalty or a parameter that it does not have. */
  constructor(operations: Operations, units: number, { type, weight, ...settings }: NetworkPenalty) {
    this.#operations = operations;
    this.#weight = weight;
    this.#resolve = (samples) => ({
      ...resolvePenalty(type, { ...settings, samples, units }),
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
    return this.#operations.penalty(gradient, x, {
      ...this.#resolve(samples),
      weight: 1,
      accumulate: false,
    });
  }

  add(gradient: KernelArray, x: KernelArray, samples: number): number {
    if (this.#call.samples !== samples) this.#call = this.#resolve(samples);
    return this.#operations.penalty(gradient, x, this.#call);
  }
}
