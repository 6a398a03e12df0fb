/** Reads text that must be wholly a number: `Number` also takes hexadecimal digits, blanks and no text at all. */

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The number that a text writes out in decimal digits, as `0.1`, `-3` or `1e-4`; undefined for any other text. */
export function parseDecimal(text: string): number | undefined {
  const number = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}
