/** Normal noise, added in training. */
import { realNumber, section } from '../../schema/rules.ts';
import type { LayerKind, LayerSettings } from '../layer.ts';
import { commonKeys } from '../layer-section.ts';
import { planRandom } from './random-layer.ts';

/** Settings of a noise. */
export interface GaussianNoiseSettings extends LayerSettings {
  readonly gaussian_noise: number;
}

/** Adds to each number another one. */
export const gaussianNoise: LayerKind<GaussianNoiseSettings> = {
  key: 'gaussian_noise',
  summary: 'In training `x` and a normal number, drawn anew each step',
  section: section(
    {
      gaussian_noise: realNumber({ from: 0 }).describe(
        'Standard deviation of the noise that is added in training, its stddev',
      ),
      ...commonKeys,
    },
    '{gaussian_noise: 0.1}',
  ),
  plan: ({ gaussian_noise: deviation }, input) =>
    planRandom(input, (operations) => ({
      forward: (out, x, count, key) => operations.gaussianNoise(out, x, count, { deviation, ...key }),
      backward: null,
    })),
};
