/**
 * The sample and another training sample, mixed by shares λ and 1 − λ with λ from Beta(α, α), and their targets alike.
 *
 * Source: Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018. Every sample draws a share of its own, and the other one
 * among all training samples, so that neither depends on the size of a batch. Beta variates by Jöhnk, 1964, in logarithms.
 */
import { exponential, logarithm } from '../../../portable-math.ts';
import { realNumber } from '../../../schema/rules.ts';
import type { AugmentationKind } from '../kind.ts';

export const MIXUP: AugmentationKind<{ readonly alpha: number }> = {
  type: 'mixup',
  summary: 'the sample mixed with another one',
  stream: 6,
  // A larger α takes ever more draws: of 4 one in 70 is kept.
  settings: {
    alpha: realNumber({ above: 0, to: 4 }).default(0.2).describe('α of the distribution of the shares'),
  },
  needsImages: false,
  keepsBytes: false,
  mixer:
    ({ alpha }) =>
    (next) => {
      const other = next();
      for (;;) {
        const a = logarithm(1 - next()) / alpha;
        const b = logarithm(1 - next()) / alpha;
        const larger = Math.max(a, b);
        const sum = larger + logarithm(exponential(a - larger) + exponential(b - larger));
        if (sum <= 0) return { share: exponential(a - sum), other };
      }
    },
};
