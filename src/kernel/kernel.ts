/**
 * The typed API of a kernel: arguments are checked here once, defaults come from the catalogue, results are copies or go to `out`.
 *
 * One entry after another, each declared and then defined: this file is as long as their list.
 */

import { ShapeError } from '../errors.ts';
import { type CrossPenaltyId, PENALTIES, type PenaltyDefinition, type PenaltyId } from './catalogue.ts';
import { allocateJacobian, fillJacobian } from './covariance-jacobian.ts';
import { checkLength, checkOutput, copyMatrix, isTransposed, loadMatrix, writeMatrix } from './layout.ts';
import type { FloatArray, KernelArray, Operations, Variant } from './operations.ts';
import {
  type ListedPenalty,
  type ListOptions,
  type PreparedCovariance,
  type PreparedCrossPenalty,
  type PreparedPenalties,
  type PreparedPenalty,
  prepareCovariance,
  prepareCrossPenalty,
  preparePenalties,
  preparePenalty,
} from './prepared.ts';
import { Matrix } from './reference-matrix.ts';
import { penaltyHessianProduct } from './reference-penalties.ts';
import {
  type CovarianceOptions,
  type CrossPenaltyOptionsOf,
  checkFlag,
  GRADIENT_OPTIONS,
  type GradientOptions,
  type PenaltyOptionsOf,
  resolveCrossPenalty,
  resolvePenalty,
  resolveShape,
} from './resolve.ts';
import type { Tile } from './tile.ts';

export type { Layout } from './layout.ts';
export type {
  EvaluateOptions,
  ListedPenalty,
  ListOptions,
  Prepared,
  PreparedCovariance,
  PreparedCrossPenalty,
  PreparedPenalties,
  PreparedPenalty,
} from './prepared.ts';
export {
  type CovarianceOptions,
  type CrossPenaltyOptions,
  type CrossPenaltyOptionsOf,
  type GradientOptions,
  type PenaltyOptions,
  type PenaltyOptionsOf,
  resolvePenalty,
} from './resolve.ts';

/** An array for results: of the kernel's numbers, over any buffer, its own memory among them. */
export type OutputOf<Values extends FloatArray> =
  Values extends Float32Array<ArrayBufferLike>
    ? Float32Array<ArrayBufferLike>
    : Float64Array<ArrayBufferLike>;

/** Where a result goes. */
export interface ResultOptions<Values extends FloatArray> {
  /** Filled and returned in place of a new array. It may be an input: that is read before anything is written. */
  readonly out?: OutputOf<Values>;
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
  /** Register tile of the products; no bit depends on it. Null for the reference. */
  readonly tile: Tile | null;
  /** Why the tile is not the wide one where that was faster or asked for, else null. */
  readonly tileNote: string | null;
  /** The catalogue: id, formula, parameters with defaults, exact or not, source. */
  readonly penalties: readonly PenaltyDefinition[];
  /** The layers below, on arrays in the kernel's own memory. */
  readonly operations: Operations;
  /**
   * Value, never weighted, and exact gradient times `weight`, added to `out` with `accumulate`; null with `gradient: false`, which is
   * faster. Shapes: `x`, `gradient` and `out` samples x units (transposed for 'units-first').
   */
  penalty<Id extends PenaltyId, Wanted extends boolean = true>(
    id: Id,
    x: ArrayLike<number>,
    options: PenaltyOptionsOf<Id> & GradientOptions & ResultOptions<Values> & { readonly gradient?: Wanted },
  ): { value: number; gradient: Wanted extends false ? null : Values };
  /** `C = X_cᵀ·X_c/(samples − ddof)`, units x units. */
  covariance(x: ArrayLike<number>, options: CovarianceOptions & ResultOptions<Values>): Values;
  /** `X_c·(G + Gᵀ)/(samples − ddof)` for the upstream gradient G = ∂L/∂C (units x units); the shape of `x`. */
  covarianceVjp(
    x: ArrayLike<number>,
    upstream: ArrayLike<number>,
    options: CovarianceOptions & ResultOptions<Values>,
  ): Values;
  /** `(T_cᵀ·X_c + X_cᵀ·T_c)/(samples − ddof)` along the tangent T (the shape of `x`); units x units. */
  covarianceJvp(
    x: ArrayLike<number>,
    tangent: ArrayLike<number>,
    options: CovarianceOptions & ResultOptions<Values>,
  ): Values;
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
  penaltyHvp<Id extends PenaltyId>(
    id: Id,
    x: ArrayLike<number>,
    direction: ArrayLike<number>,
    options: PenaltyOptionsOf<Id>,
  ): Float64Array<ArrayBufferLike>;
  /**
   * Value and both exact gradients of a penalty of CROSS_PENALTIES on two activations of the same samples; `weight`, `accumulate`
   * and `gradient` as for `penalty`, `outX` and `outY` in place of `out`.
   *
   * Shapes: `x` and `gradientX` samples x units, `y` and `gradientY` samples x otherUnits (all transposed for 'units-first').
   */
  crossPenalty<Id extends CrossPenaltyId, Wanted extends boolean = true>(
    id: Id,
    x: ArrayLike<number>,
    y: ArrayLike<number>,
    options: CrossPenaltyOptionsOf<Id> &
      GradientOptions & {
        readonly outX?: OutputOf<Values>;
        readonly outY?: OutputOf<Values>;
        readonly gradient?: Wanted;
      },
  ): {
    value: number;
    gradientX: Wanted extends false ? null : Values;
    gradientY: Wanted extends false ? null : Values;
  };
  /** Allocate once, evaluate often: batches of up to `samples`. */
  prepare<Id extends PenaltyId>(
    id: Id,
    options: PenaltyOptionsOf<Id> & GradientOptions,
  ): PreparedPenalty<Values>;
  /** The same for several penalties on the same activations, which share what is the same: `[{ id: 'decov', weight: 0.1 }, …]`. */
  preparePenalties(penalties: readonly ListedPenalty[], options: ListOptions): PreparedPenalties<Values>;
  /** The same for a penalty on two activations. */
  prepareCrossPenalty<Id extends CrossPenaltyId>(
    id: Id,
    options: CrossPenaltyOptionsOf<Id> & GradientOptions,
  ): PreparedCrossPenalty<Values>;
  /** The same for the covariance. */
  prepareCovariance(options: CovarianceOptions): PreparedCovariance<Values>;
}

/** Put the typed API on top of an implementation's operations. */
export function createKernel(
  operations: Operations,
  build: Pick<Kernel, 'sha256' | 'tile' | 'tileNote'> = { sha256: null, tile: null, tileNote: null },
): Kernel {
  const withArrays = <Result>(lengths: readonly number[], use: (arrays: KernelArray[]) => Result): Result => {
    const arrays: KernelArray[] = [];
    try {
      for (const length of lengths) arrays.push(operations.allocate(length));
      return use(arrays);
    } finally {
      for (const array of arrays.reverse()) operations.free(array);
    }
  };

  const { precision } = operations;

  /** The array for a result, as it reads when everything is computed: one of the caller's, or none yet. */
  const outputOf = (
    where: string,
    name: string,
    out: FloatArray | undefined,
    length: number,
    rule: string,
  ): (() => FloatArray) | undefined => {
    if (out === undefined) return undefined;
    checkOutput(where, name, out, length, rule, precision);
    return operations.hold(where, name, out);
  };

  /** A result in the caller's array, or in a new one. */
  const deliver = (
    out: (() => FloatArray) | undefined,
    source: KernelArray,
    rows: number,
    columns: number,
    transposed: boolean,
  ): FloatArray => {
    if (out === undefined) return copyMatrix(source, rows, columns, transposed);
    const target = out();
    writeMatrix(target, source, rows, columns, transposed);
    return target;
  };

  return {
    variant: operations.variant,
    precision: operations.precision,
    ...build,
    penalties: PENALTIES,
    operations,
    prepare: (id, options) => preparePenalty(operations, id, options),
    preparePenalties: (penalties, options) => preparePenalties(operations, penalties, options),
    prepareCrossPenalty: (id, options) => prepareCrossPenalty(operations, id, options),
    prepareCovariance: (options) => prepareCovariance(operations, options),
    penalty(id, x, options) {
      const call = resolvePenalty(id, options, [...GRADIENT_OPTIONS, 'out', 'gradient']);
      const { samples, units, accumulate } = call;
      const transposed = isTransposed(id, options);
      checkLength(id, 'x', x, samples * units, 'samples·units');
      const wanted = wantsGradient(id, options, accumulate, ['out']);
      const source = operations.hold(id, 'x', x);
      const out = outputOf(id, 'out', options.out, samples * units, 'samples·units');
      return withArrays(
        wanted ? [samples * units, samples * units] : [samples * units],
        ([input, output]) => {
          loadMatrix(input!, source(), samples, units, transposed);
          if (accumulate && out !== undefined) loadMatrix(output!, out(), samples, units, transposed);
          const value = operations.penalty(output ?? null, input!, call);
          const gradient = wanted ? deliver(out, output!, samples, units, transposed) : null;
          return { value, gradient: gradient as never };
        },
      );
    },
    covariance(x, options) {
      const where = 'covariance';
      const shape = resolveShape(where, options, true, 1, ['out']);
      const { samples, units } = shape;
      const transposed = isTransposed(where, options);
      checkLength(where, 'x', x, samples * units, 'samples·units');
      const source = operations.hold(where, 'x', x);
      const out = outputOf(where, 'out', options.out, units * units, 'units·units');
      return withArrays([samples * units, units * units], ([input, output]) => {
        loadMatrix(input!, source(), samples, units, transposed);
        operations.covariance(output!, input!, shape);
        return deliver(out, output!, units, units, false);
      });
    },
    covarianceVjp(x, upstream, options) {
      const where = 'covarianceVjp';
      const shape = resolveShape(where, options, true, 1, ['out']);
      const { samples, units } = shape;
      const transposed = isTransposed(where, options);
      checkLength(where, 'x', x, samples * units, 'samples·units');
      checkLength(where, 'upstream', upstream, units * units, 'units·units');
      const source = operations.hold(where, 'x', x);
      const given = operations.hold(where, 'upstream', upstream);
      const out = outputOf(where, 'out', options.out, samples * units, 'samples·units');
      const lengths = [samples * units, units * units, samples * units];
      return withArrays(lengths, ([input, seed, output]) => {
        loadMatrix(input!, source(), samples, units, transposed);
        seed!.values.set(given());
        operations.covarianceVjp(output!, input!, seed!, shape);
        return deliver(out, output!, samples, units, transposed);
      });
    },
    covarianceJvp(x, tangent, options) {
      const where = 'covarianceJvp';
      const shape = resolveShape(where, options, true, 1, ['out']);
      const { samples, units } = shape;
      const transposed = isTransposed(where, options);
      checkLength(where, 'x', x, samples * units, 'samples·units');
      checkLength(where, 'tangent', tangent, samples * units, 'samples·units');
      const source = operations.hold(where, 'x', x);
      const along = operations.hold(where, 'tangent', tangent);
      const out = outputOf(where, 'out', options.out, units * units, 'units·units');
      const lengths = [samples * units, samples * units, units * units];
      return withArrays(lengths, ([input, direction, output]) => {
        loadMatrix(input!, source(), samples, units, transposed);
        loadMatrix(direction!, along(), samples, units, transposed);
        operations.covarianceJvp(output!, input!, direction!, shape);
        return deliver(out, output!, units, units, false);
      });
    },
    covarianceJacobian(x, options) {
      const shape = resolveShape('covarianceJacobian', options, true, 1);
      const { samples, units } = shape;
      const transposed = isTransposed('covarianceJacobian', options);
      checkLength('covarianceJacobian', 'x', x, samples * units, 'samples·units');
      const jacobian = allocateJacobian(shape, precision);
      const source = operations.hold('covarianceJacobian', 'x', x);
      return withArrays([samples * units], ([input]) => {
        loadMatrix(input!, source(), samples, units, transposed);
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
      const call = resolveCrossPenalty(id, options, [...GRADIENT_OPTIONS, 'outX', 'outY', 'gradient']);
      const { samples, units, otherUnits, accumulate } = call;
      const transposed = isTransposed(id, options);
      checkLength(id, 'x', x, samples * units, 'samples·units');
      checkLength(id, 'y', y, samples * otherUnits, 'samples·otherUnits');
      const wanted = wantsGradient(id, options, accumulate, ['outX', 'outY']);
      const [sourceX, sourceY] = [operations.hold(id, 'x', x), operations.hold(id, 'y', y)];
      const outX = outputOf(id, 'outX', options.outX, samples * units, 'samples·units');
      const outY = outputOf(id, 'outY', options.outY, samples * otherUnits, 'samples·otherUnits');
      const widths = wanted ? [units, otherUnits, units, otherUnits] : [units, otherUnits];
      const lengths = widths.map((width) => samples * width);
      return withArrays(lengths, ([inputX, inputY, outputX, outputY]) => {
        loadMatrix(inputX!, sourceX(), samples, units, transposed);
        loadMatrix(inputY!, sourceY(), samples, otherUnits, transposed);
        if (accumulate && outX !== undefined) loadMatrix(outputX!, outX(), samples, units, transposed);
        if (accumulate && outY !== undefined) loadMatrix(outputY!, outY(), samples, otherUnits, transposed);
        const value = operations.crossPenalty(outputX ?? null, outputY ?? null, inputX!, inputY!, call);
        const gradientX = wanted ? deliver(outX, outputX!, samples, units, transposed) : null;
        const gradientY = wanted ? deliver(outY, outputY!, samples, otherUnits, transposed) : null;
        return { value, gradientX: gradientX as never, gradientY: gradientY as never };
      });
    },
  };
}

/**
 * Whether the gradient is asked for.
 *
 * Errors: ShapeError for arrays of a gradient that is not, two results in one array, and accumulating without the arrays to add to.
 */
function wantsGradient(
  where: string,
  options: object,
  accumulate: boolean,
  outputs: readonly string[],
): boolean {
  const { gradient = true, ...others } = options as { gradient?: boolean } & Record<string, unknown>;
  checkFlag(where, 'gradient', gradient);
  const given = outputs.filter((name) => others[name] !== undefined);
  const fault = (rule: string, remedy: string): ShapeError =>
    new ShapeError('OUTPUT_MISMATCH', `${where}: ${rule}. ${remedy}.`, { where });
  if (!gradient && (given.length > 0 || accumulate))
    throw fault(
      `gradient: false leaves nothing to write, got ${given[0] ?? 'accumulate'}`,
      'Leave one of them out',
    );
  if (accumulate && given.length < outputs.length)
    throw fault(
      `accumulate adds to what ${outputs.join(' and ')} hold, got ${given.length === 0 ? 'none' : `only ${given[0]}`}`,
      'Pass what the gradient is to be added to',
    );
  const [first, second] = given.map((name) => others[name] as FloatArray);
  if (first !== undefined && second !== undefined && overlap(first, second))
    throw fault(`${outputs.join(' and ')} must be apart, got two that overlap`, 'Pass arrays of their own');
  return gradient;
}

/** Whether two arrays share memory. */
function overlap(a: FloatArray, b: FloatArray): boolean {
  if (a.buffer !== b.buffer) return false;
  return a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength;
}
