/** The same value throughout, for what only has a warm-up. */
import { realNumber } from '../../schema/rules.ts';
import type { ScheduleKind } from '../kind.ts';

export interface ConstantSettings {
  readonly initial: number;
}

export const CONSTANT: ScheduleKind<ConstantSettings> = {
  name: 'constant',
  summary: 'the same throughout',
  settings: { initial: realNumber({ above: 0 }).describe('Value after the warm-up') },
  highest: () => 'initial',
  at: ({ initial }) => initial,
};
