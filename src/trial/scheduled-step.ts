/** Optimizer steps at the learning rate and the penalty's weight that the experiment has for each of them. */
import type { Network } from '../network/network.ts';
import type { TrialSpec } from '../record/trial-spec.ts';
import { type Scheduled, type Span, scheduleOf, targetOf } from '../schedule/schedules.ts';

/** Trains on the loaded batch as the step of a number, counted from 0. */
export type ScheduledStep = (step: number) => ReturnType<Network['stepLoaded']>;

/**
 * The steps of a training. `network.penaltyWeight` is the largest weight that is reached when this is called, and again after every
 * step: what is measured between the steps sees that one.
 */
export function createScheduledStep(
  network: Network,
  { experiment: { training, penalty } }: TrialSpec,
  span: Span,
): ScheduledStep {
  const highest = network.penaltyWeight;
  const weightAt = highest === 0 ? null : weightSchedule(penalty, highest, span);
  const { learning_rate: rate } = training.optimizer;
  const rateAt = typeof rate === 'number' ? null : scheduleOf(rate, span);
  if (weightAt === null && rateAt === null) return () => network.stepLoaded();
  return (step) => {
    if (rateAt !== null) network.learningRate = rateAt(step);
    if (weightAt !== null) network.penaltyWeight = weightAt(step);
    try {
      return network.stepLoaded();
    } finally {
      if (weightAt !== null) network.penaltyWeight = highest;
    }
  };
}

/** Weight of each step, or null where it stays. One that a strength has set follows the schedule of the strength. */
function weightSchedule(
  { weight, strength }: { readonly weight?: Scheduled; readonly strength?: Scheduled },
  highest: number,
  span: Span,
): ((step: number) => number) | null {
  if (typeof weight === 'object') return scheduleOf(weight, span);
  if (typeof strength !== 'object') return null;
  const strengthAt = scheduleOf(strength, span);
  const most = targetOf(strength);
  return (step) => highest * (strengthAt(step) / most);
}
