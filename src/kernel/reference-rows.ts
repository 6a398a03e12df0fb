/** Kept non-zeros in readable form: of each sample a count, places and bytes become a row of numbers. */

const COUNT_BYTES = 2;
const PLACE_BYTES = 2;
/** Each sample begins at a whole word. */
const WORD_BYTES = 4;

/**
 * out [samples x inputs] = the bytes at their places / divisor, zeros elsewhere. Answers the number of non-zeros, or null for rows
 * that hold anything but counts, places among the inputs and bytes.
 */
export function expandRows(
  out: Float64Array<ArrayBufferLike>,
  rows: Uint8Array<ArrayBufferLike>,
  samples: number,
  inputs: number,
  divisor: number,
): number | null {
  const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
  out.fill(0, 0, samples * inputs);
  let [at, nonZeros] = [0, 0];
  for (let s = 0; s < samples; s++) {
    if (at + COUNT_BYTES > rows.length) return null;
    const count = view.getUint16(at, true);
    const places = at + COUNT_BYTES;
    const bytes = places + PLACE_BYTES * count;
    if (count > inputs || bytes + count > rows.length) return null;
    for (let k = 0; k < count; k++) {
      const place = view.getUint16(places + PLACE_BYTES * k, true);
      if (place >= inputs) return null;
      out[s * inputs + place] = rows[bytes + k]! / divisor;
    }
    nonZeros += count;
    at = Math.ceil((bytes + count) / WORD_BYTES) * WORD_BYTES;
  }
  return nonZeros;
}
