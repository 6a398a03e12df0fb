/** Central differences in float64: the derivative of a value, from the value alone. */

/** Steps of the differences, as a share of the spread of the activation's unit. */
const STEP = 3e-4;
const SMALL_STEP = 3e-5;
/** Two steps that disagree by more than this share have a kink between them (an absolute value at zero). */
const KINK = 1e-4;

/**
 * `(8(f(x+h) − f(x−h)) − (f(x+2h) − f(x−2h)))/12h` for chosen entries of `x`.
 *
 * Precision: the error of the formula is of order h⁴; what remains is rounding, about 1e-8 of the largest derivative,
 * and 2e-7 where the mean of a unit is hundreds of times its spread. Near a kink the smaller step is taken, which is
 * ten times less precise.
 */
export function centralDifferences(
  value: (x: Float64Array) => number,
  x: Float64Array,
  units: number,
  indices: readonly number[],
): number[] {
  const probe = x.slice();
  const spreads = unitSpreads(x, units);
  const differ = (index: number, h: number): number => {
    const centre = x[index]!;
    const at = (offset: number): number => {
      probe[index] = centre + offset;
      return value(probe);
    };
    const derivative = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
    probe[index] = centre;
    return derivative;
  };
  const wide = indices.map((index) => differ(index, STEP * spreads[index % units]!));
  const narrow = indices.map((index) => differ(index, SMALL_STEP * spreads[index % units]!));
  const largest = Math.max(...wide.map(Math.abs));
  return wide.map((derivative, k) =>
    Math.abs(derivative - narrow[k]!) <= KINK * largest ? derivative : narrow[k]!,
  );
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
