/** What a layer shows to penalties and to who asks for its activations: one of its tensors, as rows of units. */
import type { KernelArray } from '../kernel/operations.ts';
import type { ArrayScope } from './array-scope.ts';
import type { ListedLayer } from './chain-plan.ts';
import type { CrossPenalty, Side } from './cross-penalty.ts';
import { GatheredRows } from './gathered-rows.ts';
import { type GradientSums, sumGradients } from './gradient-sums.ts';
import { countOf, type Pass } from './layer.ts';
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
  /** Null where the tensor itself is the rows. */
  readonly #gathered: GatheredRows | null;
  #tensor: KernelArray | null = null;
  /** The batch that the tensor holds; null once its rows are gathered. */
  #ungathered: Pass | null = null;

  constructor(listed: ListedLayer) {
    this.listed = listed;
    this.shape = observedShape(listed);
    const { output, positions } = listed;
    const gathers = output.length > 1 && positions !== 'all' && positions !== 'flatten';
    this.#gathered = gathers ? new GatheredRows(listed, this.shape) : null;
  }

  get units(): number {
    return this.shape.units;
  }

  /** Told by who reserved the tensor. */
  attach(tensor: KernelArray): void {
    this.#tensor = tensor;
  }

  /** Make place for what is gathered from the tensor. */
  reserve(scope: ArrayScope, samples: number): void {
    this.#gathered?.reserve(scope, samples);
  }

  /** Told that the tensor holds another batch. */
  refresh(pass: Pass): void {
    this.#ungathered = pass;
  }

  /** The whole tensor. Shapes: samples x the output of the layer. */
  get tensor(): KernelArray {
    if (this.#tensor === null) throw new Error(`${this.listed.name}: no batch was reserved`);
    return this.#tensor;
  }

  /** The rows. Shapes: rows x units. */
  get observed(): KernelArray {
    const [gathered, pass] = [this.#gathered, this.#ungathered];
    if (gathered === null) return this.tensor;
    if (pass !== null) gathered.gather(this.tensor, pass);
    this.#ungathered = null;
    return gathered.rows;
  }

  /** Rows that a batch shows. */
  rowsOf(samples: number): number {
    return samples * this.shape.rows;
  }

  /** Adds the gradients of all penalties that see this layer to `gradient`; returns the value of its own. */
  addPenalties(gradient: KernelArray, { samples }: Pass): number {
    if (this.penalty === null && this.opposing.length === 0) return 0;
    const [rows, { observed }] = [this.rowsOf(samples), this];
    const target = this.#gathered?.clearedGradient(samples) ?? gradient;
    for (const penalty of this.opposing) penalty.addToOther(target, rows);
    const value = this.penalty?.add(target, observed, rows) ?? 0;
    this.#gathered?.scatter(gradient, samples);
    return value;
  }

  /** Numbers that `probe` needs for a batch. */
  probeCount(samples: number): number {
    return this.penalty === null ? 0 : samples * countOf(this.listed.output);
  }

  /**
   * How the gradient of the penalty stands to `gradient`, that of the loss, both with respect to the whole tensor; null where no penalty
   * acts. `scratch` receives the penalty's.
   */
  probe(gradient: KernelArray, scratch: KernelArray, { samples }: Pass): GradientSums | null {
    if (this.penalty === null) return null;
    const [rows, { units, observed, tensor }] = [this.rowsOf(samples), this];
    const gathered = this.#gathered;
    if (gathered === null) {
      const value = this.penalty.evaluate(scratch, observed, rows);
      return sumGradients(scratch.values, gradient.values, tensor.values, { samples: rows, units, value });
    }
    const value = this.penalty.evaluate(gathered.clearedGradient(samples), observed, rows);
    const count = samples * countOf(this.listed.output);
    scratch.values.fill(0, 0, count);
    gathered.scatter(scratch, samples);
    const shape = { samples: count / units, units, value };
    return sumGradients(scratch.values, gradient.values, tensor.values, shape);
  }
}
