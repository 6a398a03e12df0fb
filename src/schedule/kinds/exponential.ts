/** A constant ratio from one step to the next, from one value to the other. */
import { exponential, logarithm } from '../../portable-math.ts';
import { realNumber } from '../../schema/rules.ts';
import type { ScheduleKind } from '../kind.ts';
import { type Ends, higherEnd } from './settings.ts';

export const EXPONENTIAL: ScheduleKind<Ends> = {
  name: 'exponential',
  summary: 'a constant ratio from one step to the next',
  settings: {
    initial: realNumber({ above: 0 }).describe('Value after the warm-up'),
    final: realNumber({ above: 0 }).describe('Value at the end'),
  },
  highest: higherEnd,
  at: ({ initial, final }, { step, steps }) =>
    initial * exponential(logarithm(final / initial) * (step / steps)),
};
