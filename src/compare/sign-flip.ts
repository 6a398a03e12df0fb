/**
 * The exact sign-flip test: how often a sum of paired differences is as large as the one seen, if each could as well have
 * had the other sign.
 *
 * Source: Fisher, "The Design of Experiments", 1935, section 21. No distribution is assumed, only symmetry around zero.
 */

/** Most pairs that the exact test is made for. */
export const MOST_FLIPPED = 36;

/** Rounding of a sum, relative to the sum of the sizes: what differs by less is equal. */
const ROUNDING = 1e-12;

/**
 * Two-sided p: the share of the 2^n ways to choose signs whose |Σ ±d| is at least |Σ d|; null for no pair, or more than
 * {@link MOST_FLIPPED}.
 */
export function signFlipP(differences: readonly number[]): number | null {
  const n = differences.length;
  if (n === 0 || n > MOST_FLIPPED) {
    return null;
  }
  const total = differences.reduce((sum, d) => sum + Math.abs(d), 0);
  const seen = Math.abs(differences.reduce((sum, d) => sum + d, 0));
  const threshold = seen - ROUNDING * total;
  // Half of the signs against the other half: 2·2^(n/2) sums, sorted, stand for 2^n.
  const left = signedSums(differences.slice(0, n >> 1));
  const right = signedSums(differences.slice(n >> 1));
  let small = 0;
  let from = right.length;
  let to = right.length;
  for (const sum of left) {
    // As the left sum grows, the right ones with |left + right| < threshold move down.
    while (from > 0 && sum + right[from - 1]! > -threshold) from--;
    while (to > 0 && sum + right[to - 1]! >= threshold) to--;
    small += Math.max(0, to - from);
  }
  return 1 - small / 2 ** n;
}

/** The smallest p that n pairs can reach: all signs alike, one way or the other. */
export function smallestSignFlipP(n: number): number | null {
  return n === 0 || n > MOST_FLIPPED ? null : 2 ** (1 - n);
}

/** Σ ±d for every choice of signs, ascending. */
function signedSums(differences: readonly number[]): Float64Array {
  const sums = new Float64Array(2 ** differences.length);
  let length = 1;
  for (const d of differences) {
    for (let i = 0; i < length; i++) {
      const sum = sums[i]!;
      sums[i] = sum + d;
      sums[length + i] = sum - d;
    }
    length *= 2;
  }
  return sums.sort();
}
