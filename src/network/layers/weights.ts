/** What layers with weights have in common: how these are drawn, what their norms cost, and how large these may be. */
import type { z } from 'zod';
import type { Activation } from '../../kernel/operations.ts';
import { choice, realNumber } from '../../schema/rules.ts';
import { countOf, type Initial, type ParameterAction, type ParameterPlan, type Shape } from '../layer.ts';
import { type Fans, INITIALIZERS, type Initializer, initialWeights, uniformWithin } from './initializers.ts';

/** Settings of the weights of a layer; its biases have none. */
export interface WeightSettings {
  /** Default: He's uniform below a rectifier, Glorot's elsewhere. */
  readonly initializer?: Initializer;
  /** Factor of Σ|w| in the cost. Default 0. */
  readonly l1?: number;
  /** Factor of Σw² in the cost, without a ½. Default 0. */
  readonly l2?: number;
  /** The largest norm of the weights of a unit. Default none. */
  readonly max_norm?: number;
}

/** Keys of a layer with weights. */
export const weightKeys: Readonly<Record<keyof WeightSettings, z.ZodType>> = {
  initializer: choice(INITIALIZERS)
    .exactOptional()
    .describe(
      'How the initial weights are drawn; he-uniform below relu and leaky-relu, glorot-uniform elsewhere, unless given',
    ),
  l1: realNumber({ from: 0 })
    .exactOptional()
    .describe('Factor of the sum of |w| over the weights of the layer in the cost; 0 unless given'),
  l2: realNumber({ from: 0 })
    .exactOptional()
    .describe('Factor of the sum of w² over the weights of the layer in the cost; 0 unless given'),
  max_norm: realNumber({ above: 0 })
    .exactOptional()
    .describe(
      'The largest norm of the weights into a unit, which each step scales down to it; none unless given',
    ),
};

/** Weights of a shape, and biases of as many units as it ends with. */
export function weightsAndBiases(
  shape: Shape,
  fans: Fans,
  followedBy: Activation,
  useBias = true,
  settings: WeightSettings = {},
): ParameterPlan[] {
  const { initializer, l1 = 0, l2 = 0, max_norm: most } = settings;
  const initial =
    initializer === undefined ? drawnFor(followedBy, fans) : initialWeights(initializer, shape, fans);
  const weights = {
    name: 'weights',
    shape,
    initial,
    ...(l1 !== 0 || l2 !== 0 ? { regularize: addNorms(l1, l2) } : {}),
    ...(most === undefined ? {} : { constrain: limitTo(most) }),
  };
  const biases = { name: 'biases', shape: shape.slice(-1), initial: 0 };
  return useBias ? [weights, biases] : [weights];
}

/** Glorot's uniform weights, or He's below a rectifier. */
function drawnFor(followedBy: Activation, { fanIn, fanOut }: Fans): Initial {
  const rectified = followedBy === 'relu' || followedBy === 'leaky-relu';
  return uniformWithin(Math.sqrt(6 / (rectified ? fanIn : fanIn + fanOut)));
}

const addNorms =
  (l1: number, l2: number): ParameterAction =>
  (operations, { gradient, values }, shape) =>
    operations.addNormGradients(gradient, values, countOf(shape), { l1, l2 });

/** The last axis is the units, all others lead into one. */
const limitTo =
  (most: number): ParameterAction =>
  (operations, { values }, shape) => {
    const units = shape.at(-1)!;
    operations.limitNorms(values, countOf(shape) / units, units, most);
  };
