/** Independent normal numbers added to every input. */
import { cosine, logarithm, sine } from '../../../portable-math.ts';
import { realNumber } from '../../../schema/rules.ts';
import type { AugmentationKind } from '../kind.ts';

export const GAUSSIAN_NOISE: AugmentationKind<{ readonly stddev: number }> = {
  type: 'gaussian_noise',
  summary: 'normal numbers added to every input',
  stream: 5,
  settings: {
    stddev: realNumber({ above: 0 }).describe(
      'Standard deviation, in the unit of the inputs before they are standardized',
    ),
  },
  needsImages: false,
  keepsBytes: false,
  transform:
    ({ stddev }) =>
    (out, x, next) => {
      // Two at a time, by Box and Muller.
      for (let i = 0; i < x.length; i += 2) {
        const radius = stddev * Math.sqrt(-2 * logarithm(1 - next()));
        const angle = 2 * Math.PI * next();
        out[i] = x[i]! + radius * cosine(angle);
        if (i + 1 < x.length) out[i + 1] = x[i + 1]! + radius * sine(angle);
      }
    },
};
