/** Adam, and AdamW with decoupled weight decay, as in PyTorch. */
import { ADDED_WEIGHT_DECAY, DECOUPLED_WEIGHT_DECAY, decayRate, epsilon } from './common-settings.ts';
import type { OptimizerKind } from './kind.ts';

/** Their settings. */
export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weight_decay: number;
}

export const ADAM: OptimizerKind<AdamSettings> = adam('adam');
export const ADAMW: OptimizerKind<AdamSettings> = adam('adamw');

function adam(type: 'adam' | 'adamw'): OptimizerKind<AdamSettings> {
  const decoupled = type === 'adamw';
  return {
    type,
    settings: {
      beta1: decayRate(0.9, 'Decay rate of the first moment'),
      beta2: decayRate(0.999, 'Decay rate of the second moment'),
      epsilon: epsilon('Added to the root of the second moment'),
      weight_decay: decoupled ? DECOUPLED_WEIGHT_DECAY : ADDED_WEIGHT_DECAY,
    },
    create({ operations, scope, settings, arrays }) {
      const { beta1, beta2, epsilon, weight_decay: weightDecay } = settings;
      const fixed = { beta1, beta2, epsilon, weightDecay, decoupled };
      const trained = arrays.map((array) => ({
        ...array,
        first: scope.numbers(array.values.length),
        second: scope.numbers(array.values.length),
      }));
      // Multiplied up: how a power is rounded is the host's business, and training must not depend on it.
      let [power1, power2] = [1, 1];
      return (learningRate) => {
        power1 *= beta1;
        power2 *= beta2;
        const step = { ...fixed, learningRate, correction1: 1 - power1, correction2: 1 - power2 };
        for (const { values, gradient, first, second } of trained) {
          operations.adam(values, gradient, first, second, values.length, step);
        }
      };
    },
  };
}
