/** The keys that layers of several kinds have in common. */
import { z } from 'zod';
import { ACTIVATIONS } from '../kernel/operations.ts';
import { choice, truthValue, wholeNumber } from '../schema/rules.ts';
import type { Positions } from './layer.ts';

const POSITIONS =
  'must be all, flatten, mean, or how many random positions of each sample, a whole number above 0';

/** Name of a layer. */
export const layerName: z.ZodType<string | undefined> = z
  .string({ error: 'must be a name' })
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, { error: 'must be a letter, then letters, digits, _ or -' })
  .exactOptional()
  .describe('Name of the layer, in place of its kind and a number');

/** What a penalty makes rows of in an image. */
export const onPositions: z.ZodType<Positions | undefined> = z
  .union([choice(['all', 'flatten', 'mean']), wholeNumber(1)], { error: POSITIONS })
  .exactOptional()
  .describe(
    'What a penalty sees of an image: each position as a sample of the channels (all, unless given), all of it as one sample (flatten), the mean over the positions (mean), or so many random positions',
  );

/** Keys of a layer that has no activation function. */
export const observedKeys: Readonly<Record<'penalized' | 'on_positions' | 'name', z.ZodType>> = {
  penalized: truthValue()
    .exactOptional()
    .describe('Whether the penalty acts on this layer; false unless given'),
  on_positions: onPositions,
  name: layerName,
};

/** Keys of a layer that an activation function can follow. */
export const commonKeys: typeof observedKeys & Readonly<Record<'activation' | 'on', z.ZodType>> = {
  activation: choice(ACTIVATIONS)
    .exactOptional()
    .describe('Function applied to the output; identity unless given'),
  ...observedKeys,
  on: choice(['activation', 'preactivation'])
    .exactOptional()
    .describe(
      'Whether the penalty sees the output or the values before the activation function; activation unless given',
    ),
};
