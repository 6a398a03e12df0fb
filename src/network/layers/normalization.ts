/** What the two normalisations have in common. */
import type { z } from 'zod';
import { realNumber } from '../../schema/rules.ts';
import { countOf, type ParameterPlan, type Shape } from '../layer.ts';

/** Keras' default. */
export const DEFAULT_EPSILON = 1e-3;

/** What is added to the variance below the root. */
export const epsilonKey: z.ZodType<number | undefined> = realNumber({ above: 0 })
  .exactOptional()
  .describe(`Added to the variance below the root; ${DEFAULT_EPSILON} unless given`);

/** Factor and summand of each unit. */
export function gammaAndBeta(units: number): ParameterPlan[] {
  return [
    { name: 'gamma', shape: [units], initial: 1 },
    { name: 'beta', shape: [units], initial: 0 },
  ];
}

/** Units on the last axis of a shape, and rows of them in a sample. */
export function rowsAndUnits(shape: Shape): { readonly rows: number; readonly units: number } {
  const units = shape.at(-1)!;
  return { rows: countOf(shape) / units, units };
}
