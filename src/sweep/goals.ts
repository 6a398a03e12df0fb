/** What only the loaded data tell of a sweep: whether they have its metrics, and what is odd about them. */
import { namedGoals, type SweepSection } from '../config/schema.ts';
import { metricProblem } from '../config/sweep-metrics.ts';
import type { Dataset } from '../data/dataset.ts';
import { sizesOf } from '../data/sources.ts';
import { DEFAULT_TASK } from '../data/task.ts';
import { ConfigError } from '../errors.ts';
import type { TrialSpec } from '../record/trial-spec.ts';

/**
 * Checks that every point has the metrics of the sweep, as the schema has done where the sweep file tells.
 *
 * Errors: ConfigError PLAN_INVALID with a line for every broken rule, each once.
 */
export function checkGoals(
  trials: readonly TrialSpec[],
  sweep: Pick<SweepSection, 'metric' | 'metrics'>,
  datasetOf: (spec: TrialSpec) => Dataset,
): void {
  const problems = new Set<string>();
  const goals = namedGoals(sweep);
  for (const spec of onePerPoint(trials)) {
    const { task = DEFAULT_TASK } = spec.experiment;
    const validation = datasetOf(spec).validation !== undefined;
    for (const { path, name } of goals) {
      const message = metricProblem(name, { task, validation });
      if (message !== undefined) problems.add(`sweep.${path.join('.')}: ${message}.`);
    }
  }
  if (problems.size > 0) throw new ConfigError('PLAN_INVALID', [...problems].join('\n'));
}

/** What a user should know of a sweep with its data although nothing is wrong, each once and ready to print. */
export function fitNotes(
  trials: readonly TrialSpec[],
  datasetOf: (spec: TrialSpec) => Dataset,
): readonly string[] {
  const notes = new Set<string>();
  for (const spec of onePerPoint(trials)) {
    const { data, task = DEFAULT_TASK, training } = spec.experiment;
    const dataset = datasetOf(spec);
    for (const note of dataset.notes ?? []) notes.add(note);
    const { samples } = dataset.train;
    // Where the sizes are known before, the sweep file itself is commented on.
    if (training.batch_size <= samples || sizesOf(data, task) !== null) continue;
    notes.add(
      `experiment.training.batch_size: is more than the ${samples} training samples, so every epoch is one step with all of them.`,
    );
  }
  return [...notes];
}

/** The first trial of each point: its seeds stand side by side. */
function* onePerPoint(trials: readonly TrialSpec[]): Generator<TrialSpec> {
  let last: string | undefined;
  for (const spec of trials) {
    if (spec.point !== last) yield spec;
    last = spec.point;
  }
}
