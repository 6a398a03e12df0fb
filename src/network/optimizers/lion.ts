/**
 * Lion: every number moves by the learning rate, in the direction of the sign of an interpolated momentum.
 *
 * Source: Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023, Algorithm 2; weight decay is decoupled.
 */
import { DECOUPLED_WEIGHT_DECAY, decayRate } from './common-settings.ts';
import type { OptimizerKind } from './kind.ts';

/** Its settings. */
export interface LionSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly weight_decay: number;
}

export const LION: OptimizerKind<LionSettings> = {
  type: 'lion',
  settings: {
    beta1: decayRate(0.9, 'Share of the momentum in the direction of a step'),
    beta2: decayRate(0.99, 'Decay rate of the momentum'),
    weight_decay: DECOUPLED_WEIGHT_DECAY,
  },
  create({ operations, scope, settings: { beta1, beta2, weight_decay: weightDecay }, arrays }) {
    const trained = arrays.map((array) => ({ ...array, velocity: scope.numbers(array.values.length) }));
    return (learningRate) => {
      const step = { learningRate, beta1, beta2, weightDecay };
      for (const { values, gradient, velocity } of trained) {
        operations.lion(values, gradient, velocity, values.length, step);
      }
    };
  },
};
