/**
 * LARS: SGD with momentum whose learning rate is scaled, for each array of parameters, by the trust ratio
 * λ = trust_coefficient·‖w‖/(‖g‖ + weight_decay·‖w‖).
 *
 * Source: You, Gitman and Ginsburg, "Large Batch Training of Convolutional Networks", 2017, Algorithm 1. Where a norm is 0, as of
 * biases before the first step, which the paper leaves open, λ is the trust coefficient itself.
 */
import { realNumber } from '../../schema/rules.ts';
import { decayRate, weightDecay } from './common-settings.ts';
import type { OptimizerKind } from './kind.ts';

/** Its settings. */
export interface LarsSettings {
  readonly momentum: number;
  readonly trust_coefficient: number;
  readonly weight_decay: number;
}

export const LARS: OptimizerKind<LarsSettings> = {
  type: 'lars',
  settings: {
    momentum: decayRate(0.9, 'Share of the last step that is kept'),
    trust_coefficient: realNumber({ above: 0 })
      .default(0.001)
      .describe('How far a step may go beside the norm of what it changes, at a learning rate of 1'),
    weight_decay: weightDecay('Factor of the weights that is added to their gradient'),
  },
  create({ operations, scope, settings, arrays }) {
    const { momentum, trust_coefficient: trust, weight_decay: weightDecay } = settings;
    const trained = arrays.map((array) => ({ ...array, velocity: scope.numbers(array.values.length) }));
    return (learningRate) => {
      for (const { values, gradient, velocity } of trained) {
        const weightNorm = Math.sqrt(operations.squaredNorm(values, values.length));
        const gradientNorm = Math.sqrt(operations.squaredNorm(gradient, values.length));
        const isKnown = weightNorm > 0 && gradientNorm > 0;
        const ratio = isKnown ? (trust * weightNorm) / (gradientNorm + weightDecay * weightNorm) : trust;
        const step = { rate: learningRate * ratio, momentum, weightDecay };
        operations.lars(values, gradient, velocity, values.length, step);
      }
    };
  },
};
