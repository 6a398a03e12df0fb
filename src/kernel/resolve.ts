/** From a caller's options to a call with nothing left open: defaults filled in from the catalogue, everything checked once. */

import { ShapeError } from '../errors.ts';
import { checkSizes, shown } from './arguments.ts';
import {
  CROSS_PENALTIES,
  type CrossPenaltyDefinition,
  type CrossPenaltyId,
  findCrossPenalty,
  findPenalty,
  type ParametersOf,
  PENALTIES,
  type PenaltyDefinition,
  type PenaltyId,
  type PenaltyParameter,
} from './catalogue.ts';
import type { Layout } from './layout.ts';
import type { CovarianceShape, CrossPenaltyCall, PenaltyCall } from './operations.ts';

/** Shape and convention of a covariance. */
export interface CovarianceOptions {
  readonly samples: number;
  readonly units: number;
  /** Subtract the column means first. Default true; a penalty's own default is in its catalogue entry. */
  readonly centered?: boolean;
  /** Divisor of the covariance: samples − ddof. Default 1; a penalty's own default is in its catalogue entry. */
  readonly ddof?: number;
  /** Layout of the activations, and of every result of their shape. Default samples-first. */
  readonly layout?: Layout;
}

/** Parameters of a penalty by name; what each one means, and which penalty has it, is in the catalogue. */
export type PenaltyParameterValues = { readonly [Name in PenaltyParameter['name']]?: number };

/** Options of a penalty: the shape, and its parameters by name. */
export interface PenaltyOptions extends CovarianceOptions, PenaltyParameterValues {}

/** Options of a penalty on two activations of the same samples. */
export interface CrossPenaltyOptions extends PenaltyOptions {
  /** Units of the second activations. Default: as many as the first have. */
  readonly otherUnits?: number;
}

/** {@link PenaltyOptions} with the parameters of one penalty, or of those that an id may be. */
export type PenaltyOptionsOf<Id extends PenaltyId> = CovarianceOptions & {
  readonly [Name in ParametersOf<Id>]?: number;
};

/** {@link CrossPenaltyOptions} with the parameters of one penalty, or of those that an id may be. */
export type CrossPenaltyOptionsOf<Id extends CrossPenaltyId> = CovarianceOptions &
  Pick<CrossPenaltyOptions, 'otherUnits'> & { readonly [Name in ParametersOf<Id>]?: number };

/** What becomes of a gradient. The value of a penalty never carries the weight. */
export interface GradientOptions {
  /** Factor on the gradient. Default 1. */
  readonly weight?: number;
  /** Add to what the gradient's array holds. Default false: overwrite it. */
  readonly accumulate?: boolean;
}

/**
 * A penalty's call with the catalogue's defaults filled in, weight 1 and overwriting its gradient unless the options say otherwise.
 *
 * Errors: ShapeError for an unknown id, a parameter that the penalty does not have or that is out of range,
 * sizes that are not positive whole numbers, samples ≤ ddof, a weight that is not finite, an option that is neither a shape's, a
 * parameter nor one of `also`.
 */
export function resolvePenalty(
  id: string,
  options: PenaltyOptions & GradientOptions,
  also: readonly string[] = [],
): PenaltyCall {
  const definition = findPenalty(id) ?? unknown(id, PENALTIES);
  const shape = resolveShape(id, options, definition.centered, definition.ddof, [
    ...PARAMETER_NAMES,
    ...also,
  ]);
  return {
    id,
    ...shape,
    parameters: resolveParameters(definition, options),
    ...resolveGradient(id, options),
  };
}

/**
 * The same for a penalty on two activations.
 *
 * Errors: as for {@link resolvePenalty}, and a ShapeError for units that differ where unit i belongs to unit i.
 */
export function resolveCrossPenalty(
  id: string,
  options: CrossPenaltyOptions & GradientOptions,
  also: readonly string[] = [],
): CrossPenaltyCall {
  const definition = findCrossPenalty(id) ?? unknown(id, CROSS_PENALTIES);
  const shape = resolveShape(id, options, definition.centered, definition.ddof, [
    ...PARAMETER_NAMES,
    'otherUnits',
    ...also,
  ]);
  const otherUnits = options.otherUnits ?? options.units;
  checkSizes(id, { otherUnits });
  if (definition.paired && otherUnits !== shape.units) {
    throw new ShapeError(
      'UNITS_NOT_PAIRED',
      `${id}: otherUnits must be units = ${shape.units}, since unit i of one belongs to unit i of the other, got ${otherUnits}.`,
      { id, units: shape.units, otherUnits },
    );
  }
  const parameters = resolveParameters(definition, options);
  return { id, ...shape, otherUnits, parameters, ...resolveGradient(id, options) };
}

/** Weight and mode of a gradient. Errors: ShapeError for a weight that is no finite number, and a mode that is neither yes nor no. */
function resolveGradient(
  where: string,
  { weight = 1, accumulate = false }: GradientOptions,
): Required<GradientOptions> {
  if (!Number.isFinite(weight)) {
    throw new ShapeError(
      'WEIGHT_OUT_OF_RANGE',
      `${where}: weight must be a finite number, got ${shown(weight)}.`,
      { where, weight: String(weight) },
    );
  }
  checkFlag(where, 'accumulate', accumulate);
  return { weight, accumulate };
}

/** Refuses what is neither true nor false. */
export function checkFlag(where: string, name: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  throw new ShapeError('NOT_A_BOOLEAN', `${where}: ${name} must be true or false, got ${shown(value)}.`, {
    where,
    [name]: String(value),
  });
}

/**
 * The shape of a covariance, its defaults as given.
 *
 * Errors: ShapeError for sizes that are not, samples ≤ ddof, an option of another type, or one that is neither a shape's nor among `also`.
 */
export function resolveShape(
  where: string,
  options: CovarianceOptions,
  centered: boolean,
  ddof: number,
  also: readonly string[] = [],
): CovarianceShape {
  checkNames(where, options, [...COVARIANCE_OPTIONS, ...also]);
  const { samples, units } = options;
  checkSizes(where, { samples, units });
  const divisor = options.ddof ?? ddof;
  if (!Number.isFinite(divisor)) {
    throw new ShapeError(
      'DDOF_OUT_OF_RANGE',
      `${where}: ddof must be a finite number, got ${shown(divisor)}.`,
      {
        where,
        ddof: divisor,
      },
    );
  }
  const means = options.centered ?? centered;
  checkFlag(where, 'centered', means);
  if (samples - divisor <= 0) {
    throw new ShapeError(
      'TOO_FEW_SAMPLES',
      `${where}: samples − ddof must be above 0, got samples ${samples} and ddof ${divisor}. Use more samples or a smaller ddof.`,
      { where, samples, ddof: divisor },
    );
  }
  return { samples, units, centered: means, ddof: divisor };
}

/** Values of a penalty's parameters in the order of the catalogue. */
function resolveParameters(
  { id, parameters }: Pick<PenaltyDefinition | CrossPenaltyDefinition, 'id' | 'parameters'>,
  options: PenaltyOptions,
): number[] {
  for (const name of PARAMETER_NAMES) {
    if (options[name] === undefined || parameters.some((parameter) => parameter.name === name)) continue;
    throw new ShapeError('UNKNOWN_PARAMETER', `${id}: it has no parameter ${name}. Leave it out.`, { id });
  }
  return parameters.map((parameter) => {
    const { name, range, whole } = parameter;
    const value = options[name] ?? parameter.default;
    const inRange = 'from' in range ? value >= range.from : value > range.above;
    if (inRange && (whole ? Number.isSafeInteger(value) : Number.isFinite(value))) return value;
    const limit = 'from' in range ? `of at least ${range.from}` : `above ${range.above}`;
    throw new ShapeError(
      'PARAMETER_OUT_OF_RANGE',
      `${id}: ${name} must be a ${whole ? 'whole' : 'finite'} number ${limit}, got ${shown(value)}.`,
      { id, parameter: name, value },
    );
  });
}

/** Every parameter that any penalty has. */
const PARAMETER_NAMES = new Set(
  [...PENALTIES, ...CROSS_PENALTIES].flatMap(({ parameters }) => parameters.map(({ name }) => name)),
);

/** The options of every call. */
const COVARIANCE_OPTIONS = ['samples', 'units', 'centered', 'ddof', 'layout'] as const;

/** Options of what writes a gradient. */
export const GRADIENT_OPTIONS: readonly string[] = ['weight', 'accumulate'];

/** Refuses options that are none, and names that the call does not have: a misspelt one would silently leave its default. */
export function checkNames(where: string, options: object, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new ShapeError(
      'OPTIONS_MISSING',
      `${where}: the options must be an object with samples and units, got ${shown(options)}.`,
      { where },
    );
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || names.includes(name)) continue;
    throw new ShapeError(
      'UNKNOWN_OPTION',
      `${where}: an option must be one of ${names.join(', ')}, got ${shown(name)}. Leave it out or correct it.`,
      { where, name },
    );
  }
}

function unknown(id: string, penalties: readonly { readonly id: string }[]): never {
  const known = penalties.map((penalty) => penalty.id);
  const elsewhere =
    findCrossPenalty(id) !== undefined
      ? ' That one looks at two activations: call crossPenalty.'
      : findPenalty(id) !== undefined
        ? ' That one looks at one activation: call penalty.'
        : '';
  throw new ShapeError(
    'UNKNOWN_PENALTY',
    `penalty: the id must be one of ${known.join(', ')}, got ${JSON.stringify(id)}.${elsewhere}`,
    { id, known },
  );
}
