/** The normal distribution in plain float64: density, distribution function and quantiles, to about 14 digits. */

/** e^(−z²/2)/√(2π). */
export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/**
 * Φ(z). Up to 3 from the middle ½ ± density·(z + z³/3 + z⁵/15 + …), of which all terms have one sign; beyond, the tail by the
 * continued fraction of Laplace, density/(z + 1/(z + 2/(z + …))).
 */
export function normalDistribution(z: number): number {
  const size = Math.abs(z);
  let tail: number;
  if (size < 3) {
    let [term, sum] = [size, size];
    for (let k = 3; k < 103; k += 2) {
      term *= (size * size) / k;
      sum += term;
    }
    tail = 0.5 - normalDensity(size) * sum;
  } else {
    let fraction = size;
    for (let k = 80; k > 0; k--) fraction = size + k / fraction;
    tail = normalDensity(size) / fraction;
  }
  return z < 0 ? tail : 1 - tail;
}

/** The z with Φ(z) = p, for p from 0 to 1 exclusive, by bisection and then Newton's method. */
export function normalQuantile(p: number): number {
  // By the smaller tail, whose digits are kept.
  if (p > 0.5) return -normalQuantile(1 - p);
  let [low, high] = [-40, 0];
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (normalDistribution(middle) < p) low = middle;
    else high = middle;
  }
  let z = (low + high) / 2;
  for (let i = 0; i < 3; i++) z -= (normalDistribution(z) - p) / normalDensity(z);
  return z;
}
