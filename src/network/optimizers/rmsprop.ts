/** RMSprop as in PyTorch: epsilon is added to the root, and momentum takes up the scaled gradient. */
import { truthValue } from '../../schema/rules.ts';
import { ADDED_WEIGHT_DECAY, decayRate, epsilon } from './common-settings.ts';
import type { OptimizerKind } from './kind.ts';

/** Its settings. */
export interface RmspropSettings {
  readonly alpha: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly centered: boolean;
  readonly weight_decay: number;
}

export const RMSPROP: OptimizerKind<RmspropSettings> = {
  type: 'rmsprop',
  settings: {
    alpha: decayRate(0.99, 'Decay rate of the mean square of the gradient'),
    epsilon: epsilon('Added to the root of the mean square'),
    momentum: decayRate(0, 'Share of the last step that is kept'),
    centered: truthValue()
      .default(false)
      .describe('Whether the variance of the gradient takes the place of its mean square'),
    weight_decay: ADDED_WEIGHT_DECAY,
  },
  create({ operations, scope, settings, arrays }) {
    const { alpha, epsilon, momentum, centered, weight_decay: weightDecay } = settings;
    const trained = arrays.map((array) => {
      const { length } = array.values;
      const state = {
        square: scope.numbers(length),
        mean: centered ? scope.numbers(length) : null,
        velocity: momentum === 0 ? null : scope.numbers(length),
      };
      return { ...array, state };
    });
    return (learningRate) => {
      const step = { learningRate, alpha, epsilon, momentum, weightDecay, centered };
      for (const { values, gradient, state } of trained) {
        operations.rmsprop(values, gradient, state, values.length, step);
      }
    };
  },
};
