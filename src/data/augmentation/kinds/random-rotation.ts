/** The image turned about its centre, between pixels in straight lines (bilinear); zeros come in from outside. */
import { cosine, sine } from '../../../portable-math.ts';
import { realNumber } from '../../../schema/rules.ts';
import type { AugmentationKind } from '../kind.ts';

export const RANDOM_ROTATION: AugmentationKind<{ readonly degrees: number }> = {
  type: 'random_rotation',
  summary: 'the image turned about its centre',
  stream: 3,
  settings: {
    degrees: realNumber({ above: 0, to: 180 }).describe('Largest angle, in either direction'),
  },
  needsImages: true,
  keepsBytes: false,
  transform({ degrees }, { height, width, channels }) {
    const [middleRow, middleColumn] = [(height - 1) / 2, (width - 1) / 2];
    return (out, x, next) => {
      const angle = ((2 * next() - 1) * degrees * Math.PI) / 180;
      const [cos, sin] = [cosine(angle), sine(angle)];
      const valueAt = (row: number, column: number, channel: number): number =>
        row < 0 || row >= height || column < 0 || column >= width
          ? 0
          : x[(row * width + column) * channels + channel]!;
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          const [down, right] = [row - middleRow, column - middleColumn];
          const fromRow = middleRow + cos * down - sin * right;
          const fromColumn = middleColumn + sin * down + cos * right;
          const [top, left] = [Math.floor(fromRow), Math.floor(fromColumn)];
          const [below, beside] = [fromRow - top, fromColumn - left];
          const to = (row * width + column) * channels;
          for (let c = 0; c < channels; c++) {
            out[to + c] =
              (1 - below) * ((1 - beside) * valueAt(top, left, c) + beside * valueAt(top, left + 1, c)) +
              below * ((1 - beside) * valueAt(top + 1, left, c) + beside * valueAt(top + 1, left + 1, c));
          }
        }
      }
    };
  },
};
