/** Stochastic gradient descent as in PyTorch, with momentum or Nesterov's form of it. */
import { truthValue } from '../../schema/rules.ts';
import { ADDED_WEIGHT_DECAY, decayRate } from './common-settings.ts';
import type { OptimizerKind } from './kind.ts';

/** Its settings. */
export interface SgdSettings {
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weight_decay: number;
}

export const SGD: OptimizerKind<SgdSettings> = {
  type: 'sgd',
  settings: {
    momentum: decayRate(0, 'Share of the last step that is kept'),
    nesterov: truthValue().default(false).describe("Nesterov's form of the momentum"),
    weight_decay: ADDED_WEIGHT_DECAY,
  },
  problem: ({ nesterov, momentum }) =>
    nesterov && momentum === 0
      ? { key: 'nesterov', message: 'nesterov must go with a momentum above 0, got momentum 0' }
      : undefined,
  create({ operations, scope, settings: { momentum, nesterov, weight_decay: weightDecay }, arrays }) {
    const trained = arrays.map((array) => ({
      ...array,
      velocity: momentum === 0 ? null : scope.numbers(array.values.length),
    }));
    return (learningRate) => {
      const settings = { learningRate, momentum, nesterov, weightDecay };
      for (const { values, gradient, velocity } of trained) {
        operations.sgd(values, gradient, velocity, values.length, settings);
      }
    };
  },
};
