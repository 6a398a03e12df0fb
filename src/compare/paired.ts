/** Differences paired by seed, and how sure it is that they are any. */
import { largestOf } from '../extremes.ts';
import { signFlipP, smallestSignFlipP } from './sign-flip.ts';
import { type Estimate, estimate, sampleVariance, tTwoSidedP, type ValuesBySeed } from './statistics.ts';

/** A mean difference over the seeds that both sides have, with the tests of whether it is zero. */
export interface Difference extends Estimate {
  /**
   * Two-sided p of the paired t-test, which takes the differences for normal; null with fewer than two seeds, and where
   * all differences are equal, so that nothing tells how much they vary.
   */
  readonly p: number | null;
  /** `p` corrected for all points of the run that are held against their baseline in this metric (Holm); null for points with unfinished trials. */
  readonly holmP: number | null;
  /** Two-sided p of the exact sign-flip test, which assumes no distribution. */
  readonly signFlipP: number | null;
  /** The smallest p that the sign-flip test can reach with so many seeds. */
  readonly smallestSignFlipP: number | null;
}

/** Spread of differences, relative to the largest, that is nothing but rounding. */
const ROUNDING = 1e-12;

/** Of two sides that share no seed: one object for all, since a run may have a hundred thousand of them. */
const NO_DIFFERENCE: Difference = Object.freeze({
  mean: null,
  halfWidth95: null,
  n: 0,
  p: null,
  holmP: null,
  signFlipP: null,
  smallestSignFlipP: null,
});

/** `point − other`, seed by seed, over the seeds for which both have a value; not corrected for further comparisons. */
export function pairedDifference(point: ValuesBySeed, other: ValuesBySeed): Difference {
  const differences = pairUp(point, other);
  if (differences.length === 0) return NO_DIFFERENCE;
  const { mean, halfWidth95, n } = estimate(differences);
  // Not spread, for the reason that summariseMetric has.
  return {
    mean,
    halfWidth95,
    n,
    p: tTestP(differences),
    holmP: null,
    signFlipP: signFlipP(differences),
    smallestSignFlipP: smallestSignFlipP(differences.length),
  };
}

/** A difference with its p-value corrected for further comparisons. */
export function withHolmP(difference: Difference, holmP: number | null): Difference {
  if (holmP === difference.holmP) return difference;
  const { mean, halfWidth95, n, p, signFlipP, smallestSignFlipP } = difference;
  return { mean, halfWidth95, n, p, holmP, signFlipP, smallestSignFlipP };
}

/** {@link Difference.p} alone. */
export function pairedP(point: ValuesBySeed, other: ValuesBySeed): number | null {
  return tTestP(pairUp(point, other));
}

function pairUp(point: ValuesBySeed, other: ValuesBySeed): number[] {
  const differences: number[] = [];
  let at = 0;
  for (const [index, seed] of point.seeds.entries()) {
    while ((other.seeds[at] ?? Number.POSITIVE_INFINITY) < seed) at += 1;
    const own = point.values[index] ?? Number.NaN;
    const difference = own - ((other.seeds[at] === seed ? other.values[at] : null) ?? Number.NaN);
    if (Number.isFinite(difference)) {
      differences.push(difference);
    }
  }
  return differences;
}

/** Two-sided p of `mean / sqrt(variance / n)` under Student's t with n − 1 degrees of freedom. */
function tTestP(differences: readonly number[]): number | null {
  const n = differences.length;
  const { mean } = estimate(differences);
  if (mean === null || n < 2) {
    return null;
  }
  const deviation = Math.sqrt(sampleVariance(differences));
  const largest = largestOf(differences.map(Math.abs));
  if (deviation <= ROUNDING * largest) {
    return largest === 0 ? 1 : null;
  }
  return tTwoSidedP(mean / (deviation / Math.sqrt(n)), n - 1);
}
