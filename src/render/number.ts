/** Numbers as text: those of a comparison are rounded here and nowhere else. */
import { largestOf } from '../extremes.ts';

/** How many decimals a kind of number gets, and what to do with one that they would round to zero. */
export interface NumberFormat {
  readonly decimals: number;
  /** True: write 0.00004 as 4.0e-5 rather than 0.000. */
  readonly scientific: boolean;
  /** True: positive numbers get a plus sign. */
  readonly signed: boolean;
}

/** Largest number that is written out; beyond it digits before the point say less than an exponent. */
const LARGEST_WRITTEN_OUT = 1e6;

/** A number in a format, with a true minus sign and no negative zero. */
export function formatNumber(value: number, { decimals, scientific, signed }: NumberFormat): string {
  const size = Math.abs(value);
  const rounded = size.toFixed(decimals);
  const vanishes = Number(rounded) === 0;
  const sign = value < 0 ? '−' : signed ? '+' : '';
  if (size >= LARGEST_WRITTEN_OUT || (vanishes && scientific && size > 0)) {
    return sign + size.toExponential(1).replace('e+', 'e');
  }
  return vanishes ? rounded : sign + rounded;
}

/** Decimals that show three significant digits of the largest of these values, at most four. */
export function decimalsFor(values: readonly number[]): number {
  const largest = largestOf(values.map(Math.abs), 0);
  return largest === 0 ? 0 : Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(largest))));
}

/** A share in percent, at most two decimals and no zeros that say nothing; the sign is the caller's to add. */
export function formatPercent(share: number): string {
  return String(Number((share * 100).toFixed(2)));
}

/** A setting as the user wrote it: no rounding. */
export function formatSetting(value: string | number | boolean): string {
  return String(value);
}

/** A whole number with commas between thousands. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}

/** Seconds in one unit, as coarse as an estimate is. */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Two numbers in four digits, or in as many as tell them apart. */
export function formatPair(first: number, second: number): [string, string] {
  for (let digits = 4; ; digits += 1) {
    const texts: [string, string] = [digitsOf(first, digits), digitsOf(second, digits)];
    if (texts[0] !== texts[1] || first === second || digits === 17) return texts;
  }
}

function digitsOf(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)));
}
