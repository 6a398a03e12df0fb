/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Prepared evaluations: memory allocated once, views of it to write to and read from.
 *
 * One kind after another, each with its interface: this file is as long as their list.
 */

import { ShapeError } from '../errors.ts';
import { checkSizes } from './arguments.ts';
import type { CrossPenaltyId, PenaltyId } from './catalogue.ts';
import { isTransposed, writeTransposed } from './layout.ts';
import { Lease } from './lease.ts';
import type { CovarianceShape, FloatArray, KernelArray, Operations, PenaltyCall } from './operations.ts';
import {
  type CovarianceOptions,
  type CrossPenaltyOptionsOf,
  checkFlag,
  checkNames,
  GRADIENT_OPTIONS,
  type GradientOptions,
  type PenaltyOptionsOf,
  resolveCrossPenalty,
  resolvePenalty,
  resolveShape,
} from './resolve.ts';

/** What every prepared evaluation can do. */
export interface Prepared {
  /**
   * Give the memory back. Views taken before must not be used afterwards; everything else here is a KernelError then.
   * The same happens at the end of a `using` block, and some time after nothing refers to it and its views any more.
   */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** What an evaluation is to look at. */
export interface EvaluateOptions {
  /**
   * Samples of this batch, at most those prepared for. It lies in the first samples·units entries of `activations`, in the
   * layout asked for, and so does its gradient. Default: all.
   */
  readonly samples?: number;
  /** False for the value alone, in less time; the gradient's array is left as it is. Default true. */
  readonly gradient?: boolean;
}

/** A penalty with its memory allocated once, for repeated evaluation without copies or garbage. */
export interface PreparedPenalty<Values extends FloatArray = FloatArray> extends Prepared {
  /**
   * Write the activations here, in the layout asked for. A view that `evaluate()` never detaches; read it anew after
   * the kernel did anything else, which may grow the memory and leave views taken before empty.
   */
  readonly activations: Values;
  /** Holds weight · ∂penalty/∂activations after `evaluate()`, added with `accumulate`. A view like `activations`. */
  readonly gradient: Values;
  /** Value of the penalty at the present activations, without the weight; fills `gradient`. */
  evaluate(options?: EvaluateOptions): number;
}

/** Several penalties on the same activations; those on the same covariance share it. */
export interface PreparedPenalties<Values extends FloatArray = FloatArray> extends Prepared {
  /** As in {@link PreparedPenalty}. */
  readonly activations: Values;
  /** Holds Σ weight · ∂penalty/∂activations over the penalties after `evaluate()`. */
  readonly gradient: Values;
  /** The value of each penalty, without its weight; the same array after every call. */
  evaluate(options?: EvaluateOptions): Float64Array<ArrayBufferLike>;
}

/** A penalty on two activations, as {@link PreparedPenalty}. */
export interface PreparedCrossPenalty<Values extends FloatArray = FloatArray> extends Prepared {
  readonly x: Values;
  readonly y: Values;
  readonly gradientX: Values;
  readonly gradientY: Values;
  /** Value of the penalty, without the weight; fills `gradientX` and `gradientY`. */
  evaluate(options?: EvaluateOptions): number;
}

/** A covariance, as {@link PreparedPenalty}. */
export interface PreparedCovariance<Values extends FloatArray = FloatArray> extends Prepared {
  readonly activations: Values;
  /** Holds C, units x units, after `evaluate()`. */
  readonly covariance: Values;
  /** Fills `covariance`. */
  evaluate(options?: Pick<EvaluateOptions, 'samples'>): void;
}

/** One penalty of a list: its id, its parameters, and its weight in the sum of the gradients. */
export type ListedPenalty = {
  [Id in PenaltyId]: { readonly id: Id; readonly weight?: number } & Omit<
    PenaltyOptionsOf<Id>,
    'samples' | 'units' | 'layout'
  >;
}[PenaltyId];

/** The shape that the penalties of a list have in common. */
export type ListOptions = Pick<CovarianceOptions, 'samples' | 'units' | 'layout'> &
  Pick<GradientOptions, 'accumulate'>;

/** {@link PreparedPenalty} of one id. */
export function preparePenalty(
  operations: Operations,
  id: PenaltyId,
  options: PenaltyOptionsOf<PenaltyId> & GradientOptions,
): PreparedPenalty {
  const call = resolvePenalty(id, options, GRADIENT_OPTIONS);
  const pair = preparePair(operations, id, [call], isTransposed(id, options));
  return disposable(pair.lease, {
    get activations() {
      return pair.activations;
    },
    get gradient() {
      return pair.gradient;
    },
    evaluate: (evaluation?: EvaluateOptions) => pair.evaluate(evaluation)[0]!,
  });
}

/** {@link PreparedPenalties} of a list. Errors: as for each of them, and a ShapeError for an empty list. */
export function preparePenalties(
  operations: Operations,
  penalties: readonly ListedPenalty[],
  options: ListOptions,
): PreparedPenalties {
  const where = 'preparePenalties';
  if (!Array.isArray(penalties) || penalties.length === 0) {
    throw new ShapeError(
      'NO_PENALTIES',
      `${where}: the list must hold at least one penalty, got ${Array.isArray(penalties) ? 'an empty one' : String(penalties)}. Write [{ id: 'decov', weight: 0.1 }], for example.`,
    );
  }
  checkNames(where, options, ['samples', 'units', 'layout', 'accumulate']);
  const { samples, units, accumulate = false } = options;
  checkFlag(where, 'accumulate', accumulate);
  const calls = penalties.map(({ id, ...own }, i) => {
    for (const name of ['samples', 'units', 'layout', 'accumulate'])
      if (name in own)
        throw new ShapeError(
          'UNKNOWN_OPTION',
          `${where}: ${name} must be the same for the whole list, got one for ${id}. Give it with the options.`,
          { where, name },
        );
    return resolvePenalty(id, { ...own, samples, units, accumulate: accumulate || i > 0 }, GRADIENT_OPTIONS);
  });
  return preparePairOf(operations, where, calls, isTransposed(where, options));
}

function preparePairOf(
  operations: Operations,
  where: string,
  calls: readonly PenaltyCall[],
  transposed: boolean,
): PreparedPenalties {
  const pair = preparePair(operations, where, calls, transposed);
  return disposable(pair.lease, {
    get activations() {
      return pair.activations;
    },
    get gradient() {
      return pair.gradient;
    },
    evaluate: pair.evaluate,
  });
}

/** Activations and a gradient as the caller sees them; behind them, where those are transposed, as the kernel does. */
function preparePair(
  operations: Operations,
  where: string,
  calls: readonly PenaltyCall[],
  transposed: boolean,
): {
  lease: Lease;
  readonly activations: FloatArray;
  readonly gradient: FloatArray;
  evaluate(options?: EvaluateOptions): Float64Array<ArrayBufferLike>;
} {
  const [{ samples: capacity, units }] = calls as [PenaltyCall];
  const values = new Float64Array(calls.length);
  const lengths = Array.from({ length: transposed ? 4 : 2 }, () => capacity * units);
  const lease = new Lease(where, operations, lengths, () => operations.reservePenalty(...calls));
  const adds = calls[0]!.accumulate;
  return {
    lease,
    get activations() {
      return lease.view(0);
    },
    get gradient() {
      return lease.view(1);
    },
    evaluate(options) {
      const [outerX, outerGradient, x = outerX, inner = outerGradient] = lease.arrays as KernelArray[];
      const [samples, wanted] = evaluationOf(where, options, calls[0]!, calls);
      const sized = samples === capacity ? calls : calls.map((call) => ({ ...call, samples }));
      if (transposed) writeTransposed(x!.values, outerX!.values, units, samples);
      if (transposed && wanted && adds) writeTransposed(inner!.values, outerGradient!.values, units, samples);
      operations.penalties(values, wanted ? inner! : null, x!, sized);
      if (transposed && wanted) writeTransposed(outerGradient!.values, inner!.values, samples, units);
      return values;
    },
  };
}

/** {@link PreparedCrossPenalty} of one id. */
export function prepareCrossPenalty(
  operations: Operations,
  id: CrossPenaltyId,
  options: CrossPenaltyOptionsOf<CrossPenaltyId> & GradientOptions,
): PreparedCrossPenalty {
  const call = resolveCrossPenalty(id, options, GRADIENT_OPTIONS);
  const transposed = isTransposed(id, options);
  const { samples: capacity, units, otherUnits, accumulate } = call;
  const widths = [units, otherUnits, units, otherUnits];
  const lengths = (transposed ? [...widths, ...widths] : widths).map((width) => capacity * width);
  const lease = new Lease(id, operations, lengths, () => operations.reserveCrossPenalty(call));
  return disposable(lease, {
    get x() {
      return lease.view(0);
    },
    get y() {
      return lease.view(1);
    },
    get gradientX() {
      return lease.view(2);
    },
    get gradientY() {
      return lease.view(3);
    },
    evaluate(options?: EvaluateOptions) {
      const arrays = lease.arrays as KernelArray[];
      const [samples, wanted] = evaluationOf(id, options, call, [call]);
      const [x, y, dx, dy] = transposed ? arrays.slice(4) : arrays;
      const sized = samples === capacity ? call : { ...call, samples };
      const turn = (from: number, to: number, inward: boolean): void => {
        for (let i = from; transposed && i < to; i++) {
          const [outer, inner] = [arrays[i]!.values, arrays[i + 4]!.values];
          if (inward) writeTransposed(inner, outer, widths[i]!, samples);
          else writeTransposed(outer, inner, samples, widths[i]!);
        }
      };
      turn(0, wanted && accumulate ? 4 : 2, true);
      const value = operations.crossPenalty(wanted ? dx! : null, wanted ? dy! : null, x!, y!, sized);
      if (wanted) turn(2, 4, false);
      return value;
    },
  });
}

/** {@link PreparedCovariance} of a shape. */
export function prepareCovariance(operations: Operations, options: CovarianceOptions): PreparedCovariance {
  const where = 'prepareCovariance';
  const shape = resolveShape(where, options, true, 1);
  const transposed = isTransposed(where, options);
  const { samples: capacity, units } = shape;
  const lengths = [capacity * units, units * units, ...(transposed ? [capacity * units] : [])];
  const lease = new Lease(where, operations, lengths, () => operations.reserveCovariance(shape));
  return disposable(lease, {
    get activations() {
      return lease.view(0);
    },
    get covariance() {
      return lease.view(1);
    },
    evaluate(options?: Pick<EvaluateOptions, 'samples'>) {
      const [outer, covariance, x = outer] = lease.arrays as KernelArray[];
      const [samples] = evaluationOf(where, options, shape, [shape], ['samples']);
      if (transposed) writeTransposed(x!.values, outer!.values, units, samples);
      operations.covariance(covariance!, x!, { ...shape, samples });
    },
  });
}

/** Samples of an evaluation, and whether its gradient is wanted. Errors: ShapeError for what does not fit the shapes. */
function evaluationOf(
  where: string,
  options: EvaluateOptions | undefined,
  { samples: capacity }: CovarianceShape,
  shapes: readonly CovarianceShape[],
  names: readonly string[] = ['samples', 'gradient'],
): [samples: number, gradient: boolean] {
  const other = Object.keys(options ?? {}).find((name) => !names.includes(name));
  if (other !== undefined) {
    throw new ShapeError(
      'UNKNOWN_OPTION',
      `${where}: an option of evaluate must be one of ${names.join(', ')}, got ${JSON.stringify(other)}. Give the others to prepare.`,
      { where, name: other },
    );
  }
  const { samples = capacity, gradient = true } = options ?? {};
  checkFlag(where, 'gradient', gradient);
  if (samples === capacity) return [samples, gradient];
  checkSizes(where, { samples });
  const most = Math.max(...shapes.map(({ ddof }) => ddof));
  if (samples <= capacity && samples - most > 0) return [samples, gradient];
  throw new ShapeError(
    samples > capacity ? 'TOO_MANY_SAMPLES' : 'TOO_FEW_SAMPLES',
    samples > capacity
      ? `${where}: samples must be at most the ${capacity} that it was prepared for, got ${samples}. Prepare for more.`
      : `${where}: samples − ddof must be above 0, got samples ${samples} and ddof ${most}. Use more samples or a smaller ddof.`,
    { where, samples, capacity, ddof: most },
  );
}

/** Gives an evaluation its ends. */
function disposable<Evaluation extends object>(lease: Lease, evaluation: Evaluation): Evaluation & Prepared {
  const dispose = (): void => lease.dispose();
  // Hosts without `using` have no symbol for it, and no use for one.
  const symbol: symbol | undefined = Symbol.dispose;
  const ends = symbol === undefined ? { dispose } : { dispose, [symbol]: dispose };
  return Object.defineProperties(evaluation, Object.getOwnPropertyDescriptors(ends)) as Evaluation & Prepared;
}
