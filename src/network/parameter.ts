/** A parameter of a network as its user sees it: named, readable and settable. */
import { ShapeError } from '../errors.ts';
import type { FloatArray, KernelArray } from '../kernel/operations.ts';

/** Numbers that training changes. */
export interface Parameter {
  /** `dense1.weights`, `dense1.biases`, `dense2.weights` and so on. */
  readonly name: string;
  /** Weights are row-major inputs x units. */
  readonly shape: readonly number[];
  /** Reading gives a copy; assigning sets all of them. Errors: ShapeError for another length. */
  get values(): FloatArray;
  set values(values: ArrayLike<number>);
}

/** A parameter over an array of a kernel. */
export function createParameter(name: string, shape: readonly number[], array: KernelArray): Parameter {
  return {
    name,
    shape,
    get values(): FloatArray {
      return array.values.slice();
    },
    set values(values: ArrayLike<number>) {
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
