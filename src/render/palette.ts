/** Scales of matrices and maps: how far they reach, and their colours and shades, from the 256 that terminals share. */

import { quantile } from 'd3-array';
import { largestOf } from '../extremes.ts';

/** Blue through a light grey to red: from −1 to 1. */
const DIVERGING = [18, 19, 25, 32, 74, 117, 153, 254, 223, 216, 209, 203, 160, 124, 88];
/** Dark blue through green to yellow: from 0 to 1; every one is dark or light enough for text on it. */
const SEQUENTIAL = [17, 18, 24, 30, 36, 72, 107, 143, 179, 221, 228];
/** From which entry of {@link SEQUENTIAL} on dark text is easier to read than light text. */
const LIGHT_FROM = 4;
const DARK_TEXT = 16;
const LIGHT_TEXT = 231;
/** Where there is nothing to measure. */
const EMPTY_COLOR = 240;

const SHADES = ['.', '░', '▒', '▓', '█'];
const EMPTY_SHADE = '×';

const UPPER_HALF = '▀';

/** Nearly every block is below this: a single pair of twins would leave the rest without contrast. */
const CONTRAST = 0.98;

/** Correlations in rows; null where there is nothing to measure. */
export type Matrix = readonly (readonly (number | null)[])[];

/** Where the scale of some matrices ends: what is beyond has the last colour. */
export function contrastLimit(matrices: readonly Matrix[]): number {
  const sizes = matrices.flat(2).flatMap((value) => (value === null ? [] : [Math.abs(value)]));
  return quantile(sizes, CONTRAST) || largestOf(sizes, 0) || 1;
}

/** The colour of a share from −1 to 1; null is no value. */
export function divergingColor(value: number | null): number {
  return value === null ? EMPTY_COLOR : pick(DIVERGING, (value + 1) / 2);
}

/** The shade of a share from −1 to 1, by its size. */
export function shade(value: number | null): string {
  return value === null ? EMPTY_SHADE : pick(SHADES, Math.abs(value));
}

/** Pairs of colours as one character each, the first above the second. */
export function halfBlocks(pairs: readonly (readonly [upper: number, lower: number])[]): string {
  let line = '';
  let before = '';
  for (const [upper, lower] of pairs) {
    const code = `\u001b[38;5;${upper};48;5;${lower}m`;
    line += (code === before ? '' : code) + UPPER_HALF;
    before = code;
  }
  return `${line}\u001b[39;49m`;
}

/** Text on the colour of a share from 0 to 1. */
export function onSequential(text: string, value: number): string {
  const color = pick(SEQUENTIAL, value);
  const ink = SEQUENTIAL.indexOf(color) < LIGHT_FROM ? LIGHT_TEXT : DARK_TEXT;
  return `\u001b[38;5;${ink};48;5;${color}m${text}\u001b[39;49m`;
}

function pick<Value>(scale: readonly Value[], share: number): Value {
  const index = Math.round(Math.min(1, Math.max(0, share)) * (scale.length - 1));
  return scale[index] as Value;
}
