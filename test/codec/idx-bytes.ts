/** Writes IDX files for the tests. */

/** Big-endian four-byte numbers. */
export function words(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [position, number] of numbers.entries()) bytes.writeUInt32BE(number, 4 * position);
  return bytes;
}

/** An IDX file: what the header claims, then whatever follows it. */
export function idxBytes(typeCode: number, shape: readonly number[], payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(0, 0, typeCode, shape.length), words(...shape), payload]);
}
