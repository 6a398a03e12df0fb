/** The image moved by whole pixels, up to a share of its sides. */
import { choice, realNumber } from '../../../schema/rules.ts';
import type { AugmentationKind } from '../kind.ts';
import { moveImage } from '../move-image.ts';

export const RANDOM_SHIFT: AugmentationKind<{ readonly fraction: number; readonly fill: 'zero' | 'edge' }> = {
  type: 'random_shift',
  summary: 'the image moved by up to a share of its sides',
  stream: 1,
  settings: {
    fraction: realNumber({ above: 0, below: 1 }).default(0.1).describe('Of each side, in either direction'),
    fill: choice(['edge', 'zero'])
      .default('edge')
      .describe('What comes in behind it: the nearest pixel, or zeros'),
  },
  needsImages: true,
  keepsBytes: true,
  transform({ fraction, fill }, shape) {
    const draw = (side: number, next: () => number): number => Math.round((2 * next() - 1) * fraction * side);
    return (out, x, next) => {
      const down = draw(shape.height, next);
      const right = draw(shape.width, next);
      moveImage(out, x, shape, { down, right, fill });
    };
  },
};
