/** Moves an image by whole pixels. */
import type { ImageShape, SampleValues } from './kind.ts';

/** Where the content goes, in pixels, and what comes in behind it. */
export interface Move {
  readonly down: number;
  readonly right: number;
  /** Zeros, or the nearest pixel of the image. */
  readonly fill: 'zero' | 'edge';
}

/** out = x moved. */
export function moveImage(
  out: SampleValues,
  x: SampleValues,
  { height, width, channels }: ImageShape,
  { down, right, fill }: Move,
): void {
  for (let row = 0; row < height; row++) {
    const from = row - down;
    for (let column = 0; column < width; column++) {
      const source = column - right;
      const to = (row * width + column) * channels;
      const isInside = from >= 0 && from < height && source >= 0 && source < width;
      if (!isInside && fill === 'zero') {
        for (let c = 0; c < channels; c++) out[to + c] = 0;
        continue;
      }
      const nearestRow = Math.min(Math.max(from, 0), height - 1);
      const nearestColumn = Math.min(Math.max(source, 0), width - 1);
      const at = (nearestRow * width + nearestColumn) * channels;
      for (let c = 0; c < channels; c++) out[to + c] = x[at + c]!;
    }
  }
}
