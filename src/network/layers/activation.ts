/** The activation function as a layer of its own: written as one, or as a setting of the layer before it. */
import { ACTIVATIONS, type Activation, DERIVATIVE_FROM } from '../../kernel/operations.ts';
import { choice, section } from '../../schema/rules.ts';
import {
  countOf,
  type LayerKind,
  type LayerPlan,
  type LayerSettings,
  numbersOf,
  type Shape,
} from '../layer.ts';
import { observedKeys } from '../layer-section.ts';

/** Settings of an activation function that stands alone. */
export interface ActivationSettings extends LayerSettings {
  readonly activation: Activation;
}

/** Applies a function to each number. */
export const activation: LayerKind<ActivationSettings> = {
  key: 'activation',
  summary: 'A function of each number',
  section: section(
    {
      activation: choice(ACTIVATIONS).describe('Function applied to each number'),
      ...observedKeys,
    },
    '{activation: relu}',
  ),
  plan: ({ activation: kind }, input) => planActivation(kind, input),
};

/** An activation function over samples of a shape. */
export function planActivation(kind: Activation, shape: Shape): LayerPlan {
  const count = countOf(shape);
  const readsInput = DERIVATIVE_FROM[kind] === 'input';
  return {
    output: shape,
    parameters: [],
    buffers: [],
    multiplyAdds: 0,
    memory: kind === 'identity' ? 'view' : 'elementwise',
    readsInput,
    readsOutput: kind !== 'identity' && !readsInput,
    build: ({ operations }) => ({
      forward(y, x, { samples }) {
        if (kind === 'identity') return;
        operations.activationForward(kind, y, numbersOf(x), samples * count);
      },
      backward(dx, dy, x, y, { samples }) {
        if (kind !== 'identity' && dx !== null) {
          operations.activationBackward(kind, dx, dy, readsInput ? numbersOf(x) : y, samples * count);
        }
        return 0;
      },
    }),
  };
}
