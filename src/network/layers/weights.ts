/** What layers with weights have in common: how their weights are drawn. */
import type { Activation } from '../../kernel/operations.ts';
import type { Initial, ParameterPlan, Shape } from '../layer.ts';

/** Numbers that each output adds up, and outputs that each input goes into. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** Weights of a shape, and biases of as many units as it ends with. */
export function weightsAndBiases(
  shape: Shape,
  fans: Fans,
  followedBy: Activation,
  useBias = true,
): ParameterPlan[] {
  const weights = { name: 'weights', shape, initial: drawnFor(followedBy, fans) };
  const biases = { name: 'biases', shape: shape.slice(-1), initial: 0 };
  return useBias ? [weights, biases] : [weights];
}

/** Glorot's uniform weights, or He's below a rectifier. */
function drawnFor(followedBy: Activation, { fanIn, fanOut }: Fans): Initial {
  const rectified = followedBy === 'relu' || followedBy === 'leaky-relu';
  const limit = Math.sqrt(6 / (rectified ? fanIn : fanIn + fanOut));
  return (values, next) => {
    for (let i = 0; i < values.length; i++) values[i] = (2 * next() - 1) * limit;
  };
}
