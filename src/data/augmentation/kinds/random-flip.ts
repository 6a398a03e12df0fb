/** The image mirrored. */
import { choice, realNumber } from '../../../schema/rules.ts';
import type { AugmentationKind } from '../kind.ts';

interface FlipSettings {
  readonly direction: 'horizontal' | 'vertical' | 'both';
  readonly probability: number;
}

export const RANDOM_FLIP: AugmentationKind<FlipSettings> = {
  type: 'random_flip',
  summary: 'the image mirrored',
  stream: 2,
  settings: {
    direction: choice(['horizontal', 'vertical', 'both'])
      .default('horizontal')
      .describe('Left and right change sides, top and bottom, or each by itself'),
    probability: realNumber({ above: 0, to: 1 }).default(0.5).describe('How often it is mirrored'),
  },
  needsImages: true,
  keepsBytes: true,
  transform({ direction, probability }, { height, width, channels }) {
    return (out, x, next) => {
      const across = direction !== 'vertical' && next() < probability;
      const down = direction !== 'horizontal' && next() < probability;
      for (let row = 0; row < height; row++) {
        const from = down ? height - 1 - row : row;
        for (let column = 0; column < width; column++) {
          const source = across ? width - 1 - column : column;
          const [to, at] = [(row * width + column) * channels, (from * width + source) * channels];
          for (let c = 0; c < channels; c++) out[to + c] = x[at + c]!;
        }
      }
    };
  },
};
