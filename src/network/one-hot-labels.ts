/** The labels of a batch as activations: a unit a class, 1 in that of the label and 0 in the others. */
import type { KernelArray, KernelIndices } from '../kernel/operations.ts';
import type { ArrayScope } from './array-scope.ts';
import type { Side } from './cross-penalty.ts';

/** Memory for the one-hot labels of a batch. */
export class OneHotLabels implements Side {
  readonly units: number;
  #rows: KernelArray | null = null;

  constructor(classes: number) {
    this.units = classes;
  }

  /** Make place for batches of up to `samples`. */
  reserve(scope: ArrayScope, samples: number): void {
    this.#rows = scope.numbers(samples * this.units);
  }

  /** Write the first `samples` labels. */
  write(labels: KernelIndices, samples: number): void {
    const { values } = this.observed;
    values.fill(0, 0, samples * this.units);
    for (let s = 0; s < samples; s++) values[s * this.units + labels.values[s]!] = 1;
  }

  get observed(): KernelArray {
    if (this.#rows === null) throw new Error('labels: no batch was reserved');
    return this.#rows;
  }
}
