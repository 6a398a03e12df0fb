/** What the penalty of a network puts on one of its layers, whatever the penalty looks at. */
import type { KernelArray, PenaltyCall } from '../kernel/operations.ts';
import type { NetworkPenalty } from './network-options.ts';

/** A penalty of one layer at a weight that can change, on batches of any number of samples. */
export abstract class PenaltyTerm<Call extends PenaltyCall = PenaltyCall> {
  /** Factor of the penalty in the cost. */
  weight: number;
  readonly #resolve: (samples: number) => Call;
  /** Of the last batch: most have as many samples as the one before. */
  #resolved: Call;

  /** `resolve` gives the call for batches of so many samples. Errors: whatever is wrong with its settings. */
  constructor({ weight, ddof = 0 }: NetworkPenalty, resolve: (samples: number) => Call) {
    this.weight = weight;
    this.#resolve = resolve;
    // As many samples as any divisor needs: what is wrong with the rest is reported before the first batch.
    this.#resolved = resolve(2 + ddof);
  }

  /**
   * Value of the penalty where the layer shows `x`; `gradient` receives its gradient, without the weight.
   *
   * Shapes and errors: as for {@link add}.
   */
  evaluate(gradient: KernelArray, x: KernelArray, samples: number): number {
    return this.compute(gradient, x, { ...this.#callFor(samples), weight: 1, accumulate: false });
  }

  /**
   * Value of the penalty where the layer shows `x`, without the weight; the weighted gradient is added to `gradient`.
   *
   * Shapes: both samples x units.
   * Errors: ShapeError for a batch with no more samples than the penalty's ddof.
   */
  add(gradient: KernelArray, x: KernelArray, samples: number): number {
    return this.compute(gradient, x, this.adding(samples));
  }

  /** The call that adds the weighted gradient. */
  protected adding(samples: number): Call {
    return { ...this.#callFor(samples), weight: this.weight, accumulate: true };
  }

  protected abstract compute(gradient: KernelArray, x: KernelArray, call: Call): number;

  #callFor(samples: number): Call {
    if (this.#resolved.samples !== samples) this.#resolved = this.#resolve(samples);
    return this.#resolved;
  }
}
