/** A straight line from one value to the other. */
import type { ScheduleKind } from '../kind.ts';
import { ENDS, type Ends, endsProblem, higherEnd } from './settings.ts';

export const LINEAR: ScheduleKind<Ends> = {
  name: 'linear',
  summary: 'a straight line',
  settings: ENDS,
  problem: endsProblem,
  highest: higherEnd,
  at: ({ initial, final }, { step, steps }) => initial + (final - initial) * (step / steps),
};
