/** The whole sweep file: its types, and the schema that checks it and fills in what it leaves out. */
import { z } from 'zod';
import { hasValidation } from '../data/sources.ts';
import { DEFAULT_TASK } from '../data/task.ts';
import { NAME, NAME_RULE } from '../record/run-name.ts';
import { areValid, section } from '../schema/rules.ts';
import { type ExperimentConfig, experimentSchema } from './experiment.ts';
import { metricProblem } from './sweep-metrics.ts';
import { type SweepSection, sweepSchema } from './sweep-section.ts';

export type * from './experiment.ts';
export { experimentSchema } from './experiment.ts';
export { SWEEP_METRICS } from './sweep-metrics.ts';
export type * from './sweep-section.ts';

export interface SweepConfig {
  readonly name: string;
  readonly experiment: ExperimentConfig;
  readonly sweep: SweepSection;
}

/** The whole sweep file. */
export const sweepFileSchema: z.ZodType<SweepConfig> = section({
  name: z
    .string({ error: NAME_RULE })
    .regex(NAME, { error: NAME_RULE })
    .describe('Name of the sweep and of the directory of its runs'),
  experiment: experimentSchema,
  sweep: sweepSchema.prefault({}).describe('What to vary, in the vocabulary of Weights & Biases sweeps'),
}).superRefine(
  ({ experiment: { data, task = DEFAULT_TASK }, sweep }, context) => {
    // What differs between the points is checked once their data are there.
    const varies = Object.keys(sweep.parameters).some((path) => DECISIVE.test(path));
    if (varies) return;
    for (const { path, name } of namedGoals(sweep)) {
      const message = metricProblem(name, { task, validation: hasValidation(data) });
      if (message !== undefined) context.addIssue({ code: 'custom', path: ['sweep', ...path], message });
    }
  },
  { when: areValid('experiment', 'sweep') },
);

/** Swept paths on which it depends which metrics a point has. */
const DECISIVE = /^(task|data|data\.source|data\.validation(\..*)?)$/;

/** Every metric that a sweep names, with the path of the name in its section. */
export function namedGoals({
  metric,
  metrics = [],
}: Pick<SweepSection, 'metric' | 'metrics'>): { path: (string | number)[]; name: string }[] {
  const goals = metrics.map(({ name }, position) => ({ path: ['metrics', position, 'name'], name }));
  const own = metrics.some(({ name }) => name === metric.name);
  return own ? goals : [{ path: ['metric', 'name'], name: metric.name }, ...goals];
}
