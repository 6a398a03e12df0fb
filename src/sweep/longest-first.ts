/**
 * Longest trial first: the order of the plan by falling cost, so that no thread is left alone with a long trial at the end.
 *
 * Only the order in time changes. What a search learns, what a pruner compares and where a target ends the sweep depends on
 * the order of the plan: such sweeps keep it.
 */
import { isAdaptive } from '../config/methods.ts';
import type { SweepSection } from '../config/schema.ts';
import type { TrialSpec } from '../record/trial-spec.ts';

/**
 * The trials in the order in which they are begun; `costOf` is asked as if the baseline were penalized, so that it keeps its
 * place among the points of its size.
 */
export function longestFirst(
  trials: readonly TrialSpec[],
  { method, early_terminate: pruner, metric }: SweepSection,
  threads: number,
  costOf: (spec: TrialSpec) => number,
): readonly TrialSpec[] {
  if (threads < 2 || isAdaptive(method) || pruner !== undefined || metric.target !== undefined) return trials;
  const costs = new Map(trials.map((spec) => [spec, costOf({ ...spec, baseline: false })]));
  return trials.toSorted((a, b) => (costs.get(b) as number) - (costs.get(a) as number));
}
