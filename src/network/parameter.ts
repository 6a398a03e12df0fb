/** A parameter of a network as its user sees it: named, readable and settable. */
import { ShapeError } from '../errors.ts';
import type { FloatArray, KernelArray } from '../kernel/operations.ts';

/** Numbers that training changes. */
export interface Parameter {
  /** `dense1.weights`, `dense1.biases`, `dense2.weights` and so on. */
  readonly name: string;
  /** Weights are row-major inputs x units. */
  readonly shape: readonly number[];
  /**
   * A live view: what is written to it is what the network trains on. Read it anew after another call, which may leave a view
   * taken before empty; `values.slice()` is a copy. Assigning sets all of them. Errors: ShapeError for another length, CovgradError after `dispose()`.
   */
  get values(): FloatArray;
  set values(values: ArrayLike<number>);
}

/** A parameter over an array of a kernel. */
export function createParameter(
  name: string,
  shape: readonly number[],
  array: KernelArray,
  checkAlive: () => void,
): Parameter {
  return {
    name,
    shape,
    get values(): FloatArray {
      checkAlive();
      return array.values;
    },
    set values(values: ArrayLike<number>) {
      checkAlive();
      if (values.length !== array.length) {
        throw new ShapeError(
          'LENGTH_MISMATCH',
          `${name}: it must be set to ${array.length} numbers (${shape.join(' x ')}), got ${values.length}.`,
          { name, expected: array.length, got: values.length },
        );
      }
      array.values.set(values);
    },
  };
}
