/**
 * The range of the reference kernel: activations whose squares, or squares of squares, would leave float64 are scaled by a power of two, which
 * changes no digit, and value and gradient scaled back.
 *
 * With X' = s·X and each parameter times a power of s, the value is `s^−degree` times that of X', and the gradient `s^(1−degree)` times.
 */

/** How a penalty changes with s. */
interface Law {
  readonly degree: number;
  /** Exponents of s of the parameters, in the order of the catalogue. */
  readonly parameters?: readonly number[];
  /** What is added to the value: this times log s. */
  readonly logarithms?: number;
}

/** Beside such activations the 1 of `whitening` is lost to rounding: its target is a parameter that only this file gives. */
const LAWS: Readonly<Record<string, Law>> = {
  mean: { degree: 2 },
  'mean-abs': { degree: 2 },
  'mean-abs-signed': { degree: 2 },
  'smooth-abs': { degree: 2, parameters: [2] },
  huber: { degree: 4, parameters: [2] },
  'off-diagonal-abs': { degree: 2 },
  'off-diagonal-squared': { degree: 4 },
  decov: { degree: 4 },
  'vicreg-covariance': { degree: 4 },
  vicreg: { degree: 4, parameters: [3, 0, 1, 2] },
  whitening: { degree: 4, parameters: [2] },
  'squared-correlation': { degree: 0, parameters: [2] },
  'mean-abs-correlation': { degree: 0, parameters: [2] },
  'gaussian-mutual-information': { degree: 0, parameters: [2] },
  'mutual-information': { degree: 0, parameters: [0, 2] },
  'total-correlation': { degree: 0, parameters: [2] },
  'log-det': { degree: 0, parameters: [2], logarithms: 2 },
  'coding-rate': { degree: 0, parameters: [1] },
  'participation-ratio': { degree: 0 },
  'von-neumann-entropy': { degree: 0, parameters: [2] },
  'cross-covariance': { degree: 2 },
  'barlow-twins': { degree: 0 },
};

/** Exponents of the largest activation between which its fourth power has all its digits. */
const ORDINARY = 250;
/** Largest exponent of s: its square is a number. */
const LARGEST_SCALE = 400;

/** What a penalty is evaluated at, and the way back. */
export interface Scaling {
  /** A power of two, 1 for ordinary activations. */
  readonly scale: number;
  readonly parameters: readonly number[];
  value(scaled: number): number;
  /** The factor of a gradient with respect to these activations. */
  gradient(entry: number): number;
}

/** The scaling of activations whose largest is `largest`, for the penalty `id`. */
export function scalingOf(id: string, parameters: readonly number[], largest: number): Scaling {
  const law = LAWS[id];
  const exponent = largest === 0 ? 0 : Math.floor(Math.log2(largest));
  // Small activations leave a penalty to its parameters, which cannot grow with them.
  const isSmall = exponent < -ORDINARY && law?.parameters === undefined;
  if (law === undefined || !(exponent > ORDINARY || isSmall)) {
    return { scale: 1, parameters, value: (value) => value, gradient: (entry) => entry };
  }
  const scale = 2 ** -Math.max(Math.min(exponent, LARGEST_SCALE), -LARGEST_SCALE);
  const { degree, logarithms = 0 } = law;
  const targets = id === 'whitening' ? [1] : parameters;
  return {
    scale,
    parameters: targets.map((value, i) => value * scale ** (law.parameters?.[i] ?? 0)),
    value: (value) => timesPower(value, scale, -degree) + logarithms * Math.log(scale),
    gradient: (entry) => timesPower(entry, scale, 1 - degree),
  };
}

/** value·scale^exponent step by step, so that nothing overflows before the result does. */
function timesPower(value: number, scale: number, exponent: number): number {
  let result = value;
  for (let i = 0; i < Math.abs(exponent); i++) result *= exponent < 0 ? 1 / scale : scale;
  return result;
}

/** The largest |x|; NaN where a number is NaN or infinite. */
export function largestOf(values: Iterable<number>): number {
  let largest = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) return Number.NaN;
    largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}
