/** Runs of any task written down by hand, with a validation split or without, for tests that work out their numbers anew. */
import type { RunInput } from '../../src/compare/compare.ts';
import type { LayerRecord, Manifest, Scores, TrialRecord } from '../../src/record/record.ts';
import { handMadeRun } from './hand-made-run.ts';

/** What a trial scores on a split, and how its one layer correlates there. */
export interface Scored {
  readonly quality: Readonly<Record<string, number>>;
  readonly correlation: number;
}

/** A trial: quality on the training split, and what was measured on the others. */
export interface TaskTrial {
  readonly train: Readonly<Record<string, number>>;
  readonly validation?: Scored;
  readonly test: Scored;
}

/** A point with a trial for each seed. */
export interface TaskPoint {
  readonly penalty: readonly [type: string, weight: number] | null;
  readonly trials: readonly TaskTrial[];
}

export const SAMPLES = { train: 800, validation: 100, test: 400 } as const;

/** A run of some points; `changes` may hold the target of its data. */
export function taskRun(
  points: readonly TaskPoint[],
  target: Manifest['data']['target'],
  name = 'task',
): RunInput {
  const trials = points.flatMap((point) => point.trials);
  const validated = trials.some(({ validation }) => validation !== undefined);
  const { train, validation, test } = SAMPLES;
  const data = { name: 'table', fingerprint: 'cd', train, test, features: 8, shape: [8], target };
  const run = handMadeRun(
    points.map(({ penalty, trials: own }) => ({
      penalty,
      trials: own.map(() => ({ accuracy: 0, correlation: 0 })),
    })),
    { name, data: validated ? { ...data, validation } : data },
  );
  return { ...run, records: run.records.map((record, index) => scored(record, trials[index] as TaskTrial)) };
}

function scored(record: TrialRecord, { train, validation, test }: TaskTrial): TrialRecord {
  const scores = ({ quality }: Scored): Scores => ({ loss: 0.25, ...quality });
  const layers = ({ correlation }: Scored, samples: number): LayerRecord[] => [
    { layer: 0, name: 'dense1', units: 16, samples, metrics: { 'mean-abs-correlation': correlation } },
  ];
  const means = { loss: 0.2, penalty: 0.1, ...train };
  const measured =
    validation === undefined
      ? { test: scores(test), layers: layers(test, SAMPLES.test) }
      : { validation: scores(validation), layers: layers(validation, SAMPLES.validation) };
  const last = validation === undefined ? {} : { test: scores(test), testLayers: layers(test, SAMPLES.test) };
  return {
    ...record,
    epochs: [
      { epoch: 1, train: means, ...measured },
      { epoch: 2, train: means, ...measured, ...last },
    ],
  };
}
