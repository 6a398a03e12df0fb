/** A staircase: the value times a factor every so many epochs. */
import { realNumber } from '../../schema/rules.ts';
import type { ScheduleKind } from '../kind.ts';

export interface StepSettings {
  readonly initial: number;
  readonly factor: number;
  readonly every_epochs: number;
}

export const STEP: ScheduleKind<StepSettings> = {
  name: 'step',
  summary: 'times a factor every so many epochs',
  settings: {
    initial: realNumber({ above: 0 }).describe('Value after the warm-up'),
    factor: realNumber({ above: 0, to: 1 }).default(0.1).describe('Between one stair and the next'),
    every_epochs: realNumber({ above: 0 }).describe('Epochs of a stair'),
  },
  highest: () => 'initial',
  at({ initial, factor, every_epochs: epochs }, { step, stepsPerEpoch }) {
    const stairs = Math.floor(step / (epochs * stepsPerEpoch));
    let value = initial;
    // Multiplied up: how a power is rounded is the host's business.
    for (let stair = 0; stair < stairs && value > 0; stair += 1) value *= factor;
    return value;
  },
};
