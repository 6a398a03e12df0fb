/** What a layer shows to penalties and to who asks for its activations: one of its tensors, as samples of units. */
import type { KernelArray } from '../kernel/operations.ts';
import type { ArrayScope } from './array-scope.ts';
import type { ListedLayer } from './chain-plan.ts';
import type { CrossPenalty, Side } from './cross-penalty.ts';
import { type GradientSums, sumGradients } from './gradient-sums.ts';
import type { Pass } from './layer.ts';
import { type ObservedShape, observedShape } from './observed-shape.ts';
import type { PenaltyTerm } from './penalty-term.ts';

/** A tensor of a network that can carry penalties. */
export class Tap implements Side {
  readonly listed: ListedLayer;
  /** The penalty on this layer; null where none acts. */
  penalty: PenaltyTerm | null = null;
  /** Penalties on other layers that are set against this one. */
  readonly opposing: CrossPenalty[] = [];
  readonly shape: ObservedShape;
  #tensor: KernelArray | null = null;

  constructor(listed: ListedLayer) {
    this.listed = listed;
    this.shape = observedShape(listed);
  }

  get units(): number {
    return this.shape.units;
  }

  /** Told by who reserved the tensor. */
  attach(tensor: KernelArray): void {
    this.#tensor = tensor;
  }

  /** Make place for what is gathered from the tensor. */
  reserve(_scope: ArrayScope, _samples: number): void {}

  get observed(): KernelArray {
    if (this.#tensor === null) throw new Error(`${this.listed.name}: no batch was reserved`);
    return this.#tensor;
  }

  /** Rows that a batch shows. */
  rowsOf(samples: number): number {
    return samples * this.shape.rows;
  }

  /** Adds the gradients of all penalties that see this layer to `gradient`; returns the value of its own. */
  addPenalties(gradient: KernelArray, { samples }: Pass): number {
    const rows = this.rowsOf(samples);
    for (const penalty of this.opposing) penalty.addToOther(gradient, rows);
    return this.penalty?.add(gradient, this.observed, rows) ?? 0;
  }

  /** How the gradient of the penalty stands to `gradient`, that of the loss; null where no penalty acts. `scratch` receives the penalty's. */
  probe(gradient: KernelArray, scratch: KernelArray, { samples }: Pass): GradientSums | null {
    if (this.penalty === null) return null;
    const [rows, { units, observed }] = [this.rowsOf(samples), this];
    const value = this.penalty.evaluate(scratch, observed, rows);
    return sumGradients(scratch.values, gradient.values, observed.values, { samples: rows, units, value });
  }
}
