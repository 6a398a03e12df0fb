/** The value of the metric that a sweep aims at, read from what one epoch or a whole trial brought. */
import { type EpochRecord, finalEpoch, type TrialRecord } from './record.ts';

/** What a sweep aims at. */
export interface Objective {
  readonly name: string;
  readonly goal: 'minimize' | 'maximize';
  readonly target?: number | undefined;
}

/**
 * The value of a metric after an epoch: a score of a split, or the mean over the penalised layers on the held-out split;
 * NaN where the epoch has no such value. Test scores of data with a validation split are never asked for here: the
 * schema refuses them as an aim.
 */
export function objectiveValue({ name }: Pick<Objective, 'name'>, epoch: EpochRecord | undefined): number {
  if (epoch === undefined) return Number.NaN;
  const [split, quantity] = name.split('.');
  if (quantity !== undefined) {
    const means = epoch[split as 'train' | 'validation' | 'test'];
    return means?.[quantity] ?? Number.NaN;
  }
  const values = epoch.layers.map(({ metrics }) => metrics[name] ?? Number.NaN);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value of a metric for a whole trial: that of its {@link finalEpoch}, or its time. */
export function objectiveOfTrial(objective: Pick<Objective, 'name'>, record: TrialRecord): number {
  return objective.name === 'seconds' ? record.timing.seconds : objectiveValue(objective, finalEpoch(record));
}

/** The value turned so that less is better, and worst where there is none: what diverged never comes first. */
export function objectiveCost({ goal }: Pick<Objective, 'goal'>, value: number): number {
  if (Number.isNaN(value)) return Number.POSITIVE_INFINITY;
  return goal === 'maximize' ? -value : value;
}

/** Whether a value is as good as the target or better; nothing is without a target, and nothing without a value. */
export function reachesTarget(objective: Objective, value: number): boolean {
  const { target } = objective;
  return target !== undefined && objectiveCost(objective, value) <= objectiveCost(objective, target);
}
