/**
 * Up to a peak and down below the beginning, each along half a turn of the cosine.
 *
 * Source: Smith and Topin, "Super-Convergence", 2018, as PyTorch's OneCycleLR has it, to its steps: the peak is at step
 * peak_at·steps − 1, the last step has the final value.
 */
import { realNumber } from '../../schema/rules.ts';
import type { ScheduleKind } from '../kind.ts';
import { cosineBetween } from './cosine.ts';

export interface OneCycleSettings {
  readonly peak: number;
  readonly initial?: number;
  readonly final?: number;
  readonly peak_at: number;
}

/** What `initial` and `final` are of what stands before them, unless they are given. */
const INITIAL_SHARE = 25;
const FINAL_SHARE = 1e4;

export const ONE_CYCLE: ScheduleKind<OneCycleSettings> = {
  name: 'one-cycle',
  summary: 'up to a peak and down again',
  settings: {
    peak: realNumber({ above: 0 }).describe('Largest value'),
    initial: realNumber({ from: 0 })
      .exactOptional()
      .describe(`Value after the warm-up; peak/${INITIAL_SHARE} unless given`),
    final: realNumber({ from: 0 })
      .exactOptional()
      .describe(`Value of the last step; initial/${FINAL_SHARE} unless given`),
    peak_at: realNumber({ above: 0, below: 1 }).default(0.3).describe('Share of the steps up to the peak'),
  },
  problem({ peak, initial = 0, final = 0 }) {
    if (peak >= initial && peak >= final) return undefined;
    const key = initial > peak ? 'initial' : 'final';
    return { key, message: `must not be above peak, got ${Math.max(initial, final)} above ${peak}` };
  },
  highest: () => 'peak',
  at({ peak, initial = peak / INITIAL_SHARE, final = initial / FINAL_SHARE, peak_at }, { step, steps }) {
    const peakStep = peak_at * steps - 1;
    const last = steps - 1;
    if (peakStep > 0 && step <= peakStep) return cosineBetween(initial, peak, step / peakStep);
    return last > peakStep ? cosineBetween(peak, final, (step - peakStep) / (last - peakStep)) : final;
  },
};
