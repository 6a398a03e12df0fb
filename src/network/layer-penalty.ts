/** A penalty on the activations of one layer. */
import type { KernelArray, Operations, PenaltyCall } from '../kernel/operations.ts';
import { resolvePenalty } from '../kernel/resolve.ts';
import type { NetworkPenalty } from './network-options.ts';
import { PenaltyTerm } from './penalty-term.ts';

/** Evaluates the penalty of one layer. */
export class LayerPenalty extends PenaltyTerm {
  readonly #operations: Operations;

  /** Errors: ShapeError for an unknown penalty or a parameter that it does not have. */
  constructor(operations: Operations, units: number, penalty: NetworkPenalty) {
    const { type, weight: _, ...settings } = penalty;
    super(penalty, (samples) => resolvePenalty(type, { ...settings, samples, units }));
    this.#operations = operations;
  }

  protected override compute(gradient: KernelArray, x: KernelArray, call: PenaltyCall): number {
    return this.#operations.penalty(gradient, x, call);
  }
}
