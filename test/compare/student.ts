/** Student's t distribution by integration of its density: an oracle that shares nothing with the library. */

/** Panels of Simpson's rule: enough for the smallest tolerance of a probability. */
const PANELS = 500;

/** Γ(ν/2 + 1/2)/Γ(ν/2), by its recurrence from ν = 1 or 2. */
function gammaRatio(degreesOfFreedom: number): number {
  let ratio = degreesOfFreedom % 2 === 1 ? 1 / Math.sqrt(Math.PI) : Math.sqrt(Math.PI) / 2;
  for (let nu = degreesOfFreedom % 2 === 1 ? 1 : 2; nu < degreesOfFreedom; nu += 2) ratio *= (nu + 1) / nu;
  return ratio;
}

/**
 * Probability that |T| is at least t. With T = sqrt(ν)·tan(φ) the density is c·cos(φ)^(ν−1), smooth up to the very tail.
 */
export function studentTwoSidedP(t: number, degreesOfFreedom: number): number {
  const constant = gammaRatio(degreesOfFreedom) / Math.sqrt(Math.PI);
  const width = Math.atan(Math.sqrt(degreesOfFreedom) / Math.abs(t));
  const density = (fromEnd: number): number => Math.sin(fromEnd) ** (degreesOfFreedom - 1);
  let sum = density(0) + density(width);
  for (let panel = 1; panel < PANELS; panel++) {
    sum += (panel % 2 === 1 ? 4 : 2) * density((width * panel) / PANELS);
  }
  return (2 * constant * sum * width) / (3 * PANELS);
}

/** The t that |T| reaches with the probability `p`, by halving. */
export function studentQuantile(p: number, degreesOfFreedom: number): number {
  let [low, high] = [0, 1];
  while (studentTwoSidedP(high, degreesOfFreedom) > p) high *= 2;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (studentTwoSidedP(middle, degreesOfFreedom) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
