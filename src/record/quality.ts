/** Quality of a network at its task: the metrics by which results are told, one of them the first. */
import type { TargetKind } from '../data/task.ts';

/** A metric of quality as data. */
export interface Quality {
  /** In records and comparisons, behind the name of a split: `test.accuracy`. */
  readonly name: string;
  readonly goal: 'minimize' | 'maximize';
  readonly unit: string;
  /** What it is, in half a sentence. */
  readonly meaning: string;
}

const BY_TARGET: Readonly<Record<TargetKind['kind'], readonly [Quality, ...Quality[]]>> = {
  classes: [
    {
      name: 'accuracy',
      goal: 'maximize',
      unit: 'fraction',
      meaning: 'share of the samples that are classified right',
    },
    {
      name: 'balanced-accuracy',
      goal: 'maximize',
      unit: 'fraction',
      meaning: 'mean over the classes of the share that is classified right',
    },
  ],
  numbers: [
    {
      name: 'r2',
      goal: 'maximize',
      unit: '',
      meaning: 'coefficient of determination 1 − Σ(y − ŷ)²/Σ(y − ȳ)², the mean over the targets',
    },
    {
      name: 'rmse',
      goal: 'minimize',
      unit: '',
      meaning: 'root of the mean squared error, in the unit of the targets',
    },
  ],
  inputs: [
    {
      name: 'reconstruction-loss',
      goal: 'minimize',
      unit: '',
      meaning: 'mean squared difference between the inputs and what the network makes of them',
    },
  ],
};

/** Metrics of quality for targets of a kind, the first one first. */
export function qualitiesOf({ kind }: Pick<TargetKind, 'kind'>): readonly [Quality, ...Quality[]] {
  return BY_TARGET[kind];
}

/** All metrics of quality. */
export const QUALITIES: readonly Quality[] = Object.values(BY_TARGET).flat();

/** Whether a metric such as `test.accuracy` is a fraction, which people read in percent. */
export function isFraction(metric: string): boolean {
  const name = metric.slice(metric.lastIndexOf('.') + 1);
  return QUALITIES.some((quality) => quality.name === name && quality.unit === 'fraction');
}
