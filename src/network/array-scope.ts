/** Arrays in a kernel's memory that live and end together. */
import type {
  KernelArray,
  KernelBytes,
  KernelCompressed,
  KernelIndices,
  Operations,
} from '../kernel/operations.ts';

/** Allocates from a kernel and remembers what to give back. */
export class ArrayScope {
  readonly #operations: Operations;
  readonly #owned: (KernelArray | KernelIndices | KernelBytes | KernelCompressed)[] = [];

  constructor(operations: Operations) {
    this.#operations = operations;
  }

  /** Zeroed memory for `length` numbers. */
  numbers(length: number): KernelArray {
    const array = this.#operations.allocate(length);
    this.#owned.push(array);
    return array;
  }

  indices(length: number): KernelIndices {
    const array = this.#operations.allocateIndices(length);
    this.#owned.push(array);
    return array;
  }

  bytes(length: number): KernelBytes {
    const array = this.#operations.allocateBytes(length);
    this.#owned.push(array);
    return array;
  }

  /** Memory for a compressed batch. */
  compressed(samples: number, inputs: number): KernelCompressed {
    const batch = this.#operations.allocateCompressed(samples, inputs);
    this.#owned.push(batch);
    return batch;
  }

  /** Give everything back, the youngest first; the scope can be used again. */
  release(): void {
    for (const array of this.#owned.splice(0).reverse()) this.#operations.free(array);
  }
}
