/**
 * Holm's correction: p-values of several tests at once, so that a claim among them is false with the stated probability at most.
 *
 * Source: Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6, 1979.
 */

/** Probability of a false claim up to which a difference is called significant. */
export const SIGNIFICANCE = 0.05;

/** Adjusted p-values in the order of the given ones; null where no test was made, which is then none of the family. */
export function holmAdjusted(ps: readonly (number | null)[]): (number | null)[] {
  const made = ps.flatMap((p, index) => (p === null ? [] : [{ p, index }])).sort((a, b) => a.p - b.p);
  const adjusted: (number | null)[] = ps.map(() => null);
  let largest = 0;
  for (const [rank, { p, index }] of made.entries()) {
    largest = Math.max(largest, Math.min(1, (made.length - rank) * p));
    adjusted[index] = largest;
  }
  return adjusted;
}
