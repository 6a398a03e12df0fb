/** The correlation matrix of a layer in square blocks: coarse enough to be stored with a trial and drawn. */

/** Correlations between the units of a layer, averaged over blocks of neighbouring units. */
export interface CorrelationBlocks {
  /** Blocks along a side; block b holds the units from floor(b·m/blocks) up to floor((b+1)·m/blocks). */
  readonly blocks: number;
  /** Base64 of one signed byte a block, the upper triangle with its diagonal row by row. See {@link unpackBlocks}. */
  readonly values: string;
}

/** A layer with more units is averaged down to as many blocks. */
export const MOST_BLOCKS = 64;

/** The byte of a correlation of 1: bytes keep two decimals, as many as a picture shows. */
const FULL = 127;
/** The byte of a block without a pair of live units. */
const EMPTY = -128;

/**
 * Averages ρ over blocks: the mean of |ρ_ij| over the pairs i ≠ j of live units, with the sign of the mean ρ_ij. Means of
 * ρ itself would show strongly dependent units of both signs as independent ones.
 *
 * Shapes: `covariance` is units x units, centred and symmetric.
 */
export function correlationBlocks(covariance: ArrayLike<number>, units: number): CorrelationBlocks {
  const blocks = Math.min(units, MOST_BLOCKS);
  const deviations = Array.from({ length: units }, (_, i) => Math.sqrt(covariance[i * units + i] ?? 0));
  const start = (block: number): number => Math.floor((block * units) / blocks);
  const bytes: number[] = [];
  for (let row = 0; row < blocks; row++) {
    for (let column = row; column < blocks; column++) {
      let [pairs, sum, absolute] = [0, 0, 0];
      for (let i = start(row); i < start(row + 1); i++) {
        for (let j = start(column); j < start(column + 1); j++) {
          const scale = (deviations[i] ?? 0) * (deviations[j] ?? 0);
          if (i === j || !(scale > 0)) continue;
          const rho = (covariance[i * units + j] ?? 0) / scale;
          pairs += 1;
          sum += rho;
          absolute += Math.abs(rho);
        }
      }
      const mean = pairs === 0 ? Number.NaN : absolute / pairs;
      bytes.push(Number.isFinite(mean) ? Math.round(FULL * Math.min(mean, 1)) * (sum < 0 ? -1 : 1) : EMPTY);
    }
  }
  return { blocks, values: Buffer.from(Int8Array.from(bytes).buffer).toString('base64') };
}

/**
 * Blocks as a full symmetric matrix; null where there is no pair of live units.
 *
 * Precision: 1/254.
 */
export function unpackBlocks({ blocks, values }: CorrelationBlocks): (number | null)[][] {
  const bytes = Buffer.from(values, 'base64');
  const matrix = Array.from({ length: blocks }, () => Array<number | null>(blocks).fill(null));
  let next = 0;
  for (let row = 0; row < blocks; row++) {
    for (let column = row; column < blocks; column++) {
      const byte = next < bytes.length ? bytes.readInt8(next) : EMPTY;
      next += 1;
      const value = byte === EMPTY ? null : byte / FULL;
      const [upper, lower] = [matrix[row], matrix[column]];
      if (upper !== undefined) upper[column] = value;
      if (lower !== undefined) lower[row] = value;
    }
  }
  return matrix;
}
