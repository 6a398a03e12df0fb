/**
 * A rectangle of the image set to 0.
 *
 * Source: Zhong et al., "Random Erasing Data Augmentation", 2020: its share of the area is uniform, its ratio of height to width
 * log-uniform between 0.3 and 1/0.3. A side that would be longer than the image is as long as it.
 */
import { exponential, logarithm } from '../../../portable-math.ts';
import { realNumber } from '../../../schema/rules.ts';
import type { AugmentationKind } from '../kind.ts';

interface ErasingSettings {
  readonly probability: number;
  readonly max_area: number;
}

const LEAST_AREA = 0.02;
const LEAST_RATIO = 0.3;

export const RANDOM_ERASING: AugmentationKind<ErasingSettings> = {
  type: 'random_erasing',
  summary: 'a rectangle of the image set to 0',
  stream: 4,
  settings: {
    probability: realNumber({ above: 0, to: 1 }).default(0.5).describe('How often a rectangle is erased'),
    max_area: realNumber({ from: LEAST_AREA, to: 1 })
      .default(0.33)
      .describe(`Largest share of the area; the least is ${LEAST_AREA}`),
  },
  needsImages: true,
  keepsBytes: true,
  transform({ probability, max_area }, { height, width, channels }) {
    const widest = -logarithm(LEAST_RATIO);
    return (out, x, next) => {
      out.set(x);
      if (next() >= probability) return;
      const area = (LEAST_AREA + (max_area - LEAST_AREA) * next()) * height * width;
      const ratio = exponential((2 * next() - 1) * widest);
      const rows = Math.min(height, Math.max(1, Math.round(Math.sqrt(area * ratio))));
      const columns = Math.min(width, Math.max(1, Math.round(Math.sqrt(area / ratio))));
      const top = Math.floor(next() * (height - rows + 1));
      const left = Math.floor(next() * (width - columns + 1));
      for (let row = top; row < top + rows; row++) {
        out.fill(0, (row * width + left) * channels, (row * width + left + columns) * channels);
      }
    };
  },
};
