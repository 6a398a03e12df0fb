/**
 * The distributions of swept numbers in the vocabulary of Weights & Biases sweeps: their keys, and the quantiles by
 * which a number is drawn from a uniform one.
 */
import jstat from 'jstat';

/** A distribution that numbers are drawn from, complete. */
export type Distribution =
  | {
      readonly distribution: 'int_uniform' | 'uniform' | 'log_uniform_values' | 'inv_log_uniform_values';
      readonly min: number;
      readonly max: number;
    }
  | {
      readonly distribution: 'q_uniform' | 'q_log_uniform_values';
      readonly min: number;
      readonly max: number;
      readonly q: number;
    }
  | { readonly distribution: 'normal' | 'log_normal'; readonly mu: number; readonly sigma: number }
  | {
      readonly distribution: 'q_normal' | 'q_log_normal';
      readonly mu: number;
      readonly sigma: number;
      readonly q: number;
    }
  | { readonly distribution: 'beta'; readonly a: number; readonly b: number }
  | { readonly distribution: 'q_beta'; readonly a: number; readonly b: number; readonly q: number };

/** Keys of each distribution, with their defaults; one without a default must be given. */
export const DISTRIBUTION_KEYS: Readonly<
  Record<Distribution['distribution'], Readonly<Record<string, number | undefined>>>
> = {
  int_uniform: { min: undefined, max: undefined },
  uniform: { min: undefined, max: undefined },
  q_uniform: { min: undefined, max: undefined, q: 1 },
  log_uniform_values: { min: undefined, max: undefined },
  q_log_uniform_values: { min: undefined, max: undefined, q: 1 },
  inv_log_uniform_values: { min: undefined, max: undefined },
  normal: { mu: 0, sigma: 1 },
  q_normal: { mu: 0, sigma: 1, q: 1 },
  log_normal: { mu: 0, sigma: 1 },
  q_log_normal: { mu: 0, sigma: 1, q: 1 },
  beta: { a: 1, b: 1 },
  q_beta: { a: 1, b: 1, q: 1 },
};

/** Old names, whose bounds are exponents of e, and what they are called when the bounds are values. */
export const EXPONENT_DISTRIBUTIONS: Readonly<Record<string, Distribution['distribution']>> = {
  log_uniform: 'log_uniform_values',
  q_log_uniform: 'q_log_uniform_values',
  inv_log_uniform: 'inv_log_uniform_values',
};

/** Significant digits of a drawn number: more than a training can tell apart, few enough to read and to type. */
const DIGITS = 4;
/** What a computer's arithmetic leaves of a multiple of q beyond this many digits is noise. */
const QUANTIZED_DIGITS = 12;

/** How far a bound may be from a multiple of q, relatively, and still be one: 0.3/0.1 is 2.9999999999999996. */
const MULTIPLE_SLACK = 16 * Number.EPSILON;
/** Digits that tell every number from all others. */
const MOST_DIGITS = 17;

/** Whether a bound is none of the values that a key allows, and so must not be drawn. */
export type IsOpen = (bound: number) => boolean;

/**
 * The number of a distribution below which lies the share `unit`, in (0, 1), of it.
 *
 * Real numbers are rounded to four significant digits (more where the bounds are close, or where rounding would give a
 * bound that is open). Those of a q_ distribution are rounded to the nearest multiple of q within its bounds, halves to
 * the even one.
 */
export function drawNumber(distribution: Distribution, unit: number, isOpen: IsOpen = () => false): number {
  if (distribution.distribution === 'int_uniform') {
    const { min, max } = distribution;
    return Math.min(max, min + Math.floor(unit * (max - min + 1)));
  }
  const exact = quantile(distribution, unit);
  const { min, max } = boundsOf(distribution);
  if ('q' in distribution) {
    const [first, last] = multiplesWithin(distribution);
    const nearest = Math.min(last, Math.max(first, roundHalfEven(exact / distribution.q)));
    return multiple(distribution, nearest);
  }
  const digits = digitsOf(distribution);
  const rounded = Math.min(max, Math.max(min, Number(exact.toPrecision(digits))));
  // A run that was planned before must be planned alike: a bound that its key allows is drawn as it always was.
  if ((rounded !== min && rounded !== max) || !isOpen(rounded)) return rounded;
  for (let more = digits + 1; more < MOST_DIGITS; more += 1) {
    const closer = Number(exact.toPrecision(more));
    if (closer > min && closer < max) return closer;
  }
  return Math.min(max, Math.max(min, exact));
}

/** Significant digits of what is drawn: as many more as the first digits of both bounds are the same. */
function digitsOf(distribution: Distribution): number {
  if (!('min' in distribution)) return DIGITS;
  const { min, max } = distribution;
  const closeness = Math.log10(Math.max(Math.abs(min), Math.abs(max)) / (max - min));
  if (!Number.isFinite(closeness)) return MOST_DIGITS;
  return Math.min(MOST_DIGITS, DIGITS + Math.max(0, Math.floor(closeness)));
}

/** Between which numbers a distribution lies. */
function boundsOf(distribution: Distribution): { readonly min: number; readonly max: number } {
  if ('min' in distribution) return distribution;
  if ('a' in distribution) return { min: 0, max: 1 };
  return { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
}

/** The inverse of {@link drawNumber}: where a number lies in its distribution, as a share in [0, 1]. */
export function unitOf(distribution: Distribution, value: number): number {
  const unit = cumulative(distribution, value);
  return Math.min(1, Math.max(0, unit));
}

/** How many numbers a distribution has that a grid can run through; undefined where there is no end of them. */
export function countNumbers(distribution: Distribution): number | undefined {
  if (distribution.distribution === 'int_uniform') return distribution.max - distribution.min + 1;
  if (distribution.distribution !== 'q_uniform') return undefined;
  const [first, last] = multiplesWithin(distribution);
  return Math.max(0, last - first + 1);
}

/** Whether a distribution has a number at all: one that is rounded may have no multiple of q within its bounds. */
export function hasNumbers(distribution: Distribution): boolean {
  if (!('q' in distribution)) return true;
  const [first, last] = multiplesWithin(distribution);
  return first <= last;
}

/** The first and the last multiple of q within the bounds, as factors of q. */
function multiplesWithin(distribution: Extract<Distribution, { q: number }>): [first: number, last: number] {
  const { min, max } = boundsOf(distribution);
  const { q } = distribution;
  const slack = (factor: number) => MULTIPLE_SLACK * Math.max(1, Math.abs(factor));
  // An infinite bound has no slack.
  const first = Number.isFinite(min) ? Math.ceil(min / q - slack(min / q)) : min;
  return [first, Number.isFinite(max) ? Math.floor(max / q + slack(max / q)) : max];
}

/** A multiple of q, without the noise of the multiplication. */
function multiple(distribution: Extract<Distribution, { q: number }>, factor: number): number {
  const { min, max } = boundsOf(distribution);
  const { q } = distribution;
  // Adding 0 makes 0 of −0.
  const product = Number.isInteger(q) ? factor * q + 0 : Number((factor * q).toPrecision(QUANTIZED_DIGITS));
  return Math.min(max, Math.max(min, product));
}

/** The number at a position of those that {@link countNumbers} counts. */
export function numberAt(distribution: Distribution, position: number): number {
  if (distribution.distribution === 'q_uniform') {
    return multiple(distribution, multiplesWithin(distribution)[0] + position);
  }
  return ('min' in distribution ? distribution.min : 0) + position;
}

function quantile(distribution: Distribution, unit: number): number {
  switch (distribution.distribution) {
    case 'int_uniform':
    case 'uniform':
    case 'q_uniform':
      return distribution.min + unit * (distribution.max - distribution.min);
    case 'log_uniform_values':
    case 'q_log_uniform_values':
    // log(1/x) is uniform between log(1/max) and log(1/min): that is the same distribution of x.
    case 'inv_log_uniform_values':
      return distribution.min * (distribution.max / distribution.min) ** unit;
    case 'normal':
    case 'q_normal':
      return normalQuantile(distribution, unit);
    case 'log_normal':
    case 'q_log_normal':
      return Math.exp(normalQuantile(distribution, unit));
    case 'beta':
    case 'q_beta':
      return jstat.beta.inv(unit, distribution.a, distribution.b);
  }
}

function cumulative(distribution: Distribution, value: number): number {
  switch (distribution.distribution) {
    case 'int_uniform':
      return (value - distribution.min + 0.5) / (distribution.max - distribution.min + 1);
    case 'uniform':
    case 'q_uniform':
      return share(value, distribution.min, distribution.max);
    case 'log_uniform_values':
    case 'q_log_uniform_values':
    case 'inv_log_uniform_values':
      return share(
        Math.log(Math.max(value, Number.MIN_VALUE)),
        Math.log(distribution.min),
        Math.log(distribution.max),
      );
    case 'normal':
    case 'q_normal':
      return normalShare(distribution, value);
    case 'log_normal':
    case 'q_log_normal':
      return value <= 0 ? 0 : normalShare(distribution, Math.log(value));
    case 'beta':
    case 'q_beta':
      return jstat.beta.cdf(Math.min(1, Math.max(0, value)), distribution.a, distribution.b);
  }
}

interface Normal {
  readonly mu: number;
  readonly sigma: number;
}

function normalQuantile({ mu, sigma }: Normal, unit: number): number {
  return sigma === 0 ? mu : jstat.normal.inv(unit, mu, sigma);
}

function normalShare({ mu, sigma }: Normal, value: number): number {
  return sigma === 0 ? 0.5 : jstat.normal.cdf(value, mu, sigma);
}

function share(value: number, min: number, max: number): number {
  return max === min ? 0.5 : (value - min) / (max - min);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
