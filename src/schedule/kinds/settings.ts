/** Settings that several schedules have. */
import type { z } from 'zod';
import { realNumber } from '../../schema/rules.ts';
import type { ScheduleProblem } from '../kind.ts';

/** Two values between which a schedule leads. */
export interface Ends {
  readonly initial: number;
  readonly final: number;
}

export const INITIAL: z.ZodNumber = realNumber({ from: 0 }).describe('Value after the warm-up');
export const FINAL: z.ZodNumber = realNumber({ from: 0 }).describe('Value at the end');

/** Both ends, 0 where they are left out. */
export const ENDS: {
  readonly initial: z.ZodDefault<z.ZodNumber>;
  readonly final: z.ZodDefault<z.ZodNumber>;
} = { initial: INITIAL.default(0), final: FINAL.default(0) };

/** A schedule that is 0 from beginning to end is a mistake. */
export function endsProblem({ initial, final }: Ends): ScheduleProblem | undefined {
  if (initial !== 0 || final !== 0) return undefined;
  return { key: 'initial', message: 'initial or final must be above 0, got 0 for both. Give one of them' };
}

/** The key of the larger end. */
export function higherEnd({ initial, final }: Ends): 'initial' | 'final' {
  return final > initial ? 'final' : 'initial';
}
