/** Settings of a point as comparisons and displays tell them: a scheduled weight by the largest one that is reached. */
import { targetKey } from '../schedule/schedules.ts';
import { PENALTY_STRENGTH, PENALTY_WEIGHT } from './penalty-paths.ts';
import type { Setting } from './settings.ts';
import type { Point } from './trial-spec.ts';

/**
 * The swept settings with `penalty.weight` (or strength) in the place of the key of its schedule that holds the largest value,
 * such as `penalty.weight.final`: points whose schedules lead to different weights differ in the weight.
 */
export function toldSettings({
  settings,
  experiment: { penalty },
}: Pick<Point, 'settings' | 'experiment'>): Readonly<Record<string, Setting>> {
  const renamed = new Map<string, string>();
  for (const [path, value] of [
    [PENALTY_WEIGHT, penalty.weight],
    [PENALTY_STRENGTH, penalty.strength],
  ] as const) {
    if (typeof value === 'object') renamed.set(`${path}.${targetKey(value)}`, path);
  }
  if (renamed.size === 0) return settings;
  return Object.fromEntries(
    Object.entries(settings).map(([path, value]) => [renamed.get(path) ?? path, value]),
  );
}
