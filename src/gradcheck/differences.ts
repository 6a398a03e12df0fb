/** Central differences in float64: the derivative of a value, from the value alone. */

/** Steps of the differences, as a share of the spread of the activation's unit; the first two usually suffice. */
const STEPS = [3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5] as const;
/** Two derivatives agree when they differ by less than this share of the largest one. */
const AGREEMENT = 1e-8;

/**
 * `(8(f(x+h) − f(x−h)) − (f(x+2h) − f(x−2h)))/12h` for chosen entries of `x`.
 *
 * Wide steps lose digits to the curvature of f and to kinks (an absolute value at zero, the edge of a bin), narrow
 * ones to rounding: of two successive steps that agree, or else of the two that agree best for what rounding leaves
 * them, the wider one is taken.
 * Precision: about 1e-8 of the largest derivative, and 1e-7 where the mean of a unit is hundreds of times its spread.
 */
export function centralDifferences(
  value: (x: Float64Array) => number,
  x: Float64Array,
  units: number,
  indices: readonly number[],
): number[] {
  const probe = x.slice();
  const spreads = unitSpreads(x, units);
  const differ = (index: number, step: number): number => {
    const h = step * spreads[index % units]!;
    const centre = x[index]!;
    const at = (offset: number): number => {
      probe[index] = centre + offset;
      return value(probe);
    };
    const derivative = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
    probe[index] = centre;
    return derivative;
  };
  const [wide, narrow] = STEPS.slice(0, 2).map((step) => indices.map((index) => differ(index, step)));
  const largest = Math.max(...narrow!.map(Math.abs));
  return indices.map((index, k) => {
    const found = [wide![k]!, narrow![k]!];
    if (Math.abs(found[0]! - found[1]!) <= AGREEMENT * largest) return found[0]!;
    for (const step of STEPS.slice(2)) found.push(differ(index, step));
    return widerOfClosest(found, (Number.EPSILON * Math.abs(value(x))) / spreads[index % units]!);
  });
}

/**
 * The derivative by the wider of the two neighbouring steps that agree best. Rounding grows as a step shrinks, so that
 * narrow steps agree by chance at most: what `rounding/step` and more of it could hide counts against them.
 */
function widerOfClosest(found: readonly number[], rounding: number): number {
  const scores = found.slice(1).map((derivative, i) => {
    const step = STEPS[i + 1]!;
    return (Math.abs(derivative - found[i]!) + rounding / step) / step;
  });
  return found[scores.indexOf(Math.min(...scores))]!;
}

/** At most `most` indices of an array of `length`, evenly spread, the first and the last among them. */
export function spreadIndices(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: most }, (_, k) => Math.round((k * (length - 1)) / (most - 1)));
}

/** Standard deviation of each unit; 1 for a unit that never changes. */
function unitSpreads(x: Float64Array, units: number): Float64Array {
  const samples = x.length / units;
  return Float64Array.from({ length: units }, (_, unit) => {
    let sum = 0;
    let squares = 0;
    for (let i = unit; i < x.length; i += units) sum += x[i]!;
    for (let i = unit; i < x.length; i += units) squares += (x[i]! - sum / samples) ** 2;
    return Math.sqrt(squares / samples) || 1;
  });
}
