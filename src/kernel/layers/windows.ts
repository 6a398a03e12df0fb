/** Windows that slide over an image: their sizes, their number, and the padding that TensorFlow calls `same`. */

import { ShapeError } from '../../errors.ts';

/** `valid`: windows inside the image only. `same`: ceil(size/stride) windows, reaching past the image at both ends. */
export const PADDINGS = ['valid', 'same'] as const;

export type Padding = (typeof PADDINGS)[number];

/** Windows along an axis of `size`. Errors: ShapeError where a window of padding `valid` is larger than the axis. */
export function windowCount(
  where: string,
  size: number,
  window: number,
  stride: number,
  padding: Padding,
): number {
  if (padding === 'same') return Math.ceil(size / stride);
  if (window <= size) return Math.floor((size - window) / stride) + 1;
  throw new ShapeError(
    'WINDOW_TOO_LARGE',
    `${where}: a window must fit into its input, got a window of ${window} for ${size}. Use a smaller window, or padding: same.`,
    { where, window, size },
  );
}

/** Entries that padding `same` puts before an axis: half of what is missing, the smaller half where it is odd. */
export function paddingBefore(size: number, window: number, stride: number, padding: Padding): number {
  if (padding === 'valid') return 0;
  return Math.floor(Math.max((Math.ceil(size / stride) - 1) * stride + window - size, 0) / 2);
}
