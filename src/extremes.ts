/** The least and the largest of any number of values: as arguments of Math.min and Math.max 100,000 overflow the stack. */

/** The largest of the values and of `floor`, as Math.max gives it: -Infinity for none, NaN where one of them is. */
export function largestOf(values: Iterable<number>, floor: number = Number.NEGATIVE_INFINITY): number {
  let largest = floor;
  for (const value of values) largest = Math.max(largest, value);
  return largest;
}

/** The least of the values, as Math.min gives it: Infinity for none, NaN where one of them is. */
export function smallestOf(values: Iterable<number>): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (const value of values) smallest = Math.min(smallest, value);
  return smallest;
}
