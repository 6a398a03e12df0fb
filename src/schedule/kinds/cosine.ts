/**
 * Half a turn of the cosine from one value to the other.
 *
 * Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017, without restarts.
 */
import { cosine } from '../../portable-math.ts';
import type { ScheduleKind } from '../kind.ts';
import { ENDS, type Ends, endsProblem, higherEnd } from './settings.ts';

export const COSINE: ScheduleKind<Ends> = {
  name: 'cosine',
  summary: 'half a turn of the cosine',
  settings: ENDS,
  problem: endsProblem,
  highest: higherEnd,
  at: ({ initial, final }, { step, steps }) => cosineBetween(initial, final, step / steps),
};

/** From one value at a share of 0 to the other at 1. */
export function cosineBetween(from: number, to: number, share: number): number {
  return to + ((from - to) * (1 + cosine(Math.PI * share))) / 2;
}
