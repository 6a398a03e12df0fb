/**
 * From the weight of one penalty to the weight at which another one has the same gradient.
 *
 * Penalties whose values are the same sum over the covariance, with other normalisers, have gradients that are multiples of
 * each other whatever the activations. The factor follows from the formulas in the catalogue.
 */
import { CovgradError, ShapeError } from '../errors.ts';
import { shown } from './arguments.ts';
import { findCrossPenalty, findPenalty } from './catalogue.ts';
import { resolveCrossPenalty, resolvePenalty } from './resolve.ts';

/** A penalty with everything that its value depends on beside the activations; what is left out is as in the catalogue. */
export interface ConvertedPenalty {
  readonly type: string;
  readonly centered?: boolean;
  /** 0 or 1. */
  readonly ddof?: number;
  /** By name. */
  readonly parameters?: Readonly<Record<string, number>>;
}

/** Shape of the batches that both penalties see, 2 or more; each is needed only where the factor depends on it. */
export interface BatchSize {
  readonly units?: number | undefined;
  readonly samples?: number | undefined;
}

/** An exact conversion: `weight(to) = factor · weight(from)`. */
export interface Conversion {
  readonly factor: number;
  /** The factor in m units and n samples. */
  readonly formula: string;
  /** Parameters that the second penalty must have, where they are not its defaults. */
  readonly parameters: Readonly<Record<string, number>>;
}

/** Exponents of the sizes in a normaliser. */
interface Powers {
  readonly m: number;
  readonly 'm−1': number;
  readonly n: number;
  readonly 'n−1': number;
}

/** A value as `scale · Π size^power · core(S)`, with S = X_cᵀX_c and no normaliser left in the core. */
interface Form {
  /** Equal for penalties whose gradients are proportional. */
  readonly core: string;
  readonly scale: number;
  readonly powers: Partial<Powers>;
  /** ε of a log det(S + ρI), and what the sizes make of it. */
  readonly ridge?: Ridge;
}

interface Ridge {
  /** Penalties of one kind have the same ρ where they have the same ε. */
  readonly kind: string;
  readonly epsilon: number;
  readonly ridge: number;
  epsilonOf(ridge: number): number;
}

const PAIRS = { m: -1, 'm−1': -1 } as const;
const SQUARES = { m: -2 } as const;

/**
 * The exact factor between two penalties.
 *
 * Errors: CovgradError NO_FACTOR where the gradients are not proportional, SIZE_NEEDED where a size is missing that the
 * factor depends on, UNKNOWN_PENALTY; ShapeError for sizes, divisors and parameters that there are none of.
 */
export function convertWeight(from: ConvertedPenalty, to: ConvertedPenalty, size: BatchSize): Conversion {
  for (const [name, value] of Object.entries(size)) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 2)) continue;
    throw new ShapeError(
      'SIZE_OUT_OF_RANGE',
      `convert: ${name} must be a whole number of at least 2, got ${shown(value)}.`,
      { name, value },
    );
  }
  const [source, target] = [formOf(from, size), formOf(to, size)];
  if (source.core !== target.core) throw noFactor(from, to, 'their gradients point in different directions');
  const parameters = matchRidge(from, to, source, target);
  const powers = (['m', 'm−1', 'n', 'n−1'] as const).map((name) => ({
    name,
    power: (source.powers[name] ?? 0) - (target.powers[name] ?? 0),
  }));
  const scale = source.scale / target.scale;
  const values = { m: size.units, 'm−1': less(size.units), n: size.samples, 'n−1': less(size.samples) };
  const factor = powers.reduce((product, { name, power }) => {
    if (power === 0) return product;
    return product * require(values[name], name) ** power;
  }, scale);
  return { factor, formula: describe(scale, powers), parameters };
}

function formOf({ type, ...given }: ConvertedPenalty, size: BatchSize): Form {
  const definition = findPenalty(type) ?? findCrossPenalty(type);
  if (definition === undefined) {
    throw new CovgradError('UNKNOWN_PENALTY', `convert: a penalty must be in the catalogue, got "${type}".`, {
      type,
    });
  }
  const { centered = definition.centered, ddof = definition.ddof } = given;
  if (ddof !== 0 && ddof !== 1) {
    throw new ShapeError('DDOF_OUT_OF_RANGE', `convert: ddof must be 0 or 1, got ${shown(ddof)}.`, {
      type,
      ddof,
    });
  }
  // What a call would refuse.
  const resolve = findPenalty(type) === undefined ? resolveCrossPenalty : resolvePenalty;
  resolve(type, { ...given.parameters, centered, samples: 2, units: 2 });
  const defaults = Object.fromEntries(definition.parameters.map(({ name, default: value }) => [name, value]));
  const parameters: Record<string, number> = { ...defaults, ...given.parameters };
  const of = centered ? 'centred' : 'raw';
  const divisor = ddof === 0 ? 'n' : 'n−1';
  const sum = (core: string, order: 1 | 2, scale: number, powers: Partial<Powers>): Form => ({
    core: `${core}, ${of}`,
    scale,
    powers: { ...powers, [divisor]: -order },
  });
  switch (type) {
    case 'mean':
    // Its value is that of mean-abs, but training follows its gradient, which is that of mean.
    case 'mean-abs-signed':
      return sum('Σ S_ij', 1, 1, SQUARES);
    case 'mean-abs':
      return sum('Σ |S_ij|', 1, 1, SQUARES);
    case 'off-diagonal-abs':
      return sum('Σ_{i≠j} |S_ij|', 1, 1, PAIRS);
    case 'off-diagonal-squared':
      return sum('Σ_{i≠j} S_ij²', 2, 1, PAIRS);
    case 'decov':
      return sum('Σ_{i≠j} S_ij²', 2, 0.5, {});
    case 'vicreg-covariance':
      return sum('Σ_{i≠j} S_ij²', 2, 1, { m: -1 });
    case 'vicreg':
      if (parameters.variance_weight === 0 && parameters.covariance_weight !== 0) {
        return sum('Σ_{i≠j} S_ij²', 2, parameters.covariance_weight ?? 1, { m: -1 });
      }
      break;
    case 'participation-ratio':
      return { core: `${type}, ${of}`, scale: 1, powers: {} };
    case 'log-det':
    case 'coding-rate': {
      const epsilon = parameters.epsilon ?? Number.NaN;
      const nu = (size.samples ?? Number.NaN) - ddof;
      const m = size.units ?? Number.NaN;
      const core = `log det(S + ρI), ${of}`;
      const common = { kind: `${type}, ${divisor}`, epsilon };
      return type === 'log-det'
        ? {
            core,
            scale: 1,
            powers: { m: -1 },
            ridge: { ...common, ridge: epsilon * nu, epsilonOf: (ridge) => ridge / nu },
          }
        : {
            core,
            scale: 0.5,
            powers: {},
            ridge: {
              ...common,
              ridge: (epsilon ** 2 * nu) / m,
              epsilonOf: (ridge) => Math.sqrt((ridge * m) / nu),
            },
          };
    }
  }
  // Not homogeneous, or of a kind of its own: only the very same penalty has the same gradient.
  const same = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return { core: JSON.stringify([type, of, ddof, same]), scale: 1, powers: {} };
}

/** ε of the target where both are log-determinants: the one given must fit, one not given is found. */
function matchRidge(
  from: ConvertedPenalty,
  to: ConvertedPenalty,
  { ridge: source }: Form,
  { ridge: target }: Form,
): Record<string, number> {
  if (source === undefined || target === undefined) return {};
  const epsilon =
    source.kind === target.kind ? source.epsilon : target.epsilonOf(require(source.ridge, 'n and m'));
  const given = to.parameters?.epsilon;
  if (given === undefined && epsilon === target.epsilon) return {};
  if (given === undefined || Math.abs(given / epsilon - 1) < ROUNDING) return { epsilon };
  throw noFactor(from, to, `it would need epsilon ${epsilon}, not ${given}`);
}

const ROUNDING = 1e-9;

function less(size: number | undefined): number | undefined {
  return size === undefined ? undefined : size - 1;
}

function require(value: number | undefined, name: string): number {
  if (value !== undefined && !Number.isNaN(value)) return value;
  const needed = [...(name.includes('m') ? ['--units'] : []), ...(name.includes('n') ? ['--samples'] : [])];
  throw new CovgradError(
    'SIZE_NEEDED',
    `convert: the factor depends on ${name}, got no ${needed.join(' or ')}. Give the size of the layer and of the batches.`,
    { name },
  );
}

function noFactor(from: ConvertedPenalty, to: ConvertedPenalty, why: string): CovgradError {
  const describeOne = ({ type, centered, ddof }: ConvertedPenalty): string => {
    const definition = findPenalty(type) ?? findCrossPenalty(type);
    const means = (centered ?? definition?.centered) ? 'centred' : 'not centred';
    return `${type} = ${definition?.formula} (${means}, divisor ${(ddof ?? definition?.ddof) === 0 ? 'n' : 'n − 1'})`;
  };
  return new CovgradError(
    'NO_FACTOR',
    `convert: two penalties must have proportional gradients, got ${describeOne(from)} and ${describeOne(to)}: no factor is exact, ${why}. ` +
      'Compare them at equal strength instead: penalty.strength in a sweep, or compare --by strength.',
    { from: from.type, to: to.type },
  );
}

/** `2·n²/(m·(n−1)²)`. */
function describe(
  scale: number,
  powers: readonly { readonly name: string; readonly power: number }[],
): string {
  const factors = (sign: 1 | -1): string[] =>
    powers.flatMap(({ name, power }) => {
      const exponent = sign * power;
      if (exponent <= 0) return [];
      return [
        `${name.includes('−') ? `(${name})` : name}${exponent === 1 ? '' : ['', '', '²', '³', '⁴'][exponent]}`,
      ];
    });
  const [above, below] = [factors(1), factors(-1)];
  const top = [...(scale === 1 && above.length > 0 ? [] : [String(scale)]), ...above].join('·');
  return below.length === 0 ? top : `${top}/${below.length > 1 ? `(${below.join('·')})` : below[0]}`;
}
