/** A series of numbers as one line of blocks. */

const LEVELS = '▁▂▃▄▅▆▇█';
/** Stands where there is no value. */
const GAP = ' ';

/** The smallest and the largest value of several series; null where there is none. */
export function rangeOf(
  series: Iterable<readonly (number | null)[]>,
): { readonly low: number; readonly high: number } | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of series) {
    for (const value of values) {
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low <= high ? { low, high } : null;
}

/** One block a value, `low` the lowest and `high` the highest; longer series are thinned out to `width`, keeping both ends. */
export function sparkline(
  values: readonly (number | null)[],
  { low, high }: { readonly low: number; readonly high: number },
  width: number,
): string {
  return thinned(values, width)
    .map((value) => {
      if (value === null) return GAP;
      const share = high > low ? (value - low) / (high - low) : 0.5;
      return LEVELS[Math.round(Math.min(1, Math.max(0, share)) * (LEVELS.length - 1))];
    })
    .join('');
}

function thinned(values: readonly (number | null)[], width: number): readonly (number | null)[] {
  if (values.length <= width) return values;
  const step = (values.length - 1) / Math.max(1, width - 1);
  return Array.from({ length: width }, (_, index) => values[Math.round(index * step)] ?? null);
}
