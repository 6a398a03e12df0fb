/** The typed API of a kernel: arguments are checked here once, defaults come from the catalogue, results are copies. */

import { KernelError } from '../errors.ts';
import { PENALTIES, type PenaltyDefinition } from './catalogue.ts';
import { allocateJacobian, fillJacobian } from './covariance-jacobian.ts';
import { checkLength, copyMatrix, isTransposed, loadMatrix, writeTransposed } from './layout.ts';
import type { FloatArray, KernelArray, Operations, Variant } from './operations.ts';
import { Matrix } from './reference-matrix.ts';
import { penaltyHessianProduct } from './reference-penalties.ts';
import {
  type CovarianceOptions,
  type CrossPenaltyOptions,
  type PenaltyOptions,
  resolveCrossPenalty,
  resolvePenalty,
  resolveShape,
} from './resolve.ts';

export type { Layout } from './layout.ts';
export {
  type CovarianceOptions,
  type CrossPenaltyOptions,
  type PenaltyOptions,
  resolvePenalty,
} from './resolve.ts';

/** A penalty with its memory allocated once, for repeated evaluation without copies or garbage. */
export interface PreparedPenalty<Values extends FloatArray = FloatArray> {
  /**
   * Write the activations here, in the layout asked for. A view that `evaluate()` never detaches; read it anew after
   * the kernel did anything else, which may grow the memory and leave views taken before empty.
   */
  readonly activations: Values;
  /** Holds ∂penalty/∂activations after `evaluate()`. A view like `activations`. */
  readonly gradient: Values;
  /** Value of the penalty at the present activations; fills `gradient`. */
  evaluate(): number;
  /** Give the memory back. Views taken before must not be used afterwards; everything else here is a KernelError then. */
  dispose(): void;
}

/**
 * Covariance derivatives and penalties on plain arrays.
 *
 * Errors: a ShapeError for sizes, lengths, ids, options or parameters that do not fit and for entries that are no numbers; a
 * KernelError when memory runs out.
 * `Values` are the arrays of the results: Float32Array, or Float64Array for the precision f64 and the reference.
 * A NaN among the activations is no error: it makes the value NaN; an infinity makes it NaN or infinite, and the same holds for
 * some of the gradient.
 * Precision: in float32, penalties that square covariances are infinite for activations above about 1e9.
 */
export interface Kernel<Values extends FloatArray = FloatArray> {
  readonly variant: Variant;
  readonly precision: 'f32' | 'f64';
  /** SHA-256 of the module's file, hexadecimal; null for the reference, and for a file of another version of this package. */
  readonly sha256: string | null;
  /** The catalogue: id, formula, parameters with defaults, exact or not, source. */
  readonly penalties: readonly PenaltyDefinition[];
  /** The layers below, on arrays in the kernel's own memory. */
  readonly operations: Operations;
  /** Value and exact gradient. Shapes: `x` and `gradient` samples x units (transposed for 'units-first'). */
  penalty(id: string, x: ArrayLike<number>, options: PenaltyOptions): { value: number; gradient: Values };
  /** `C = X_cᵀ·X_c/(samples − ddof)`, units x units. */
  covariance(x: ArrayLike<number>, options: CovarianceOptions): Values;
  /** `X_c·(G + Gᵀ)/(samples − ddof)` for the upstream gradient G = ∂L/∂C (units x units); the shape of `x`. */
  covarianceVjp(x: ArrayLike<number>, upstream: ArrayLike<number>, options: CovarianceOptions): Values;
  /** `(T_cᵀ·X_c + X_cᵀ·T_c)/(samples − ddof)` along the tangent T (the shape of `x`); units x units. */
  covarianceJvp(x: ArrayLike<number>, tangent: ArrayLike<number>, options: CovarianceOptions): Values;
  /**
   * `∂C_ij/∂X_sk`, units x units x samples x units (x units x samples for 'units-first'), dense.
   *
   * Errors: a ShapeError with the size in bytes where it is above 64 MiB; covarianceVjp and covarianceJvp have no such limit.
   */
  covarianceJacobian(x: ArrayLike<number>, options: CovarianceOptions): Values;
  /**
   * The Hessian of a penalty times a `direction`: the derivative of the gradient along it. All have the shape of `x`.
   *
   * Precision: exact formulas in float64, whatever the kernel's build is; as slow as the reference.
   * Errors: a ShapeError for a penalty that is not `smooth` in the catalogue, or that sits on a kink of its gradient at `x`.
   */
  penaltyHvp(
    id: string,
    x: ArrayLike<number>,
    direction: ArrayLike<number>,
    options: PenaltyOptions,
  ): Float64Array<ArrayBufferLike>;
  /**
   * Value and both exact gradients of a penalty of CROSS_PENALTIES on two activations of the same samples.
   *
   * Shapes: `x` and `gradientX` samples x units, `y` and `gradientY` samples x otherUnits (all transposed for 'units-first').
   */
  crossPenalty(
    id: string,
    x: ArrayLike<number>,
    y: ArrayLike<number>,
    options: CrossPenaltyOptions,
  ): { value: number; gradientX: Values; gradientY: Values };
  /** Allocate once, evaluate often. */
  prepare(id: string, options: PenaltyOptions): PreparedPenalty<Values>;
}

/** Put the typed API on top of an implementation's operations. */
export function createKernel(operations: Operations, sha256: string | null = null): Kernel {
  const withArrays = <Result>(lengths: readonly number[], use: (arrays: KernelArray[]) => Result): Result => {
    const arrays: KernelArray[] = [];
    try {
      for (const length of lengths) arrays.push(operations.allocate(length));
      return use(arrays);
    } finally {
      for (const array of arrays.reverse()) operations.free(array);
    }
  };

  const prepare = (id: string, options: PenaltyOptions): PreparedPenalty => {
    const call = resolvePenalty(id, options);
    const transposed = isTransposed(id, options);
    const { samples, units } = call;
    // Activations and gradient as the caller sees them; behind them, where those are transposed, as the kernel does.
    const arrays: KernelArray[] = [];
    const dispose = (): void => {
      for (const array of arrays.splice(0).reverse()) operations.free(array);
    };
    const live = (): KernelArray[] => {
      if (arrays.length > 0) return arrays;
      throw new KernelError('DISPOSED', `${id}: a disposed penalty has no memory. Prepare it again.`, { id });
    };
    try {
      for (let count = transposed ? 4 : 2; count > 0; count--)
        arrays.push(operations.allocate(samples * units));
      operations.reservePenalty(call);
    } catch (error) {
      dispose();
      throw error;
    }
    return {
      get activations() {
        return live()[0]!.values;
      },
      get gradient() {
        return live()[1]!.values;
      },
      evaluate() {
        const [outerX, outerGradient, x = outerX, gradient = outerGradient] = live();
        if (!transposed) return operations.penalty(gradient!, x!, call);
        writeTransposed(x!.values, outerX!.values, units, samples);
        const value = operations.penalty(gradient!, x!, call);
        writeTransposed(outerGradient!.values, gradient!.values, samples, units);
        return value;
      },
      dispose,
    };
  };

  return {
    variant: operations.variant,
    precision: operations.precision,
    sha256,
    penalties: PENALTIES,
    operations,
    prepare,
    penalty(id, x, options) {
      const call = resolvePenalty(id, options);
      const { samples, units } = call;
      const transposed = isTransposed(id, options);
      checkLength(id, 'x', x, samples * units, 'samples·units');
      return withArrays([samples * units, samples * units], ([input, output]) => {
        loadMatrix(input!, x, samples, units, transposed);
        const value = operations.penalty(output!, input!, call);
        return { value, gradient: copyMatrix(output!, samples, units, transposed) };
      });
    },
    covariance(x, options) {
      const shape = resolveShape('covariance', options, true, 1);
      const { samples, units } = shape;
      checkLength('covariance', 'x', x, samples * units, 'samples·units');
      return withArrays([samples * units, units * units], ([input, output]) => {
        loadMatrix(input!, x, samples, units, isTransposed('covariance', options));
        operations.covariance(output!, input!, shape);
        return output!.values.slice();
      });
    },
    covarianceVjp(x, upstream, options) {
      const shape = resolveShape('covarianceVjp', options, true, 1);
      const { samples, units } = shape;
      const transposed = isTransposed('covarianceVjp', options);
      checkLength('covarianceVjp', 'x', x, samples * units, 'samples·units');
      checkLength('covarianceVjp', 'upstream', upstream, units * units, 'units·units');
      const lengths = [samples * units, units * units, samples * units];
      return withArrays(lengths, ([input, seed, output]) => {
        loadMatrix(input!, x, samples, units, transposed);
        seed!.values.set(upstream);
        operations.covarianceVjp(output!, input!, seed!, shape);
        return copyMatrix(output!, samples, units, transposed);
      });
    },
    covarianceJvp(x, tangent, options) {
      const shape = resolveShape('covarianceJvp', options, true, 1);
      const { samples, units } = shape;
      const transposed = isTransposed('covarianceJvp', options);
      checkLength('covarianceJvp', 'x', x, samples * units, 'samples·units');
      checkLength('covarianceJvp', 'tangent', tangent, samples * units, 'samples·units');
      const lengths = [samples * units, samples * units, units * units];
      return withArrays(lengths, ([input, direction, output]) => {
        loadMatrix(input!, x, samples, units, transposed);
        loadMatrix(direction!, tangent, samples, units, transposed);
        operations.covarianceJvp(output!, input!, direction!, shape);
        return output!.values.slice();
      });
    },
    covarianceJacobian(x, options) {
      const shape = resolveShape('covarianceJacobian', options, true, 1);
      const { samples, units } = shape;
      const transposed = isTransposed('covarianceJacobian', options);
      checkLength('covarianceJacobian', 'x', x, samples * units, 'samples·units');
      const jacobian = allocateJacobian(shape, operations.precision);
      return withArrays([samples * units], ([input]) => {
        loadMatrix(input!, x, samples, units, transposed);
        if (shape.centered) operations.center(input!, input!, samples, units);
        fillJacobian(jacobian, input!.values, shape, transposed);
        return jacobian;
      });
    },
    penaltyHvp(id, x, direction, options) {
      const call = resolvePenalty(id, options);
      const { samples, units } = call;
      const transposed = isTransposed(id, options);
      checkLength(id, 'x', x, samples * units, 'samples·units');
      checkLength(id, 'direction', direction, samples * units, 'samples·units');
      const [at, along] = [new Matrix(samples, units), new Matrix(samples, units)];
      loadMatrix(at, x, samples, units, transposed);
      loadMatrix(along, direction, samples, units, transposed);
      return copyMatrix(penaltyHessianProduct(at, along, call), samples, units, transposed);
    },
    crossPenalty(id, x, y, options) {
      const call = resolveCrossPenalty(id, options);
      const { samples, units, otherUnits } = call;
      const transposed = isTransposed(id, options);
      checkLength(id, 'x', x, samples * units, 'samples·units');
      checkLength(id, 'y', y, samples * otherUnits, 'samples·otherUnits');
      const lengths = [units, otherUnits, units, otherUnits].map((columns) => samples * columns);
      return withArrays(lengths, ([inputX, inputY, outputX, outputY]) => {
        loadMatrix(inputX!, x, samples, units, transposed);
        loadMatrix(inputY!, y, samples, otherUnits, transposed);
        const value = operations.crossPenalty(outputX!, outputY!, inputX!, inputY!, call);
        return {
          value,
          gradientX: copyMatrix(outputX!, samples, units, transposed),
          gradientY: copyMatrix(outputY!, samples, otherUnits, transposed),
        };
      });
    },
  };
}
