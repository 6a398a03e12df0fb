/** The whole sweep file: its types, and the schema that checks it and fills in what it leaves out. */
import { z } from 'zod';
import { section } from '../schema/rules.ts';
import { type ExperimentConfig, experimentSchema } from './experiment.ts';
import { type SweepSection, sweepSchema } from './sweep-section.ts';

export type * from './experiment.ts';
export { experimentSchema } from './experiment.ts';
export type * from './sweep-section.ts';
export { SWEEP_METRICS } from './sweep-section.ts';

export interface SweepConfig {
  readonly name: string;
  readonly experiment: ExperimentConfig;
  readonly sweep: SweepSection;
}

const NAME_RULE =
  'must be up to 100 letters, digits, dots, dashes and underscores, starting with a letter or digit, without ".."';

/** The whole sweep file. */
export const sweepFileSchema: z.ZodType<SweepConfig> = section({
  name: z
    .string({ error: NAME_RULE })
    .regex(/^(?!.*\.\.)[a-z0-9][a-z0-9._-]{0,99}$/i, { error: NAME_RULE })
    .describe('Name of the sweep and of the directory of its runs'),
  experiment: experimentSchema,
  sweep: sweepSchema.prefault({}).describe('What to vary, in the vocabulary of Weights & Biases sweeps'),
});
