/** What a page can show of many points: an even share of them, and the words that say so. */
import { formatCount } from '../number.ts';
import { type Content, html } from './html.ts';

/** Rows of the table: more are no table that somebody reads, and a browser sorts these at once. */
export const MOST_ROWS = 1000;
/** Points of the trade-off: as many as stand apart in a picture of this size. */
export const MOST_MARKS = 600;
/** Points of the front that are listed below it. */
export const MOST_LISTED = 40;
/** Points of one penalty along its weights, and the lines that they are on. */
export const MOST_PLACES = 200;
export const MOST_LINES = 12;
/** Learning curves of one penalty, and the epochs of each. */
export const MOST_CURVES = 40;
export const MOST_EPOCHS = 200;
/** Baselines, or floors, as lines across a picture. */
export const MOST_REFERENCES = 24;

/** At most `most` of the values, evenly spaced in their order; the first and the last are among them. */
export function evenShare<Value>(values: readonly Value[], most: number): readonly Value[] {
  if (values.length <= most) return values;
  const step = (values.length - 1) / Math.max(1, most - 1);
  return Array.from({ length: most }, (_, index) => values[Math.round(index * step)] as Value);
}

/** `Drawn are 600 of 10,001 points: …`, or nothing where all are. */
export function shareNote(drawn: number, all: number, what: string, which: string): Content {
  if (drawn >= all) return null;
  return html`<p class="note">Drawn are ${formatCount(drawn)} of ${formatCount(all)} ${what}: ${which}</p>`;
}
