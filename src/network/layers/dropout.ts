/**
 * Dropout: in training a share of the numbers becomes 0, and the others grow by as much as that takes from the mean.
 *
 * Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout", 2014 (inverted, as in Keras).
 */
import { realNumber, section } from '../../schema/rules.ts';
import type { LayerKind, LayerSettings } from '../layer.ts';
import { commonKeys } from '../layer-section.ts';
import { planRandom } from './random-layer.ts';

/** Settings of a dropout. */
export interface DropoutSettings extends LayerSettings {
  readonly dropout: number;
}

/** The most that 32 random bits tell from all. */
const MOST = 0.999999;

/** Takes numbers away at random. */
export const dropout: LayerKind<DropoutSettings> = {
  key: 'dropout',
  summary:
    'In training 0 for a share of the numbers, drawn anew each step, and `x/(1 − rate)` for the others',
  section: section(
    {
      dropout: realNumber({ from: 0, to: MOST }).describe(
        'Share of the numbers that become 0 in training, the rate of a dropout',
      ),
      ...commonKeys,
    },
    '{dropout: 0.5}',
  ),
  plan: ({ dropout: rate }, input) =>
    planRandom(input, (operations) => ({
      forward: (out, x, count, key) => operations.dropout(out, x, count, { rate, ...key }),
      // Its own gradient, with the same numbers.
      backward: (out, x, count, key) => operations.dropout(out, x, count, { rate, ...key }),
    })),
};
