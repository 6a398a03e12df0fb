/** Rules of settings that several optimizers have. */
import type { z } from 'zod';
import { realNumber } from '../../schema/rules.ts';

/** A share that is kept from one step to the next. */
export function decayRate(value: number, description: string): z.ZodDefault<z.ZodNumber> {
  return realNumber({ from: 0, below: 1 }).default(value).describe(description);
}

/** Weight decay, none unless given. */
export function weightDecay(description: string): z.ZodDefault<z.ZodNumber> {
  return realNumber({ from: 0 }).default(0).describe(description);
}

/** Weight decay as it is added to the gradient. */
export const ADDED_WEIGHT_DECAY: z.ZodDefault<z.ZodNumber> = weightDecay(
  'Factor of the weights that is added to their gradient',
);
/** Weight decay that the gradient has no part in. */
export const DECOUPLED_WEIGHT_DECAY: z.ZodDefault<z.ZodNumber> = weightDecay(
  'Share of the weights taken off at each step, times the learning rate',
);

/** What keeps a root from being divided by when it is 0. */
export function epsilon(description: string): z.ZodDefault<z.ZodNumber> {
  return realNumber({ above: 0 }).default(1e-8).describe(description);
}
