/** Numbers as text: those of a comparison are rounded here and nowhere else. */
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

/** Significant digits of a mean that stands alone, and of an interval: the fewest and the most. */
const DIGITS = 3;
const FEWEST_OF_INTERVAL = 2;
const MOST_DECIMALS = 6;
/** Smaller numbers are written with an exponent: zeros behind the point would take the place of their digits. */
const SMALLEST_WRITTEN_OUT = 1e-3;

/**
 * A mean and half the width of its interval in the digits that suit the two of them, whatever stands in other rows: three
 * digits of the mean, but of the interval neither fewer than two nor more than three.
 */
export function formatEstimate(
  mean: number,
  half: number | null,
  signed: boolean,
): readonly [mean: string, half: string] {
  const [size, width] = [Math.abs(mean), half ?? 0];
  const largest = Math.max(size, width);
  if (largest > 0 && largest < SMALLEST_WRITTEN_OUT) {
    const text = exponential(size, DIGITS - 1);
    const sign = mean < 0 ? '−' : signed && mean > 0 ? '+' : '';
    return [sign + text, half === null ? '' : width === 0 ? '0' : exponential(width, 1)];
  }
  const own = decimalsOf(size, DIGITS);
  const decimals =
    width === 0
      ? own
      : Math.min(decimalsOf(width, DIGITS), Math.max(decimalsOf(width, FEWEST_OF_INTERVAL), own));
  // A mean far within its interval is zero as far as anybody knows.
  const format = { decimals: Math.min(MOST_DECIMALS, decimals), scientific: width === 0, signed };
  return [
    formatLarge(mean, format, width),
    half === null ? '' : formatNumber(width, { ...format, scientific: true, signed: false }),
  ];
}

/** A large number gets an exponent, with the digits that its interval leaves it. */
function formatLarge(value: number, format: NumberFormat, width: number): string {
  const size = Math.abs(value);
  if (size < LARGEST_WRITTEN_OUT) return formatNumber(value, format);
  const digits = width === 0 ? 1 : Math.floor(Math.log10(size)) - Math.floor(Math.log10(width)) + 1;
  const sign = value < 0 ? '−' : format.signed ? '+' : '';
  return sign + exponential(size, Math.min(MOST_DECIMALS, Math.max(1, digits)));
}

function exponential(size: number, decimals: number): string {
  return size === 0 ? '0' : size.toExponential(decimals).replace('e+', 'e');
}

/** Decimals that show so many significant digits of a number. */
function decimalsOf(size: number, digits: number): number {
  return size === 0 ? 0 : Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
}

/** A number with all its digits, for other programs; what scaling to a unit adds by rounding is taken away. */
export function formatInFull(value: number, scale = 1): string {
  return String(scale === 1 ? value : Number((value * scale).toPrecision(15)));
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

/** Bytes in the unit that a file manager shows, powers of 1000. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${units[unit]}`;
}
