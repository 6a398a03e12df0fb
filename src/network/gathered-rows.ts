/** Rows that a penalty sees of an image where these are not the image itself: its mean, or some of its positions. */
import type { FloatArray, KernelArray } from '../kernel/operations.ts';
import type { ArrayScope } from './array-scope.ts';
import type { ListedLayer } from './chain-plan.ts';
import { countOf, type Pass } from './layer.ts';
import type { ObservedShape } from './observed-shape.ts';
import { drawPositions } from './positions.ts';

/** Rows gathered from a tensor, and the way of their gradient back into it. */
export class GatheredRows {
  readonly #layer: number;
  readonly #shape: ObservedShape;
  /** All positions of the tensor. */
  readonly #all: number;
  readonly #isMean: boolean;
  #rows: KernelArray | null = null;
  #gradient: KernelArray | null = null;
  /** Shapes: samples x rows of the present batch. */
  #positions: Uint32Array = new Uint32Array(0);

  constructor({ position, output, positions }: ListedLayer, shape: ObservedShape) {
    this.#layer = position;
    this.#shape = shape;
    this.#all = countOf(output.slice(0, -1));
    this.#isMean = positions === 'mean';
  }

  reserve(scope: ArrayScope, samples: number): void {
    const count = samples * this.#shape.rows * this.#shape.units;
    this.#rows = scope.numbers(count);
    this.#gradient = scope.numbers(count);
  }

  get rows(): KernelArray {
    if (this.#rows === null) throw new Error('gathered rows: no batch was reserved');
    return this.#rows;
  }

  /** Emptied, to be filled by penalties. */
  clearedGradient(samples: number): KernelArray {
    if (this.#gradient === null) throw new Error('gathered rows: no batch was reserved');
    this.#gradient.values.fill(0, 0, samples * this.#shape.rows * this.#shape.units);
    return this.#gradient;
  }

  /** Take the rows of a batch from the tensor. */
  gather(tensor: KernelArray, { samples, seed, step }: Pass): void {
    const { rows: count, units } = this.#shape;
    const [from, to, all] = [tensor.values, this.rows.values, this.#all];
    if (this.#isMean) {
      meansOf(to, from, samples, all, units);
      return;
    }
    const key = { seed, layer: this.#layer, step };
    this.#positions = drawPositions(key, { samples, count, positions: all });
    for (let row = 0; row < samples * count; row++) {
      const first = (Math.floor(row / count) * all + this.#positions[row]!) * units;
      for (let unit = 0; unit < units; unit++) to[row * units + unit] = from[first + unit]!;
    }
  }

  /** Add the gradient of the rows to that of the tensor. */
  scatter(tensor: KernelArray, samples: number): void {
    const { rows: count, units } = this.#shape;
    const [to, from, all] = [tensor.values, this.#gradient!.values, this.#all];
    if (this.#isMean) {
      for (let row = 0; row < samples * all; row++) {
        const sample = Math.floor(row / all);
        for (let unit = 0; unit < units; unit++)
          to[row * units + unit]! += from[sample * units + unit]! / all;
      }
      return;
    }
    for (let row = 0; row < samples * count; row++) {
      const first = (Math.floor(row / count) * all + this.#positions[row]!) * units;
      for (let unit = 0; unit < units; unit++) to[first + unit]! += from[row * units + unit]!;
    }
  }
}

/** Shapes: from samples x positions x units, to samples x units. Sums in float64. */
function meansOf(to: FloatArray, from: FloatArray, samples: number, positions: number, units: number): void {
  const sums = new Float64Array(units);
  for (let s = 0; s < samples; s++) {
    sums.fill(0);
    for (let at = s * positions * units; at < (s + 1) * positions * units; at += units) {
      for (let unit = 0; unit < units; unit++) sums[unit]! += from[at + unit]!;
    }
    for (let unit = 0; unit < units; unit++) to[s * units + unit] = sums[unit]! / positions;
  }
}
