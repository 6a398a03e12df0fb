/** How many trials a sweep can come to, where its points depend on results. */
import { isAdaptive } from '../config/methods.ts';
import type { SweepSection } from '../config/schema.ts';
import type { TrialSpec } from '../record/trial-spec.ts';

/**
 * Most trials of a sweep of which `known` are planned: a search may still choose points up to its `run_cap`, each trained
 * once a seed. It ends with fewer where a target is reached or its space has no more points, and with more where a
 * further point needs a baseline of its own.
 */
export function mostTrials(
  { method, run_cap: cap = 0 }: Pick<SweepSection, 'method' | 'run_cap'>,
  known: readonly Pick<TrialSpec, 'point' | 'baseline' | 'seed'>[],
): number {
  if (!isAdaptive(method)) return known.length;
  const points = new Set(known.flatMap(({ point, baseline }) => (baseline ? [] : [point]))).size;
  const seeds = new Set(known.map(({ seed }) => seed)).size;
  return known.length + Math.max(0, cap - points) * seeds;
}
