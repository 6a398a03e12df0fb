/** A part of the image padded with zeros, as large as the image: it moves by up to `padding` pixels in each direction. */
import { wholeNumber } from '../../../schema/rules.ts';
import type { AugmentationKind } from '../kind.ts';
import { moveImage } from '../move-image.ts';

export const RANDOM_CROP: AugmentationKind<{ readonly padding: number }> = {
  type: 'random_crop',
  summary: 'a part of the image padded with zeros',
  stream: 0,
  settings: {
    padding: wholeNumber(1, 10_000).describe('Pixels of zeros on each side that the part is cut from'),
  },
  needsImages: true,
  keepsBytes: true,
  problem: ({ padding }, { height, width }) =>
    padding < Math.min(height, width)
      ? undefined
      : `must have a padding below the sides of the images, ${height} x ${width}, got ${padding}`,
  transform({ padding }, shape) {
    const places = 2 * padding + 1;
    return (out, x, next) => {
      const down = Math.floor(next() * places) - padding;
      const right = Math.floor(next() * places) - padding;
      moveImage(out, x, shape, { down, right, fill: 'zero' });
    };
  },
};
