/** Arrays of a kernel that somebody uses for a while: given back when told to, or once nothing refers to them any more. */

import { KernelError } from '../errors.ts';
import type { FloatArray, KernelArray, Operations } from './operations.ts';

/** A lease for each view that was handed out: as long as the view is in use, so is the memory behind it. */
const VIEWED = new WeakMap<FloatArray, Lease>();

/** What is held for a lease; it must not refer to it, or it would never end. */
interface Held {
  readonly operations: Operations;
  readonly arrays: KernelArray[];
}

const ENDED: FinalizationRegistry<Held> | undefined =
  typeof FinalizationRegistry === 'function' ? new FinalizationRegistry(giveBack) : undefined;

/**
 * Arrays of given lengths, all or none.
 *
 * Errors: KernelError when memory runs out, and for every use after `dispose()`.
 */
export class Lease {
  readonly #where: string;
  readonly #held: Held;

  /** `reserve` is called once the arrays are there; where it fails they are given back. */
  constructor(where: string, operations: Operations, lengths: readonly number[], reserve: () => void) {
    this.#where = where;
    this.#held = { operations, arrays: [] };
    try {
      for (const length of lengths) this.#held.arrays.push(operations.allocate(length));
      reserve();
    } catch (error) {
      giveBack(this.#held);
      throw error;
    }
    ENDED?.register(this, this.#held, this);
  }

  /** The arrays, in the order of their lengths. */
  get arrays(): readonly KernelArray[] {
    const { arrays } = this.#held;
    if (arrays.length > 0) return arrays;
    throw new KernelError(
      'DISPOSED',
      `${this.#where}: what was disposed of has no memory. Prepare it again.`,
      { id: this.#where },
    );
  }

  /** A live view of one of them, which keeps the lease. */
  view(index: number): FloatArray {
    const { values } = this.arrays[index]!;
    VIEWED.set(values, this);
    return values;
  }

  dispose(): void {
    ENDED?.unregister(this);
    giveBack(this.#held);
  }
}

function giveBack({ operations, arrays }: Held): void {
  for (const array of arrays.splice(0).reverse()) operations.free(array);
}
