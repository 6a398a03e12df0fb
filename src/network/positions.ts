/** Random positions of images, without repetition within a sample. */
import { uniformStream } from '../random.ts';

/** Layers that a network may have without two of them drawing the same positions. */
const MOST_LAYERS = 4096;

/**
 * Draws `count` of `positions` for each of so many samples; the numbers are those of (seed, layer, step).
 *
 * Shapes: the result is samples x count.
 */
export function drawPositions(
  { seed, layer, step }: { readonly seed: number; readonly layer: number; readonly step: number },
  {
    samples,
    count,
    positions,
  }: { readonly samples: number; readonly count: number; readonly positions: number },
): Uint32Array<ArrayBuffer> {
  const next = uniformStream(seed, 'positions', step * MOST_LAYERS + layer);
  const order = Uint32Array.from({ length: positions }, (_, position) => position);
  const drawn = new Uint32Array(samples * count);
  for (let s = 0; s < samples; s++) {
    // The beginning of a shuffle; what the sample before left of the order does no harm to it.
    for (let i = 0; i < count; i++) {
      const chosen = i + Math.floor(next() * (positions - i));
      const position = order[chosen]!;
      order[chosen] = order[i]!;
      order[i] = position;
      drawn[s * count + i] = position;
    }
  }
  return drawn;
}
