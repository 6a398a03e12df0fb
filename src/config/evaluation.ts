/** The `evaluation` section of an experiment: measurements beyond those that every trial makes. None changes the training. */
import type { z } from 'zod';
import { section, truthValue, wholeNumber } from '../schema/rules.ts';

/** What to measure once, after the last epoch. */
export interface EvaluationConfig {
  /** Permutations of the samples within each unit, for what every metric would be if the units were independent. */
  readonly permutations: number;
  /** Whether the baselines are whitened, for what decorrelation costs nothing. */
  readonly free_baseline: boolean;
  /** Steps from one measurement to the next inside an epoch. */
  readonly every_steps?: number;
}

const MOST_PERMUTATIONS = 1000;

/** Checks the section. */
export const evaluationSchema: z.ZodType<EvaluationConfig> = section({
  permutations: wholeNumber(0, MOST_PERMUTATIONS)
    .default(0)
    .describe(
      'Permutations of the held-out samples within each unit, after the last epoch: the floor of every metric for independent units',
    ),
  free_baseline: truthValue()
    .default(false)
    .describe(
      'Whether the last penalized layer of each baseline is whitened after the last epoch, the inverse absorbed by the layer above',
    ),
  every_steps: wholeNumber(1)
    .exactOptional()
    .describe(
      'Optimizer steps after which scores and decorrelation are measured inside an epoch, for curves; only its end unless given',
    ),
}).describe('What to measure beyond the metrics of every epoch; it does not change the training');
