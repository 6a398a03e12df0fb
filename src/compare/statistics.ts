/** Means over seeds with their 95 % intervals. */
import jstat from 'jstat';

/** A mean over seeds and how far it can be trusted. */
export interface Estimate {
  /** Null when no seed gave a value. */
  readonly mean: number | null;
  /** Half the width of the two-sided 95 % t-interval of the mean; null with fewer than two values. */
  readonly halfWidth95: number | null;
  /** Values that the mean is taken over. */
  readonly n: number;
}

/** One value a seed. */
export interface ValuesBySeed {
  /** Ascending. */
  readonly seeds: readonly number[];
  /** In the order of the seeds; null where the seed gave none. */
  readonly values: readonly (number | null)[];
}

/** Arithmetic mean; NaN for no values. That of equal values is their value, to the last bit. */
export function mean(values: readonly number[]): number {
  const [first] = values;
  if (first !== undefined && values.every((value) => value === first)) return first;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Unbiased sample variance, `Σ(x − mean)² / (n − 1)`; NaN for fewer than two values. */
export function sampleVariance(values: readonly number[]): number {
  if (values.length < 2) {
    return Number.NaN;
  }
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}

/**
 * The 0.975 quantile of Student's t distribution: the factor of a two-sided 95 % interval.
 *
 * Precision: about 1e-7, relative; 1e-9 and better below five degrees of freedom.
 */
export function tQuantile975(degreesOfFreedom: number): number {
  const known = quantiles.get(degreesOfFreedom);
  if (known !== undefined) {
    return known;
  }
  const quantile = jstat.studentt.inv(0.975, degreesOfFreedom);
  quantiles.set(degreesOfFreedom, quantile);
  return quantile;
}

/** The search for a quantile takes as long as all the rest of an estimate, and a comparison needs few different ones. */
const quantiles = new Map<number, number>();

/**
 * Probability that |T| is at least |t| for Student's t, by the incomplete beta function: I_{ν/(ν+t²)}(ν/2, ½).
 *
 * Precision: about 1e-7, relative.
 */
export function tTwoSidedP(t: number, degreesOfFreedom: number): number {
  // Not by the library's own t distribution: it takes a difference of numbers near |t| and gives 0 where p is tiny.
  return jstat.beta.cdf(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
}

/** Mean and 95 % t-interval, `t₀.₉₇₅(n−1) · sqrt(variance / n)`, of the values that are finite. */
export function estimate(values: Iterable<number | null>): Estimate {
  const finite = [...values].filter((value): value is number => value !== null && Number.isFinite(value));
  const n = finite.length;
  return {
    mean: n === 0 ? null : mean(finite),
    halfWidth95: n < 2 ? null : tQuantile975(n - 1) * Math.sqrt(sampleVariance(finite) / n),
    n,
  };
}
